import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesPoint } from './report.ts';
import { steadyOf } from './steady.ts';

function points(count: number, of: (i: number) => Partial<SeriesPoint>): readonly SeriesPoint[] {
  return Array.from({ length: count }, (_, i) => ({
    seconds: i,
    phase: 'measure',
    target: 0,
    sent: 10,
    answered: 10,
    throttled: 0,
    failed: 0,
    promptTokens: 0,
    completionTokens: 0,
    e2eP50: 1,
    e2eP95: 1,
    ttftP50: null,
    ttftP95: null,
    utilisation: null,
    remainingTokens: null,
    remainingRequests: null,
    ...of(i),
  }));
}

test('steadyOf: a run that is the same throughout is steady from the beginning', () => {
  assert.deepEqual(
    steadyOf(
      points(60, () => ({})),
      1,
    ).sinceSeconds,
    0,
  );
});

test('steadyOf: the way up is left out', () => {
  const { isSteady, sinceSeconds } = steadyOf(
    points(120, (i) => ({ answered: Math.min(10, i / 3) })),
    1,
  );
  assert.equal(isSteady, true);
  assert.ok((sinceSeconds ?? 0) >= 10 && (sinceSeconds ?? 0) <= 40, `${sinceSeconds}`);
});

const UNSTEADY: ReadonlyArray<
  readonly [name: string, count: number, of: (i: number) => Partial<SeriesPoint>, why: RegExp]
> = [
  ['short', 19, () => ({}), /shorter than 20 s/],
  ['a rate that climbs', 60, (i) => ({ answered: 1 + i }), /rate of answers/],
  ['a latency that climbs', 60, (i) => ({ e2eP50: 1 + i }), /latency still moves/],
  ['hardly any answers', 60, () => ({ answered: 0.1 }), /too few/],
];

for (const [name, count, of, why] of UNSTEADY) {
  test(`steadyOf: not steady: ${name}`, () => {
    const steady = steadyOf(points(count, of), 1);
    assert.equal(steady.isSteady, false);
    assert.match(steady.why, why);
  });
}
