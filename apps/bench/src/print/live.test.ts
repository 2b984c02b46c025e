import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../measure/tally.ts';
import { call } from '../measure/testing.ts';
import { LIVE_SECONDS, LiveTally } from './live.ts';
import { calls } from './testing.ts';

const line = (completed: number, processing: number) => ({
  ...new Tally({ targets: ['a'], windowMs: 60_000, startedAtMs: 0 }).line(1_000, processing),
  completed,
});
const progress = (atMs: number) => ({ phase: 'measure', atMs, endsAtMs: null }) as const;

test('LiveTally: counts each second by how its calls ended, with the mean latency of its answers', () => {
  const live = new LiveTally('closed loop');
  live.add(call({ sentMs: 0, endMs: 1_200 }));
  live.add(call({ sentMs: 0, endMs: 1_800 }));
  live.add(call({ endMs: 2_100, status: 429 }));
  live.add(call({ endMs: 2_200, status: 500, class: 'serverError' }));
  live.add(call({ endMs: 2_300, class: 'cancelled' }));
  const { seconds, e2e, mode } = live.view(line(4, 1), progress(3_000));
  assert.equal(mode, 'closed loop');
  assert.deepEqual(seconds, [
    { answered: 0, refused: 0, failed: 0, latency: null },
    { answered: 2, refused: 0, failed: 0, latency: 1.5 },
    { answered: 0, refused: 1, failed: 1, latency: null },
  ]);
  assert.equal(e2e.count, 2);
});

test('LiveTally: the warm-up is drawn second by second and is in no percentile', () => {
  const live = new LiveTally('');
  live.add(call({ phase: 'warmUp' }));
  const view = live.view(line(1, 0), progress(2_000));
  assert.deepEqual([view.e2e.count, view.seconds[1]?.answered], [0, 1]);
});

test('LiveTally: what is sent per minute is what has ended and what is under way, over the last minute', () => {
  const live = new LiveTally('');
  assert.equal(live.view(line(0, 0), progress(0)).sentPerMinute, null);
  assert.equal(live.view(line(5, 5), progress(10_000)).sentPerMinute, 60);
  for (let at = 11; at <= 200; at++) live.view(line(at * 2, 0), progress(at * 1_000));
  assert.equal(Math.round(live.view(line(402, 0), progress(201_000)).sentPerMinute ?? 0), 120);
});

test('LiveTally: keeps LIVE_SECONDS and no more, however long a run is', () => {
  const live = new LiveTally('');
  for (const each of calls(10 * LIVE_SECONDS)) live.add(each);
  assert.equal(live.view(line(600, 0), progress(600_000)).seconds.length, LIVE_SECONDS);
});

test('LiveTally: tells the quota that was left by the newest answer, whichever comes in last', () => {
  const live = new LiveTally('');
  const quota = { limitTokens: null, limitRequests: null };
  live.add(call({ quota: { ...quota, atMs: 900, remainingTokens: 5, remainingRequests: 2 } }));
  live.add(call({ quota: { ...quota, atMs: 300, remainingTokens: 50, remainingRequests: 20 } }));
  const { remainingTokens, remainingRequests } = live.view(line(2, 0), progress(2_000));
  assert.deepEqual([remainingTokens, remainingRequests], [5, 2]);
});
