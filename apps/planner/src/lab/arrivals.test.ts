import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { arrivalTimes } from './arrivals.ts';
import type { Arrivals } from './types.ts';

const KINDS: readonly Arrivals[] = [
  { kind: 'poisson' },
  { kind: 'steady' },
  { kind: 'bursts', onSeconds: 5, offSeconds: 20, factor: 4 },
  { kind: 'diurnal', depth: 0.5, periodSeconds: 600 },
];

function timesOf(arrivals: Arrivals, seed: number, count = 6_000): readonly number[] {
  return [...arrivalTimes(arrivals, { count, seconds: 600, unit: seededUnit(seed) })];
}

/** Arrivals of each second. */
function perSecond(times: readonly number[]): readonly number[] {
  const counts = new Array<number>(600).fill(0);
  for (const time of times) counts[Math.floor(time / 1_000)] = (counts[Math.floor(time / 1_000)] ?? 0) + 1;
  return counts;
}

/** Variance by mean: 1 for a Poisson process. */
function dispersion(counts: readonly number[]): number {
  const mean = counts.reduce((sum, each) => sum + each, 0) / counts.length;
  return counts.reduce((sum, each) => sum + (each - mean) ** 2, 0) / counts.length / mean;
}

for (const arrivals of KINDS) {
  test(`arrivalTimes: ${arrivals.kind}: as many as asked for, in order, within the run (seeds 1 to 20)`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      const times = timesOf(arrivals, seed);
      assert.equal(times.length, 6_000);
      assert.ok(times.every((time, index) => time >= (times[index - 1] ?? 0) && time < 600_000));
    }
  });

  test(`arrivalTimes: ${arrivals.kind}: the same seed gives the same moments`, () => {
    assert.deepEqual(timesOf(arrivals, 3), timesOf(arrivals, 3));
    assert.notDeepEqual(timesOf(arrivals, 3), timesOf(arrivals, 4));
  });
}

const DISPERSIONS: ReadonlyArray<readonly [kind: number, atLeast: number, atMost: number]> = [
  [0, 0.85, 1.15],
  [1, 0, 0.01],
  [2, 3, 12],
  [3, 1.5, 3],
];

for (const [kind, atLeast, atMost] of DISPERSIONS) {
  const arrivals = KINDS[kind] ?? { kind: 'poisson' };
  test(`arrivalTimes: ${arrivals.kind}: scatters from second to second as it should (seed 5)`, () => {
    const found = dispersion(perSecond(timesOf(arrivals, 5)));
    assert.ok(found >= atLeast && found <= atMost, `${found}`);
  });
}

test('arrivalTimes: diurnal: rises to 1 + depth in its first quarter, and falls to 1 - depth in its third (seed 6)', () => {
  const counts = perSecond(timesOf({ kind: 'diurnal', depth: 0.5, periodSeconds: 600 }, 6, 60_000));
  const around = (second: number) => counts.slice(second - 20, second + 20).reduce((sum, each) => sum + each, 0) / 40;
  assert.ok(Math.abs(around(150) - 150) < 10, `${around(150)}`);
  assert.ok(Math.abs(around(450) - 50) < 10, `${around(450)}`);
});

test('arrivalTimes: none are asked for, none come', () => {
  for (const arrivals of KINDS) assert.deepEqual(timesOf(arrivals, 1, 0), []);
});
