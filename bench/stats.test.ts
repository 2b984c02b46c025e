import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, medianRatio, span } from './stats.ts';

const MEDIANS: readonly (readonly [string, readonly (number | null)[], number | null])[] = [
  ['nothing', [], null],
  ['only rounds that failed', [null, null], null],
  ['one', [7], 7],
  ['an odd count, by value and not by text', [100, 9, 20], 20],
  ['an even count', [4, 1, 3, 2], 2.5],
  ['a failed round among others', [5, null, 1, 3], 3],
];
for (const [name, values, want] of MEDIANS) {
  test(`median: ${name}`, () => assert.equal(median(values), want));
}

test('median: leaves its argument in order', () => {
  const values = [3, 1, 2];
  median(values);
  assert.deepEqual(values, [3, 1, 2]);
});

test('medianRatio: pairs the values of each round, so a slow moment that both saw does not count', () => {
  assert.equal(medianRatio([30, 300, 31], [10, 100, 10]), 3);
});

test('medianRatio: leaves out rounds in which either side failed or is zero', () => {
  assert.equal(medianRatio([30, null, 40, 50], [10, 10, null, 0]), 3);
  assert.equal(medianRatio([30], []), null);
});

test('span: tells the smallest and largest known value', () => {
  assert.deepEqual(span([2, null, 9, 4]), [2, 9]);
  assert.equal(span([null]), null);
});
