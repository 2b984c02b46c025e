import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunReport } from '@spillway/bench';
import { BENCH_FLAGS, fakeIo, runReport } from '../bench/testing/run.ts';
import { EXIT, UsedWrongly } from '../exit.ts';
import { BATCHES_MAX, type BatchFlags, batch } from './bench-batch.ts';

const { shapeProfile: _shape, ...LOAD } = BENCH_FLAGS;
const FLAGS: BatchFlags = {
  ...LOAD,
  tokenRateWorkloadList: '500-100-20,3500-300-none',
  numBatches: '1',
  batchStartInterval: '3600',
  pause: '0',
};

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @param takesMs each run. */
function stage(more: Partial<BatchFlags>, report: Partial<RunReport> = {}, takesMs = 1_000) {
  const beganMs: number[] = [];
  const startMs = { of: 0 };
  const fake = fakeIo(async () => {
    beganMs.push(fake.clock.nowMs() - startMs.of);
    fake.clock.advance(takesMs);
    return runReport(report);
  });
  startMs.of = fake.clock.nowMs();
  const ended = batch({ ...FLAGS, ...more }, {}, fake.io);
  return { ...fake, ended, beganMs };
}

test('batch: the workloads one after the other, the list as often as wanted, each with what it says', async () => {
  const { ended, begun, written } = stage({ numBatches: '2', batchStartInterval: '0' });
  assert.equal(await ended, EXIT.done);
  const told = begun.map(({ spec: { prompts, answer, pace } }) => [
    prompts.kind === 'generated' && prompts.contextTokens,
    answer.tokensMax,
    pace.kind,
  ]);
  const [first, second] = [
    [500, 100, 'open'],
    [3_500, 300, 'closed'],
  ];
  assert.deepEqual(told, [first, second, first, second]);
  assert.match(written.err, /run 2 of 4 \(round 1 of 2\): 3500-300-none\n/);
});

test('batch: rounds begin at their interval, runs behind a pause; a round that is late begins at once', async () => {
  const slow = stage({ numBatches: '3', batchStartInterval: '100', pause: '5' }, {}, 40_000);
  for (let i = 0; i < 100; i++) {
    await turn();
    if (slow.clock.pending > 0) slow.clock.advance(5_000);
  }
  await slow.ended;
  // 40 s a run: the second round has to wait, from 85 s to 100.
  assert.deepEqual(slow.beganMs, [0, 45_000, 100_000, 145_000, 200_000, 245_000]);
  assert.match(slow.written.err, /waiting 5 s for the next run\n/);
  assert.match(slow.written.err, /waiting 15 s for the next round\n/);
  const late = stage({ numBatches: '2', batchStartInterval: '10' }, {}, 40_000);
  await late.ended;
  assert.deepEqual(late.beganMs, [0, 40_000, 80_000, 120_000]);
});

test('batch: a report of each run, and one table of all', async (t) => {
  const out = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  t.after(() => rmSync(out, { recursive: true }));
  await stage({ out, numBatches: '2', batchStartInterval: '0' }).ended;
  assert.deepEqual(readdirSync(out).toSorted(), ['batch-1', 'batch-2', 'runs.csv']);
  assert.deepEqual(readdirSync(join(out, 'batch-2')).toSorted(), ['1-500-100-20', '2-3500-300-none']);
  assert.equal(readFileSync(join(out, 'runs.csv'), 'utf8').trimEnd().split('\n').length, 5);
});

test('batch: a run that failed does not end it, but its exit tells', async () => {
  const { ended, begun } = stage({ failIf: ['ttft.p95>1.5'] });
  assert.deepEqual([await ended, begun.length], [EXIT.failed, 2]);
});

test('batch: Ctrl-C while it waits begins no more runs', async () => {
  // Whoever runs the tests listens, too, and would end.
  const others = process.listeners('SIGINT');
  const { ended, begun, written } = stage({ pause: '60' });
  for (let i = 0; i < 20 && !written.err.includes('waiting'); i++) await turn();
  const ours = process.listeners('SIGINT').filter((listener) => !others.includes(listener));
  assert.equal(ours.length, 1);
  for (const listener of ours) listener('SIGINT');
  await ended;
  assert.equal(begun.length, 1);
  assert.match(written.err, /the batch is ended; what was run until then stays/);
});

test('batch: the warm-up by the name that the fork has', async () => {
  const { ended, begun } = stage({ runWarmupLoadUntil429Occurs: 'true' });
  await ended;
  assert.deepEqual(
    begun.map(({ spec }) => spec.warmUpUntilThrottled),
    [true, true],
  );
});

test('batch: what is wrong with any run is told before the first', async () => {
  const rows: ReadonlyArray<readonly [Partial<BatchFlags>, RegExp]> = [
    [{ tokenRateWorkloadList: '500-100-20,x' }, /'x' is no workload/],
    [{ numBatches: '0', pause: '-1' }, /--num-batches 0: is no whole number from 1 to 1000\n +--pause -1: /],
    [{ numBatches: String(BATCHES_MAX + 1) }, /--num-batches 1001/],
    [{ batchStartInterval: 'x' }, /--batch-start-interval x/],
    [{ pause: '1.5' }, /--pause 1\.5: is no whole number from 0 to 604800/],
    [{ runWarmupLoadUntil429Occurs: 'maybe' }, /--run-warmup-load-until-429-occurs maybe: is neither true nor false/],
    [{ tokenRateWorkloadList: '500-100-20,0-5-1' }, /--context-tokens 0/],
    [{ clients: '0' }, /--clients 0/],
  ];
  for (const [more, want] of rows) {
    const { ended, begun } = stage(more);
    await assert.rejects(
      ended,
      (error) => error instanceof UsedWrongly && want.test(error.message),
      JSON.stringify(more),
    );
    assert.equal(begun.length, 0);
  }
});
