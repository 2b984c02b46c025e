import assert from 'node:assert/strict';
import test from 'node:test';
import { DRAW_MS, LINE_MS, Progress } from './progress.ts';

function progress(isTerminal: boolean) {
  const written: string[] = [];
  const time = { nowMs: 0 };
  const made = new Progress({ write: (text) => written.push(text), isTerminal, nowMs: () => time.nowMs });
  return { made, time, written };
}

test('Progress: in a log a line every few seconds, with what is left at the pace so far', () => {
  const { made, time, written } = progress(false);
  for (const [nowMs, done] of [
    [10, 1],
    [LINE_MS, 20],
    [LINE_MS + 10, 30],
    [2 * LINE_MS, 40],
  ] as const) {
    time.nowMs = nowMs;
    made.tell('steady', done, 80);
  }
  made.end();
  assert.deepEqual(written, ['20 of 80 runs, steady, about 15 s left\n', '40 of 80 runs, steady, about 10 s left\n']);
});

test('Progress: on a terminal one line, drawn again in place and taken away at the end', () => {
  const { made, time, written } = progress(true);
  for (const nowMs of [DRAW_MS, DRAW_MS + 1, 2 * DRAW_MS]) {
    time.nowMs = nowMs;
    made.tell('steady', 0, 80);
  }
  made.end();
  assert.deepEqual(written, ['\r\x1b[K0 of 80 runs, steady', '\r\x1b[K0 of 80 runs, steady', '\r\x1b[K']);
});

test('Progress: a short run says nothing in a log', () => {
  const { made, written } = progress(false);
  made.tell('steady', 1, 2);
  made.end();
  assert.deepEqual(written, []);
});
