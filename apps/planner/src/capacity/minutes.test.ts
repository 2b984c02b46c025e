import assert from 'node:assert/strict';
import test from 'node:test';
import { type Demand, NO_DEMAND } from './demand.ts';
import { overflowOf, percentileOf } from './minutes.ts';

test('percentileOf: the nearest rank', () => {
  const ten = Float64Array.from({ length: 10 }, (_, at) => at + 1);
  const rows: ReadonlyArray<readonly [values: Float64Array, percent: number, want: number]> = [
    [ten, 50, 5],
    [ten, 95, 10],
    [ten, 90, 9],
    [ten, 0.1, 1],
    [ten, 100, 10],
    [Float64Array.of(7), 50, 7],
    [new Float64Array(), 50, 0],
  ];
  for (const [values, percent, want] of rows)
    assert.equal(percentileOf(values, percent), want, `${percent} of ${values.length}`);
});

function minute(calls: number): Demand {
  return { ...NO_DEMAND, calls, promptTokens: 100 * calls, arrivalTokens: 120 * calls };
}

test('overflowOf: of each minute what is beyond the capacity, in calls like the others', () => {
  const minutes = [minute(0), minute(10), minute(20)];
  const loads = Float64Array.of(0, 1_000, 2_000);
  const over = overflowOf(minutes, loads, 1_500);
  assert.deepEqual(over, {
    tokenShare: 500 / 3_000,
    callShare: 5 / 30,
    minuteShare: 1 / 3,
    total: { ...NO_DEMAND, calls: 5, promptTokens: 500, arrivalTokens: 600 },
    calls: Float64Array.of(0, 0, 5),
    arrivalTokens: Float64Array.of(0, 0, 600),
  });
});

test('overflowOf: at exactly the capacity nothing overflows, without any everything, and of nothing nothing', () => {
  assert.equal(overflowOf([minute(10)], Float64Array.of(1_000), 1_000).tokenShare, 0);
  assert.equal(overflowOf([minute(10)], Float64Array.of(1_000), 0).callShare, 1);
  assert.equal(overflowOf([], new Float64Array(), 10).tokenShare, 0);
  assert.equal(overflowOf([NO_DEMAND], Float64Array.of(0), 0).callShare, 0);
});
