import assert from 'node:assert/strict';
import test from 'node:test';
import { type Answer, answerOf } from '../reply.ts';
import { BatchRun, LINE_TRIES_MAX, LINES_AT_ONCE_MAX, LINES_PER_STEP_MAX, type LineResult } from './batch-run.ts';

interface Settings {
  readonly lines?: number;
  readonly waitMs?: number;
  /** Status of the n-th request, from 0. */
  readonly status?: (n: number) => number;
  readonly done?: readonly LineResult[];
  readonly headers?: readonly string[];
}

function running({ lines = 20, waitMs = 100, status = () => 200, done = [], headers = [] }: Settings = {}) {
  let asked = 0;
  const ended: number[] = [];
  const serve = (_request: unknown, nowMs: number): Answer => {
    const work = { usage: null, end: (endMs: number) => void ended.push(endMs - nowMs) };
    return { ...answerOf('{}', [...headers], 'chat', waitMs, work), status: status(asked++) };
  };
  const named = Array.from({ length: lines }, (_, i) => ({ customId: `t${i}`, body: {} }));
  const run = new BatchRun({ lines: named, operation: 'chat/completions', done, serve });
  return { run, ended, asked: () => asked };
}

test('BatchRun: has so many lines under way, and ends each when its answer is whole', () => {
  const { run, ended, asked } = running();
  assert.equal(run.step(0), 100);
  assert.equal(asked(), LINES_AT_ONCE_MAX);
  assert.equal(run.step(50), 100);
  assert.equal(run.results.length, 0);
  run.step(100);
  assert.deepEqual([run.results.length, asked()], [LINES_AT_ONCE_MAX, 2 * LINES_AT_ONCE_MAX]);
  assert.equal(run.step(200), 300);
  assert.equal(run.step(300), null);
  assert.deepEqual([run.results.length, run.succeeded], [20, 20]);
  assert.deepEqual(new Set(ended), new Set([100]));
});

test('BatchRun: begins so many in one go where answers take no time', () => {
  const { run, asked } = running({ lines: LINES_PER_STEP_MAX + 1, waitMs: 0 });
  assert.equal(run.step(0), 1);
  assert.equal(asked(), LINES_PER_STEP_MAX);
  assert.equal(run.step(1), null);
});

const RETRIES: ReadonlyArray<readonly [headers: readonly string[], nextMs: number]> = [
  [['retry-after-ms', '1500', 'retry-after', '9'], 1500],
  [['retry-after', '9'], 9000],
  [['retry-after', 'soon'], 1000],
  [[], 1000],
];

test('BatchRun: a line that the quota refuses waits as long as it says and is tried again', () => {
  for (const [headers, nextMs] of RETRIES) {
    const { run, asked } = running({ lines: 1, waitMs: 0, headers, status: (n) => (n === 0 ? 429 : 200) });
    assert.equal(run.step(0), nextMs);
    run.step(nextMs - 1);
    assert.equal(asked(), 1);
    assert.equal(run.step(nextMs), null);
    assert.deepEqual([asked(), run.succeeded], [2, 1]);
  }
});

test('BatchRun: gives up a line that is always refused, and goes on with the next', () => {
  const { run, asked } = running({ lines: 2, waitMs: 0, status: (n) => (n < LINE_TRIES_MAX ? 429 : 200) });
  let nextMs: number | null = 0;
  while (nextMs !== null) nextMs = run.step(nextMs);
  assert.equal(asked(), LINE_TRIES_MAX + 1);
  assert.deepEqual([run.results.length, run.succeeded], [2, 1]);
  assert.match(run.results[0]?.text ?? '', /"status_code":429/);
});

test('BatchRun: a stopped one ends what is under way and begins nothing', () => {
  const { run, asked } = running();
  run.step(0);
  run.stop();
  assert.equal(run.step(100), null);
  assert.deepEqual([asked(), run.results.length], [LINES_AT_ONCE_MAX, LINES_AT_ONCE_MAX]);
});

test('BatchRun: does not do again what was done before a restart', () => {
  const done = [0, 2].map((index) => ({ index, text: '{}', succeeded: index === 0 }));
  const { run, asked } = running({ lines: 4, waitMs: 0, done });
  assert.equal(run.step(0), null);
  assert.deepEqual([asked(), run.results.length, run.succeeded], [2, 4, 3]);
});

test('BatchRun: what a request can only ask for by itself is an error of its line, and nobody is asked', () => {
  const bodies = [{ stream: true }, { background: true }];
  const lines = bodies.map((body, i) => ({ customId: `t${i}`, body }));
  const serve = (): Answer => assert.fail('was asked');
  const run = new BatchRun({ lines, operation: 'responses', done: [], serve });
  assert.equal(run.step(0), null);
  assert.deepEqual(
    run.results.map(({ text }) => JSON.parse(text).response.body.error.param),
    ['stream', 'background'],
  );
});
