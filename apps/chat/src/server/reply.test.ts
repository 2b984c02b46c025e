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
