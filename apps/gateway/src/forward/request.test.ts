import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend, Deployment } from '@spillway/policy';
import { boundaryOf, parsePath } from '@spillway/protocol';
import { routeBody } from '../route/route.ts';
import { testBackend } from '../testing/kit.ts';
import { upstreamRequest } from './request.ts';

const KEY = { name: 'api-key', value: 'key' } as const;
const FORM_TYPE = 'multipart/form-data; boundary=b0';

function deploymentOn(dialect: Backend['dialect'], name = 'their-chat'): Deployment {
  const backend: Backend = { ...testBackend('openai1'), dialect };
  return {
    id: `openai1/${name}`,
    backend,
    name,
    model: null,
    modelVersion: null,
    contentFilter: null,
    contextTokens: null,
    features: [],
    requestsPerMinute: null,
    quotaKey: null,
    type: null,
    capacity: null,
    priority: 1,
    weight: 1,
  };
}

/** The request as the backend gets it, from a client's path and body. */
function sent(path: string, body: string, to: Deployment, contentType = 'application/json') {
  const target = parsePath(path) ?? assert.fail(path);
  const operation = { name: 'x', repeat: 'repeatable', mayStore: 'no', ids: 'never', draws: 'nothing' } as const;
  const route = {
    target,
    operation,
    query: '',
    client: null,
    allowance: null,
    models: null,
    class: 'standard' as const,
    waitMsMax: null,
    pinnedTo: null,
    wantsDecision: null,
  };
  const routed = routeBody(route, Buffer.from(body), { isEncoded: false, contentType });
  const named = routed.kind === 'wanted' ? routed.wanted : assert.fail('refused');
  const rawHeaders = ['content-type', contentType];
  const client = { method: 'POST', target, query: '', rawHeaders, body: Buffer.from(body), named, replacements: [] };
  const request = upstreamRequest(client, to, KEY);
  return { path: request.path.split('?')[0], body: request.body?.toString() ?? null };
}

const BODIES: ReadonlyArray<readonly [body: string, want: string]> = [
  ['{"messages":[]}', '{"model":"their-chat","messages":[]}'],
  ['  { }', '  {"model":"their-chat" }'],
  ['{"model":"mine","a":1}', '{"model":"their-chat","a":1}'],
  ['[1]', '[1]'],
];

for (const [body, want] of BODIES) {
  test(`upstreamRequest: from a classic path to v1, ${body} names the deployment`, () => {
    const request = sent('/openai/deployments/mine/chat/completions', body, deploymentOn('v1'));
    assert.deepEqual(request, { path: '/openai/v1/chat/completions', body: want });
  });
}

test('upstreamRequest: from v1 to a classic path, which names the deployment', () => {
  const request = sent('/openai/v1/chat/completions', '{"model":"mine","a":1}', deploymentOn('classic'));
  assert.deepEqual(request, {
    path: '/openai/deployments/their-chat/chat/completions',
    body: '{"model":"their-chat","a":1}',
  });
});

const PART = '--b0\r\nContent-Disposition: form-data; name="model"\r\n\r\n';
const FILE = '--b0\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nRIFF\r\n';

test('upstreamRequest: in a form of v1 the name is replaced, and the file stays', () => {
  assert.equal(boundaryOf(FORM_TYPE), 'b0');
  const request = sent(
    '/openai/v1/audio/transcriptions',
    `${FILE}${PART}mine\r\n--b0--`,
    deploymentOn('both'),
    FORM_TYPE,
  );
  assert.equal(request.body, `${FILE}${PART}their-chat\r\n--b0--`);
});

test('upstreamRequest: a form of a classic path gets the name as a part for v1', () => {
  const path = '/openai/deployments/mine/audio/transcriptions';
  const request = sent(path, `${FILE}--b0--`, deploymentOn('v1'), FORM_TYPE);
  assert.equal(request.path, '/openai/v1/audio/transcriptions');
  assert.match(
    request.body ?? '',
    /^--b0\r\ncontent-disposition: form-data; name="model"\r\n\r\ntheir-chat\r\n--b0\r\n/,
  );
  assert.ok(request.body?.endsWith(`${FILE}--b0--`));
});

test('upstreamRequest: where both speak all, nothing is changed but the name', () => {
  const body = '{ "a" : 1.0 }';
  assert.deepEqual(sent('/openai/deployments/mine/chat/completions', body, deploymentOn('both')), {
    path: '/openai/deployments/their-chat/chat/completions',
    body,
  });
});
