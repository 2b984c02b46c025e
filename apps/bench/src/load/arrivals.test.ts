import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import type { Arrivals } from '../spec.ts';
import { firstRate, offsetsOf, SWEEP_STEPS_MAX, stepAt, stepsOf } from './arrivals.ts';

function first(arrivals: Arrivals, count: number, seed = 1): readonly number[] {
  const offsets: number[] = [];
  for (const offset of offsetsOf(arrivals, seededUnit(seed))) {
    if (offsets.length >= count) break;
    offsets.push(offset);
  }
  return offsets;
}

const STEPS = [
  { perMinute: 60, forMs: 2_000 },
  { perMinute: 120, forMs: 1_000 },
];

const ROWS: ReadonlyArray<readonly [name: string, Arrivals, readonly number[]]> = [
  ['constant: the first at once, evenly', { kind: 'constant', perMinute: 240 }, [0, 250, 500, 750]],
  ['steps: each from its beginning', { kind: 'steps', steps: STEPS }, [0, 1_000, 2_000, 2_500]],
  ['trace: as recorded', { kind: 'trace', offsetsMs: [0, 5, 5, 900] }, [0, 5, 5, 900]],
  [
    'ramp of nothing: constant',
    { kind: 'ramp', fromPerMinute: 60, toPerMinute: 60, overMs: 3_000 },
    [0, 1_000, 2_000, 3_000, 4_000],
  ],
  ['ramp in no time: its end', { kind: 'ramp', fromPerMinute: 1, toPerMinute: 60, overMs: 0 }, [0, 1_000, 2_000]],
];

for (const [name, arrivals, want] of ROWS) {
  test(`offsetsOf: ${name}`, () => {
    assert.deepEqual(
      first(arrivals, want.length).map((at) => Math.round(at)),
      want,
    );
  });
}

test('offsetsOf: steps and traces end, the others do not', () => {
  assert.equal(first({ kind: 'steps', steps: STEPS }, 1_000).length, 4);
  assert.equal(first({ kind: 'trace', offsetsMs: [1, 2] }, 1_000).length, 2);
  assert.equal(first({ kind: 'constant', perMinute: 1 }, 1_000).length, 1_000);
});

test('offsetsOf: a ramp from 0 to 600 a minute in a minute sends 300 in it, half of them in the last 0.29 of it', () => {
  const offsets = first({ kind: 'ramp', fromPerMinute: 0, toPerMinute: 600, overMs: 60_000 }, 400);
  assert.equal(offsets.filter((at) => at < 60_000 - 1e-6).length, 300);
  assert.ok(Math.abs((offsets[150] ?? 0) - 60_000 * Math.SQRT1_2) < 1, `${offsets[150]}`);
  assert.ok(offsets.every((at, i) => i === 0 || at > (offsets[i - 1] ?? 0)));
  assert.equal(Math.round((offsets[301] ?? 0) - (offsets[300] ?? 0)), 100);
});

test('offsetsOf: a falling ramp never runs backwards', () => {
  const offsets = first({ kind: 'ramp', fromPerMinute: 600, toPerMinute: 60, overMs: 10_000 }, 80);
  assert.ok(offsets.every((at, i) => Number.isFinite(at) && (i === 0 || at > (offsets[i - 1] ?? 0))));
});

test('offsetsOf: Poisson arrivals have the mean and the spread of exponential gaps, the same for the same seed', () => {
  const offsets = first({ kind: 'poisson', perMinute: 6_000 }, 20_000, 7);
  const gaps = offsets.map((at, i) => at - (offsets[i - 1] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  assert.ok(Math.abs(mean - 10) < 0.3, `mean ${mean}`);
  assert.ok(Math.abs(Math.sqrt(variance) / mean - 1) < 0.05, `variation ${Math.sqrt(variance) / mean}`);
  assert.deepEqual(first({ kind: 'poisson', perMinute: 60 }, 5, 3), first({ kind: 'poisson', perMinute: 60 }, 5, 3));
});

test('stepsOf: a sweep has at most so many steps, each faster by the factor', () => {
  const steps = stepsOf({ kind: 'sweep', fromPerMinute: 60, factor: 1.5, stepMs: 10_000 });
  assert.equal(steps.length, SWEEP_STEPS_MAX);
  assert.equal(steps[2]?.perMinute, 135);
  assert.equal(stepAt(steps, 25_000)?.perMinute, 135);
  assert.equal(stepAt(steps, SWEEP_STEPS_MAX * 10_000), null);
});

test('firstRate: that of the beginning, by which the warm-up runs', () => {
  assert.equal(firstRate({ kind: 'ramp', fromPerMinute: 5, toPerMinute: 60, overMs: 1 }), 5);
  assert.equal(firstRate({ kind: 'steps', steps: STEPS }), 60);
  assert.equal(firstRate({ kind: 'trace', offsetsMs: [] }), 0);
});
