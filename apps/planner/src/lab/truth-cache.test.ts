import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labArrival } from './testing.ts';
import { KEYS_MAX, TrueCache } from './truth-cache.ts';

const FIRST = labArrival({ cacheKey: 1, promptTokens: 2_000 });

const LATER: ReadonlyArray<readonly [string, Parameters<typeof labArrival>[0], nowMs: number, tokens: number]> = [
  ['in steps of 128', { cacheKey: 1, promptTokens: 3_000, sharedTokens: 2_000 }, 1_000, 1_920],
  ['no more than was read before', { cacheKey: 1, promptTokens: 9_000, sharedTokens: 8_000 }, 1_000, 1_920],
  ['nothing below 1,024 tokens', { cacheKey: 1, promptTokens: 3_000, sharedTokens: 1_023 }, 1_000, 0],
  ['nothing of another key', { cacheKey: 2, promptTokens: 3_000, sharedTokens: 2_000 }, 1_000, 0],
  ['nothing without a key', { cacheKey: null, promptTokens: 3_000, sharedTokens: 2_000 }, 1_000, 0],
  ['all within five minutes', { cacheKey: 1, promptTokens: 3_000, sharedTokens: 1_024 }, 300_000, 1_024],
  ['nothing after more than five minutes', { cacheKey: 1, promptTokens: 3_000, sharedTokens: 1_024 }, 300_001, 0],
];

for (const [name, later, nowMs, tokens] of LATER) {
  test(`TrueCache: finds ${name}`, () => {
    const cache = new TrueCache();
    cache.remember(FIRST, 0);
    assert.equal(cache.tokensOf(labArrival(later), nowMs), tokens);
  });
}

test('TrueCache: keeps no more keys than its limit, the longest unused leave first', () => {
  const cache = new TrueCache();
  for (let cacheKey = 0; cacheKey <= KEYS_MAX; cacheKey++) {
    cache.remember(labArrival({ cacheKey, promptTokens: 2_000 }), cacheKey);
    if (cacheKey === KEYS_MAX - 1) cache.remember(labArrival({ cacheKey: 0, promptTokens: 2_000 }), cacheKey);
  }
  const left = (cacheKey: number) => cache.tokensOf(labArrival({ cacheKey, sharedTokens: 2_000 }), KEYS_MAX);
  assert.deepEqual([cache.size, left(0), left(1)], [KEYS_MAX, 1_920, 0]);
});
