import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from './tally.ts';
import { call } from './testing.ts';

const OPTIONS = { targets: ['a', 'b'], windowMs: 60_000, startedAtMs: Date.UTC(2026, 10, 21) };

test('Tally: the names and units of azure-openai-benchmark, numbers or null', () => {
  const tally = new Tally(OPTIONS);
  for (let i = 0; i < 60; i++) tally.add(call({ sentMs: i * 1_000, utilisation: 0.112 }));
  tally.add(call({ sentMs: 59_500, endMs: 59_900, status: 429, completionTokens: 0 }));
  assert.deepEqual(tally.line(60_000, 3), {
    run_seconds: 60,
    timestamp: '2026-11-21T00:01:00.000Z',
    rpm: 60,
    processing: 3,
    completed: 61,
    failures: 1,
    throttled: 1,
    requests: 61,
    tpm: { context: 30_000, gen: 6_000, total: 36_000 },
    e2e: { avg: 1, '95th': 1 },
    ttft: { avg: 0.1, '95th': 0.1 },
    tbt: { avg: 0.1, '95th': 0.1 },
    context_tpr_avg: 500,
    gen_tpr: { '10th': 100, avg: 100, '90th': 100 },
    network: { median: null, '95th': null },
    util: { avg: '11.2%', '95th': '11.2%' },
  });
});

test('Tally: a line has the round trip beside what was measured, and adjusted figures by the target of each call', () => {
  const tally = new Tally(OPTIONS);
  tally.add(call({ target: 0, endMs: 300, firstContentMs: 20 }));
  tally.add(call({ target: 1, endMs: 300, firstContentMs: 200 }));
  tally.add(call({ target: 2, endMs: 900, firstContentMs: 900 }));
  const line = { median: 0.05, '95th': 0.1 };
  const told = tally.line(1_000, 0, { line, lessMs: [50, 100] });
  assert.deepEqual([told.network, told.e2e.avg, told.ttft.avg], [line, 0.5, 0.373]);
  assert.deepEqual(told.adjusted, { e2e: { avg: 0.225, '95th': 0.247 }, ttft: { avg: 0.05, '95th': 0.095 } });
  assert.ok(!('adjusted' in tally.line(1_000, 0, { line, lessMs: null })));
});

test('Tally: before anything has ended all that is not a count is null', () => {
  const line = new Tally(OPTIONS).line(0, 1);
  assert.deepEqual(
    [line.rpm, line.tpm.total, line.e2e.avg, line.gen_tpr.avg, line.util.avg],
    [null, null, null, null, null],
  );
});

test('Tally: an old long call counts when it is over, and leaves the window like any other', () => {
  const tally = new Tally({ ...OPTIONS, windowMs: 10_000 });
  tally.add(call({ sentMs: 0, endMs: 20_000 }));
  assert.equal(tally.line(25_000, 0).e2e.avg, 20);
  assert.equal(tally.line(30_001, 0).e2e.avg, null);
});

test('Tally: only the measured part enters the summary; latency from the intended moment and from the send', () => {
  const tally = new Tally(OPTIONS);
  tally.add(call({ phase: 'warmUp', endMs: 50_000 }));
  tally.add(call({ intendedMs: 1_000, sentMs: 9_000, endMs: 10_000 }));
  const [a, b] = tally.summaries(30_000);
  assert.deepEqual([a?.calls.ok, a?.rpm, a?.tpm.total, b?.calls.ok], [1, 2, 1_200, 0]);
  assert.deepEqual([a?.e2e.p50, a?.e2eIntended.p50], [1, 9]);
});

test('Tally: attempts and results are both counted, and what was waited between them', () => {
  const tally = new Tally(OPTIONS);
  const attempt = { sentMs: 0, endMs: 10, hintMs: 500, waitedMs: 500 };
  tally.add(
    call({
      attempts: [
        { ...attempt, status: 429 },
        { ...attempt, status: 429 },
        { ...attempt, status: 200, waitedMs: 0 },
      ],
    }),
  );
  const [a] = tally.summaries(60_000);
  assert.deepEqual(
    [a?.attempts, a?.attempts429, a?.retryWaitSeconds, a?.calls.ok, a?.calls.throttled],
    [3, 2, 1, 1, 0],
  );
});

test('Tally: calls that the end of the run cut off are counted as nothing else', () => {
  const tally = new Tally(OPTIONS);
  tally.add(call({ class: 'cancelled', status: 0 }));
  assert.deepEqual([tally.completed, tally.line(1_000, 0).failures, tally.summaries(1)[0]?.calls.cancelled], [0, 0, 1]);
});

test('Tally: every gap between chunks counts, so that one long one is seen', () => {
  const tally = new Tally(OPTIONS);
  tally.add(call({ gapsMs: [...Array.from({ length: 99 }, () => 10), 5_000] }));
  const [a] = tally.summaries(1);
  assert.deepEqual([a?.gap.max, a?.gap.count, a?.tbt.count], [5, 100, 1]);
  assert.ok(Math.abs((a?.tbt.p50 ?? 0) - 0.0599) < 0.001);
});

test('Tally: who answered, what spilled over, what came from a cache', () => {
  const tally = new Tally(OPTIONS);
  tally.add(call({ servedBy: 'ptu', cachedTokens: 250 }));
  tally.add(call({ servedBy: 'std', spilledOver: true }));
  tally.add(call({ servedBy: 'std' }));
  const [a] = tally.summaries(1);
  assert.deepEqual([a?.servedBy, a?.spilledOver], [{ ptu: 1, std: 2 }, 1]);
  assert.ok(Math.abs((a?.cachedShare ?? 0) - 1 / 6) < 1e-9);
});

test('Tally: what was sent twice counts as two attempts, and the copies that answered are known', () => {
  const tally = new Tally(OPTIONS);
  const attempt = { sentMs: 0, endMs: 10, status: 200, hintMs: null, waitedMs: 0 };
  tally.add(call({ attempts: [{ ...attempt, hedge: 'first' }] }));
  tally.add(
    call({
      attempts: [
        { ...attempt, status: 500, hedge: 'copy' },
        { ...attempt, hedge: 'copy' },
      ],
    }),
  );
  tally.add(call({ attempts: [attempt] }));
  const [summary] = tally.summaries(1_000);
  assert.deepEqual([summary?.attempts, summary?.hedges], [7, { sent: 3, won: 1 }]);
});
