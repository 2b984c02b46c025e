import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationOf } from './data-actions.ts';

const OPERATIONS: ReadonlyArray<readonly [method: string, path: string, action: string, shown: string]> = [
  [
    'POST',
    '/openai/deployments/chat/chat/completions',
    'deployments/chat/completions/action',
    'POST /openai/deployments/{deployment-id}/chat/completions',
  ],
  ['POST', '/openai/v1/chat/completions', 'deployments/chat/completions/action', 'POST /openai/v1/chat/completions'],
  ['GET', '/openai/v1/chat/completions/c-1', 'stored-completions/read', 'GET /openai/v1/chat/completions/{id}'],
  ['POST', '/openai/v1/completions', 'deployments/completions/action', 'POST /openai/v1/completions'],
  [
    'POST',
    '/openai/deployments/e/embeddings',
    'deployments/embeddings/action',
    'POST /openai/deployments/{deployment-id}/embeddings',
  ],
  ['POST', '/openai/v1/images/edits', 'images/generations/action', 'POST /openai/v1/images/edits'],
  ['POST', '/openai/v1/audio/speech', 'deployments/audio/action', 'POST /openai/v1/audio/speech'],
  ['GET', '/openai/v1/realtime', 'deployments/realtime/action', 'GET /openai/v1/realtime'],
  ['POST', '/openai/v1/responses', 'responses/write', 'POST /openai/v1/responses'],
  ['GET', '/openai/v1/responses/resp_1', 'responses/read', 'GET /openai/v1/responses/{id}'],
  ['DELETE', '/openai/v1/responses/resp_1', 'responses/delete', 'DELETE /openai/v1/responses/{id}'],
  ['GET', '/openai/v1/responses/resp_1/input_items', 'responses/read', 'GET /openai/v1/responses/{id}/input_items'],
  ['POST', '/openai/files', 'files/write', 'POST /openai/files'],
  ['GET', '/openai/models', 'models/read', 'GET /openai/models'],
];

for (const [method, path, action, shown] of OPERATIONS) {
  test(`operationOf: ${method} ${path} needs ${action}`, () => {
    const dataAction = `Microsoft.CognitiveServices/accounts/OpenAI/${action}`;
    assert.deepEqual(operationOf(method, path), { dataAction, shown });
  });
}
