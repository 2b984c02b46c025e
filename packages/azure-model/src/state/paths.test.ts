import assert from 'node:assert/strict';
import test from 'node:test';
import { seededUnit } from '@spillway/clock';
import { answered, testRequest, testResource } from '../testing.ts';

const PATHS: ReadonlyArray<readonly [method: string, path: string, query: string, status: number]> = [
  ['GET', '/openai/v1/files', '', 200],
  ['GET', '/openai/v1/files/', '', 200],
  ['GET', '/openai/files', 'api-version=2024-10-21', 200],
  ['GET', '/openai/deployments/chat/files', 'api-version=2024-10-21', 404],
  ['GET', '/openai/deployments/chat/batches', 'api-version=2024-10-21', 200],
  ['GET', '/openai/batches', 'api-version=2024-06-01', 404],
  ['GET', '/openai/assistants', 'api-version=2024-02-01', 404],
  ['GET', '/openai/assistants', 'api-version=2024-05-01-preview', 200],
  ['PUT', '/openai/v1/files', '', 404],
  ['GET', '/openai/v1/files/a/b', '', 404],
  ['GET', '/openai/v1/filesystem', '', 404],
];

test('pathService: answers its own methods and paths, in the dialects and versions that have them', () => {
  const to = testResource(seededUnit);
  for (const [method, path, query, status] of PATHS) {
    assert.equal(answered(to, testRequest('', { method, path, query })).status, status, `${method} ${path}?${query}`);
  }
});

test('pathService: an id is read as it was meant, and told as such', () => {
  const to = testResource(seededUnit);
  const { body } = answered(to, testRequest('', { method: 'GET', path: '/openai/v1/files/a%20b', query: '' }));
  assert.match(body.kind === 'text' ? body.text : '', /No such File object: a b/);
});
