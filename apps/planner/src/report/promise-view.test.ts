import assert from 'node:assert/strict';
import test from 'node:test';
import { digits, promiseView } from './promise-view.ts';
import { madeUpPromise } from './testing/made-up.ts';

test('promiseView: tells the median, all seeds together, and how many of them miss the limit alone', () => {
  const cases: ReadonlyArray<readonly [Parameters<typeof madeUpPromise>[0], string, string]> = [
    [
      { promise: 'no429', values: [0, 0, 46], limit: 1 },
      'at most 1',
      'median 0 · pooled 15.3 · 1 of 3 seeds over (worst seed 3: 46)',
    ],
    [
      { promise: 'no429', values: [0, 0.5], limit: 1, pooledLimit: 1 },
      'at most 1',
      'median 0.25 · pooled 0.25 · none of 2 seeds over (worst seed 2: 0.5)',
    ],
    [
      { promise: 'overload', values: [0.99, 0.9715], limit: 0.98, sense: 'atLeast' },
      'at least 0.98',
      'median 0.981 · pooled 0.981 · 1 of 2 seeds under (worst seed 2: 0.972)',
    ],
    [
      { promise: 'no429', values: [0, 4], limit: 1, pooledLimit: 12 },
      'at most 1, pooled at most 12',
      'median 2 · pooled 2 · 1 of 2 seeds over (worst seed 2: 4)',
    ],
    [{ promise: 'no429', values: [1_234.5], limit: 1 }, 'at most 1', 'seed 1: 1,234.5'],
    [{ promise: 'no429', values: [], limit: 1 }, 'at most 1', 'not measured'],
  ];
  for (const [told, wanted, words] of cases) {
    const view = madeUpPromise(told);
    assert.deepEqual([view.wanted, view.told], [wanted, words]);
  }
});

test('promiseView: what was not measured is null in numbers, and what there is nothing to compare to says so', () => {
  const nothing = { measured: Number.NaN, wanted: Number.NaN, pooled: Number.NaN, pooledWanted: null };
  const { measured, wanted, spread } = promiseView({
    ...nothing,
    promise: 'others',
    name: 'wasted sends',
    sense: 'atMost',
    seeds: [],
    seedsOver: 0,
    worst: null,
    holds: false,
  });
  assert.deepEqual([measured, wanted], ['not measured', 'nothing to compare to']);
  assert.deepEqual([spread.median, spread.limit, spread.pooled, spread.pooledLimit], [null, null, null, null]);
});

test('digits: enough to tell which side of a limit it is on, and no empty ones', () => {
  const cases = [
    [0, '0'],
    [0.8, '0.8'],
    [1.0304, '1.03'],
    [100, '100'],
    [100.04, '100'],
    [12_345.67, '12,345.7'],
  ] as const;
  for (const [value, want] of cases) assert.equal(digits(value), want);
});
