import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from './histogram.ts';

test('Histogram: a duration on a bound belongs to its bucket, one above all bounds to the last', () => {
  const histogram = new Histogram([0.01, 0.1, 1]);
  for (const ms of [0, 10, 10.001, 100, 1000, 1000.001, 1e9]) histogram.observeMs(ms);
  assert.deepEqual(histogram.cumulative(), [2, 4, 5, 7]);
  assert.ok(Math.abs(histogram.sumSeconds - 1_000_002.120_002) < 1e-6);
});

test('Histogram: add takes over counts and sum', () => {
  const [one, other] = [new Histogram([1]), new Histogram([1])];
  one.observeMs(500);
  other.observeMs(1500);
  other.observeMs(250);
  one.add(other);
  assert.deepEqual(one.cumulative(), [2, 3]);
  assert.equal(one.sumSeconds, 2.25);
});
