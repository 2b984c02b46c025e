import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFromFeedback, summaryOf } from './summary.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';

test('summaryOf: counts what is right and what came from feedback, and tells floors that are missed', () => {
  const result = resultWith(
    outcomeWith({ id: 'plain-a', score: { ...NO_SCORE, hit5: 1 } }),
    outcomeWith({ id: 'plain-disliked-1', score: { ...NO_SCORE, hit5: 0 } }),
  );
  const { questions, right, fromFeedback, figures, misses, times } = summaryOf('r', {
    ...result,
    floors: { hit5: 0.9 },
  });
  assert.deepEqual([questions, right, fromFeedback], [2, 1, 1]);
  assert.deepEqual(figures, [{ metric: 'hit5', mean: 0.5, count: 2 }]);
  assert.deepEqual(misses, [{ metric: 'hit5', floor: 0.9, mean: 0.5 }]);
  assert.deepEqual(times, { firstP50Ms: 10, firstP95Ms: 10, totalP50Ms: 20, totalP95Ms: 20 });
  assert.deepEqual(summaryOf('r', result).misses, []);
});

for (const [id, want] of [
  ['plain-disliked-1', true],
  ['follow-up-disliked-12', true],
  ['plain-disliked', false],
  ['plain-disliked-1-b', false],
] as const) {
  test(`isFromFeedback: ${id}: ${want}`, () => assert.equal(isFromFeedback({ id }), want));
}
