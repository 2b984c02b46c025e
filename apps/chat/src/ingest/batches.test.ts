import assert from 'node:assert/strict';
import test from 'node:test';
import { estimateTokens } from '@spillway/rag';
import fc from 'fast-check';
import { inBatches } from './batches.ts';
import { BATCH_INPUTS_MAX, BATCH_TOKENS_MAX } from './embedder.ts';

const LONG = 'word '.repeat(3_000);

test('inBatches: as many texts as the limit, and not one more', () => {
  const texts = Array.from({ length: BATCH_INPUTS_MAX + 1 }, (_, i) => `${i}`);
  assert.deepEqual(
    inBatches(texts).map((batch) => batch.length),
    [BATCH_INPUTS_MAX, 1],
  );
});

test('inBatches: as many tokens as the limit; a text above it goes alone', () => {
  const huge = LONG.repeat(4);
  assert.ok(2 * estimateTokens(LONG) < BATCH_TOKENS_MAX && 3 * estimateTokens(LONG) > BATCH_TOKENS_MAX);
  assert.ok(estimateTokens(huge) > BATCH_TOKENS_MAX);
  assert.deepEqual(
    inBatches([LONG, LONG, LONG, huge, 'a']).map((batch) => batch.length),
    [2, 1, 1, 1],
  );
});

test('inBatches: keeps order and loses nothing, seed 20261121', () => {
  const texts = fc.array(
    fc.integer({ min: 0, max: 30_000 }).map((length) => 'ab '.repeat(length / 3)),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(texts, (given) => {
      const batches = inBatches(given);
      assert.deepEqual(batches.flat(), given);
      for (const batch of batches) {
        assert.ok(batch.length > 0 && batch.length <= BATCH_INPUTS_MAX);
        const tokens = batch.reduce((sum, text) => sum + estimateTokens(text), 0);
        assert.ok(batch.length === 1 || tokens <= BATCH_TOKENS_MAX);
      }
    }),
    { seed: 20261121, numRuns: 50 },
  );
});
