import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { started } from './testing/chat.ts';

test('bodyOf: what is wrong with a body is told, at most ten things of it', async (t) => {
  const { post } = await started(t, new FakeModels());
  const documents = Array.from({ length: 30 }, () => 1);
  const { error } = await (await post('/api/chat', { question: 'a', overrides: { documents } })).json();
  assert.equal(error.message.match(/overrides\.documents\.\d+:/g)?.length, 10);
  assert.match(error.message, /GET \/openapi has the shape\.$/);
});

test('bodyOf: what is nested deeper than could be told again is refused, also where the rest of it is kept as it is', async (t) => {
  const { post, logged } = await started(t, new FakeModels(['x']));
  const messages = [{ role: 'user', content: 'Hello?' }];
  const state = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  for (const path of ['/chat', '/chat/stream', '/ask', '/api/chat', '/v1/chat/completions']) {
    assert.equal((await post(path, { messages, session_state: state(1_000) })).status, 400, path);
  }
  assert.equal((await post('/chat', { messages, session_state: state(50) })).status, 200);
  assert.deepEqual(logged, []);
});
