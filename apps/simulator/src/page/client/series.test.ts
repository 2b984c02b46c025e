import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { columnsOf, shareOf, summaryOf, topOf, WINDOW_MINUTES } from './series.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.UTC(2026, 10, 21, 14, 30, 42);
const PRESENT_MS = Date.UTC(2026, 10, 21, 14, 30);

function minute(ago: number, utilisation: number) {
  return { fromMs: PRESENT_MS - ago * MINUTE_MS, utilisation };
}

test('columnsOf: one for each minute, the present one last, those of which nothing is told empty', () => {
  const columns = columnsOf([minute(29, 0.1), minute(2, 1.2), minute(0, 0.5)], NOW_MS);
  assert.equal(columns.length, WINDOW_MINUTES);
  assert.deepEqual(columns[0], minute(29, 0.1));
  assert.deepEqual(columns.slice(-3), [minute(2, 1.2), minute(1, 0), minute(0, 0.5)]);
});

test('columnsOf: what is older than the chart is not on it', () => {
  const columns = columnsOf([minute(WINDOW_MINUTES, 3)], NOW_MS);
  assert.ok(columns.every(({ utilisation }) => utilisation === 0));
});

for (const [highest, want] of [
  [0, 1.5],
  [1.2, 1.5],
  [1.51, 2],
  [3.5, 3.5],
  [400, 10],
] as const) {
  test(`topOf: an axis with ${highest} on it ends at ${want}`, () => {
    assert.equal(topOf(columnsOf([minute(3, highest)], NOW_MS)), want);
  });
}

test('summaryOf: names the highest minute, the present one, and how many were above 100 %', () => {
  const columns = columnsOf([minute(5, 1.1), minute(4, 1.3), minute(3, 1), minute(0, 0.25)], NOW_MS);
  assert.deepEqual(summaryOf(columns), { highest: minute(4, 1.3), present: 0.25, over: 2 });
  assert.deepEqual(summaryOf(columnsOf([], NOW_MS)), { highest: null, present: 0, over: 0 });
});

for (const [value, limit, want] of [
  [50, 100, 0.5],
  [150, 100, 1],
  [-1, 100, 0],
  [5, null, 0],
  [5, 0, 1],
  [0, 0, 0],
] as const) {
  test(`shareOf: ${value} of ${limit} fills ${want}`, () => assert.equal(shareOf(value, limit), want));
}

const SEED = 20_261_121;

test(`topOf, columnsOf: whatever the minutes, the axis holds 100 % and all columns up to its end, seed ${SEED}`, () => {
  const minutes = fc.array(
    fc.record({ ago: fc.integer({ min: 0, max: 90 }), utilisation: fc.double({ min: 0, max: 50, noNaN: true }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(minutes, (list) => {
      const columns = columnsOf(
        list.map(({ ago, utilisation }) => minute(ago, utilisation)),
        NOW_MS,
      );
      const top = topOf(columns);
      assert.equal(columns.length, WINDOW_MINUTES);
      assert.ok(top >= 1.5 && top <= 10);
      for (const { utilisation } of columns) assert.ok(utilisation <= top || top === 10);
    }),
    { seed: SEED },
  );
});
