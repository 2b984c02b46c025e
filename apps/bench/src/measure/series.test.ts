import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POINTS_MAX, Series } from './series.ts';
import { call } from './testing.ts';

test('Series: calls count where they were sent, and where they ended', () => {
  const series = new Series();
  series.add(call({ sentMs: 500, endMs: 2_500, utilisation: 0.5 }));
  series.add(call({ sentMs: 600, endMs: 700, status: 429 }));
  series.add(call({ sentMs: 600, endMs: 700, status: 500, class: 'serverError' }));
  const points = series.points(2_000);
  assert.deepEqual(
    points.map(({ seconds, phase, sent, answered, throttled, failed, utilisation }) => [
      seconds,
      phase,
      sent,
      answered,
      throttled,
      failed,
      utilisation,
    ]),
    [
      [0, 'measure', 3, 0, 1, 1, null],
      [1, 'measure', 0, 0, 0, 0, null],
      [2, 'drain', 0, 1, 0, 0, 0.5],
    ],
  );
});

test('Series: a day has no more points than a plot, and loses no call', () => {
  const series = new Series();
  const count = 86_400;
  for (let i = 0; i < count; i++) series.add(call({ sentMs: i * 1_000, endMs: i * 1_000 + 900 }));
  const points = series.points(1e9);
  assert.ok(points.length <= POINTS_MAX, `${points.length}`);
  assert.equal(
    points.reduce((sum, { answered }) => sum + answered, 0),
    count,
  );
  assert.equal(points.at(3)?.e2eP50, 0.9);
});

test('Series: warm-up is told from what is measured, targets from each other, and the last quota holds', () => {
  const series = new Series();
  const quota = { atMs: 10, limitTokens: null, remainingTokens: 700, limitRequests: null, remainingRequests: 7 };
  series.add(call({ phase: 'warmUp', sentMs: 0, endMs: 10 }));
  series.add(call({ target: 1, sentMs: 0, endMs: 10, quota }));
  series.add(call({ target: 1, sentMs: 0, endMs: 20, quota: { ...quota, atMs: 5, remainingTokens: 900 } }));
  assert.deepEqual(
    series.points(1e9).map(({ target, phase, remainingTokens }) => [target, phase, remainingTokens]),
    [
      [0, 'warmUp', null],
      [1, 'measure', 700],
    ],
  );
});
