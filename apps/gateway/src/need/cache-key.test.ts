import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanBody } from '@spillway/protocol';
import { cacheKeyOf, PREFIX_BYTES } from './cache-key.ts';

const LONG = 'You are a careful assistant. '.repeat(200);
const asked = (user: string, given: object = {}) => ({
  ...given,
  messages: [
    { role: 'system', content: LONG },
    { role: 'user', content: user },
  ],
});

function keyOf(body: object, before = ''): number | null {
  const bytes = Buffer.from(before + JSON.stringify(body));
  const facts = scanBody(bytes);
  assert.ok(facts !== null);
  return cacheKeyOf(bytes, facts.ask);
}

test('cacheKeyOf: prompts that begin alike have one key, wherever in the body they stand; others have others', () => {
  const key = keyOf(asked('one'));
  assert.ok(key !== null && Number.isInteger(key) && key >= 0 && key < 2 ** 32);
  assert.equal(keyOf(asked('two', { model: 'm', temperature: 1 })), key);
  assert.equal(keyOf(asked('two'), ' \n '), key);
  assert.notEqual(keyOf({ messages: [{ role: 'system', content: `Now ${LONG}` }] }), key);
});

test('cacheKeyOf: what the client says comes before how the prompt begins', () => {
  const key = keyOf(asked('one', { prompt_cache_key: 'a' }));
  assert.equal(keyOf({ messages: [], prompt_cache_key: 'a' }), key);
  assert.notEqual(keyOf(asked('one', { prompt_cache_key: 'b' })), key);
});

test('cacheKeyOf: a prompt that no cache keeps has none, nor has a body without a prompt', () => {
  assert.equal(keyOf({ input: 'x'.repeat(PREFIX_BYTES - 3) }), null);
  assert.notEqual(keyOf({ input: 'x'.repeat(PREFIX_BYTES - 2) }), null);
  assert.equal(keyOf({ query: LONG }), null);
});
