import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from './testing.ts';
import { meanGap, WINDOW_CALLS_MAX, Window } from './window.ts';

const TOTALS = { processing: 0, completed: 0, failures: 0, throttled: 0 };

test('Window: rates are over the time there was, and over the window behind it', () => {
  const window = new Window(60_000);
  for (let i = 0; i < 120; i++) window.add(call({ sentMs: i * 1_000, endMs: i * 1_000 + 10 }));
  assert.equal(window.line(30_000, 0, TOTALS).rpm, 240);
  assert.equal(window.line(120_000, 0, TOTALS).rpm, 60);
});

test('Window: at more calls than it keeps the oldest leave, and the rate stays right', () => {
  const window = new Window(60_000);
  const count = WINDOW_CALLS_MAX + 50_000;
  for (let i = 0; i < count; i++) window.add(call({ sentMs: i / 10, endMs: i / 10 + 1 }));
  const rpm = window.line(count / 10, 0, TOTALS).rpm ?? 0;
  assert.ok(Math.abs(rpm / 600_000 - 1) < 0.01, `${rpm}`);
});

test('meanGap: none for a call of one chunk', () => {
  assert.deepEqual(meanGap({ gapsMs: [] }), []);
  assert.deepEqual(meanGap({ gapsMs: [1_000, 3_000] }), [2]);
});
