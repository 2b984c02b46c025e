import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { linear, ticks, timeTicks } from './scale.ts';

test('linear: leads from one span to another, also backwards, and stands still where there is no span', () => {
  const down = linear([0, 10], [100, 0]);
  assert.deepEqual([down.at(0), down.at(2.5), down.at(10)], [100, 75, 0]);
  assert.equal(linear([3, 3], [5, 9]).at(3), 5);
});

test('ticks: round values from 0 to the first that covers the largest', () => {
  const rows: ReadonlyArray<readonly [number, number, readonly number[]]> = [
    [300_000, 3, [0, 100_000, 200_000, 300_000]],
    [0.3, 3, [0, 0.1, 0.2, 0.3]],
    [101, 2, [0, 100, 200]],
    [4, 2, [0, 2, 4]],
    [0, 3, [0, 1]],
    [Number.NaN, 3, [0, 1]],
  ];
  for (const [max, count, want] of rows) assert.deepEqual(ticks(max, count), want, `${max}`);
});

test('ticks: cover any largest value, begin at 0, and are few', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), fc.integer({ min: 1, max: 8 }), (max, count) => {
      const all = ticks(max, count);
      assert.equal(all[0], 0);
      assert.ok((all.at(-1) ?? 0) >= max * (1 - 1e-6));
      assert.ok(all.length <= count + 2, `${all}`);
    }),
    { seed: 20261121 },
  );
});

test('timeTicks: steps that people count minutes in, no more than asked for', () => {
  assert.deepEqual(timeTicks(600, 5), [0, 120, 240, 360, 480, 600]);
  assert.deepEqual(timeTicks(60, 6), [0, 10, 20, 30, 40, 50, 60]);
  assert.deepEqual(timeTicks(90_000, 5).slice(0, 2), [0, 7_200]);
});
