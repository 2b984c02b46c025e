import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byKind, figuresOf, isFailure, percentile, resultSchema, timesOf } from './result.ts';
import type { Metric } from './score.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';

test('figuresOf: means over the questions that ask for them, with their count', () => {
  const scores = [{ hit5: 1, numbers: 1 }, { hit5: 0 }, { hit5: 1 }].map((one) => ({ score: { ...NO_SCORE, ...one } }));
  assert.deepEqual(figuresOf(scores), [
    { metric: 'hit5', mean: 2 / 3, count: 3 },
    { metric: 'numbers', mean: 1, count: 1 },
  ]);
  assert.deepEqual(figuresOf([]), []);
});

const PERCENTILES: ReadonlyArray<readonly [values: readonly number[], share: number, want: number | null]> = [
  [[], 0.5, null],
  [[7], 0.95, 7],
  [[3, 1, 2], 0.5, 2],
  [[1, 2, 3, 4], 0.5, 2],
  [Array.from({ length: 100 }, (_, i) => 100 - i), 0.95, 95],
  [[1, 2], 0, 1],
];
for (const [values, share, want] of PERCENTILES) {
  test(`percentile: ${share} of ${values.length} values is ${want}`, () =>
    assert.equal(percentile(values, share), want));
}

test('timesOf: of first words only where there were any', () => {
  const times = timesOf([outcomeWith({ firstMs: null, totalMs: 5 }), outcomeWith({ firstMs: 9, totalMs: 50 })]);
  assert.deepEqual(times, { firstP50Ms: 9, firstP95Ms: 9, totalP50Ms: 5, totalP95Ms: 50 });
});

const FAILURES: ReadonlyArray<readonly [metric: Metric, isOne: boolean]> = [
  ['hit5', true],
  ['recall', true],
  ['refusals', true],
  ['answered', true],
  ['numbers', true],
  ['resisted', true],
  ['language', true],
  ['mrr', false],
  ['precision', false],
  ['passage5', false],
];
for (const [metric, isOne] of FAILURES) {
  test(`isFailure: ${metric} below 1: ${isOne}`, () => {
    assert.equal(isFailure(outcomeWith({ score: { ...NO_SCORE, [metric]: 0.5 } })), isOne);
    assert.equal(isFailure(outcomeWith({ score: { ...NO_SCORE, [metric]: 1 } })), false);
  });
}
test('isFailure: what has no answer is one', () => assert.ok(isFailure(outcomeWith({ failure: 'HTTP 500' }))));

test('byKind: in the order of kinds, those without questions left out', () => {
  const outcomes = [outcomeWith({ kind: 'attack' }), outcomeWith(), outcomeWith({ kind: 'attack' })];
  assert.deepEqual(
    byKind(outcomes).map(([kind, of]) => [kind, of.length]),
    [
      ['plain', 1],
      ['attack', 2],
    ],
  );
});

test('byKind: a question of which nothing was measured counts for nothing, but a failure counts', () => {
  const nothing = outcomeWith({ kind: 'unanswerable', score: NO_SCORE });
  assert.deepEqual(byKind([nothing]), []);
  assert.equal(byKind([nothing, { ...nothing, failure: 'HTTP 500' }])[0]?.[1].length, 1);
});

test('resultSchema: reads what was written, and refuses another version', () => {
  const written = JSON.parse(JSON.stringify(resultWith(outcomeWith(), outcomeWith({ answer: null, firstMs: null }))));
  assert.deepEqual(resultSchema.parse(written), written);
  assert.ok(!resultSchema.safeParse({ ...written, version: 2 }).success);
});
