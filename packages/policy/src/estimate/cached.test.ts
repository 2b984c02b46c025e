import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedTokens } from './cached.ts';

const MINUTE = 60_000;

test('CachedTokens: expects what the last answer with the key reported, and nothing of a key that it does not know', () => {
  const cached = new CachedTokens();
  cached.learn(1, 1_024, 0);
  assert.equal(cached.expected(1, MINUTE), 1_024);
  assert.equal(cached.expected(2, MINUTE), 0);
  assert.equal(cached.expected(null, MINUTE), 0);
});

test('CachedTokens: ten minutes without use, and nothing is expected to be left', () => {
  const cached = new CachedTokens();
  cached.learn(1, 1_024, 0);
  assert.equal(cached.expected(1, 10 * MINUTE), 1_024);
  assert.equal(cached.expected(1, 10 * MINUTE + 1), 0);
});

test('CachedTokens: an answer from elsewhere halves the expectation, and three end it nearly', () => {
  const cached = new CachedTokens();
  cached.learn(1, 1_024, 0);
  const after = [0, 0, 0].map((tokens) => {
    cached.learn(1, tokens, 0);
    return cached.expected(1, 0);
  });
  assert.deepEqual(after, [512, 256, 128]);
});

test('CachedTokens: the keys used longest ago make room', () => {
  const cached = new CachedTokens(8);
  for (let key = 0; key < 100; key++) cached.learn(key, 128, 0);
  const kept = Array.from({ length: 100 }, (_, key) => cached.expected(key, 0)).filter((tokens) => tokens > 0);
  assert.ok(kept.length >= 4 && kept.length <= 8, String(kept.length));
});
