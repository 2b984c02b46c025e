import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTES_MAX, Minutes } from './minutes.ts';

test('Minutes: adds up what ended in the same minute', () => {
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
