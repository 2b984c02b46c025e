import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { Distribution, NOTHING, percentileOf } from './distribution.ts';

test('Distribution: percentiles are right to a thousandth, ends and mean exact; seed 3', () => {
  const unit = seededUnit(3);
  const values = Array.from({ length: 50_000 }, () => 10 ** (4 * unit() - 3));
  const distribution = new Distribution();
  for (const value of values) distribution.add(value);
  const sorted = values.toSorted((a, b) => a - b);
  const spread = distribution.spread();
  for (const [name, percentile] of [
    ['p50', 50],
    ['p90', 90],
    ['p95', 95],
    ['p99', 99],
  ] as const) {
    const want = percentileOf(sorted, percentile) ?? 0;
    assert.ok(Math.abs((spread[name] ?? 0) / want - 1) < 0.005, `${name} ${spread[name]} ${want}`);
  }
  assert.deepEqual([spread.min, spread.max, spread.count], [sorted[0], sorted.at(-1), 50_000]);
});

test('Distribution: nothing is null; one value is itself everywhere', () => {
  assert.deepEqual(new Distribution().spread(), NOTHING);
  const one = new Distribution('count');
  one.add(128_001);
  assert.deepEqual(one.spread(), {
    count: 1,
    avg: 128_001,
    min: 128_001,
    p50: 128_001,
    p90: 128_001,
    p95: 128_001,
    p99: 128_001,
    max: 128_001,
  });
});

test('Distribution: what is no measurement is left out, what is beyond all bounds counts', () => {
  const distribution = new Distribution();
  for (const value of [-1, Number.NaN, 1e12]) distribution.add(value);
  assert.deepEqual([distribution.count, distribution.spread().max], [1, 1e12]);
});

test('percentileOf: interpolates, as azure-openai-benchmark does', () => {
  assert.equal(percentileOf([1, 2, 3, 4], 95), 3.85);
  assert.equal(percentileOf([], 50), null);
  assert.equal(percentileOf([7], 95), 7);
});
