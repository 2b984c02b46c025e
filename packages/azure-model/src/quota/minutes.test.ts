import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTES_MAX, Minutes, SHARES_MAX, shareOut } from './minutes.ts';

test('Minutes: adds up what was used in the same minute', () => {
  const minutes = new Minutes();
  minutes.add(10, 60_000);
  minutes.add(5, 119_999);
  minutes.add(7, 120_000);
  assert.deepEqual(minutes.list(), [
    { fromMs: 60_000, tokens: 15 },
    { fromMs: 120_000, tokens: 7 },
  ]);
});

test('Minutes: keeps no more than its limit, over a day', () => {
  const minutes = new Minutes();
  for (let minute = 0; minute < 1440; minute++) minutes.add(1, minute * 60_000);
  assert.equal(minutes.list().length, MINUTES_MAX);
  assert.equal(minutes.list().at(-1)?.fromMs, 1439 * 60_000);
});

test('Minutes: shares a long answer out over the minutes that it took, beside what others used in them', () => {
  const minutes = new Minutes();
  minutes.add(7, 185_000);
  minutes.add(120, 210_000, 90_000);
  assert.deepEqual(minutes.list(), [
    { fromMs: 60_000, tokens: 30 },
    { fromMs: 120_000, tokens: 60 },
    { fromMs: 180_000, tokens: 37 },
  ]);
});

test('shareOut: gives the rest of an answer that took longer than its limit to the last minute, and nothing is lost', () => {
  const shares: number[] = [];
  shareOut(10 * SHARES_MAX, 0, 10 * SHARES_MAX * 60_000, (_, share) => shares.push(share));
  assert.equal(shares.length, SHARES_MAX);
  assert.deepEqual([shares[0], shares.at(-1)], [1, 9 * SHARES_MAX + 1]);
});
