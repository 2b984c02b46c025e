import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { specOf } from '../testing/spec.ts';
import type { CallResult } from './call.ts';
import type { EarlyEnd } from './driver.ts';
import { RunError, WorkerPool } from './pool.ts';

/** A worker of the test's own: its lines run within the thread, with `tell` and `on` at hand. */
function script(lines: string): URL {
  const source = `
import { parentPort, workerData } from 'node:worker_threads';
const tell = (message) => parentPort.postMessage(message);
const on = (kind, run) => parentPort.on('message', (message) => { if (message.kind === kind) run(message); });
const end = (late) => { tell({ kind: 'ended', report: { late, lagMsMax: late, capped: 1, unsent: 0 } }); parentPort.close(); };
${lines}`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

function stage(t: TestContext, lines: string, workers = 2) {
  const results: CallResult[] = [];
  const early: EarlyEnd[] = [];
  const pool = new WorkerPool(specOf('http://127.0.0.1:9', { workers, clients: workers }), {
    onResults: (more) => results.push(...more),
    onEarlyEnd: (why) => early.push(why),
    script: script(lines),
    cancelMsMax: 50,
  });
  t.after(() => pool.close());
  return { pool, results, early };
}

test('WorkerPool: begins all when all are ready, and sums up what they report', async (t) => {
  const { pool, early } = stage(
    t,
    `on('begin', ({ startedAtMs }) => { tell({ kind: 'endsEarly', why: 'tokens' }); end(startedAtMs + workerData.worker); }); tell({ kind: 'ready' });`,
  );
  await pool.ready();
  assert.deepEqual(await pool.run(5), { late: 11, lagMsMax: 6, capped: 2, unsent: 0 });
  assert.deepEqual(early, ['tokens', 'tokens']);
});

test('WorkerPool: tells how many calls are under way in all', async (t) => {
  const { pool } = stage(
    t,
    `on('begin', () => { tell({ kind: 'results', results: [], underWay: 3 + workerData.worker }); end(0); }); tell({ kind: 'ready' });`,
  );
  await pool.ready();
  await pool.run(0);
  assert.equal(pool.underWay, 7);
});

const FAILING: readonly (readonly [string, string, RegExp])[] = [
  ['says that it cannot', `tell({ kind: 'failed', message: 'no key: K is not set' });`, /^no key: K is not set$/],
  ['throws', `throw new Error('torn');`, /^torn$/],
  ['ends before its time', `process.exit(3);`, /^a worker ended with 3 before its calls had$/],
];

for (const [name, lines, want] of FAILING) {
  test(`WorkerPool: a worker that ${name} before the run`, async (t) => {
    const { pool } = stage(t, `if (workerData.worker === 1) { ${lines} } else tell({ kind: 'ready' });`);
    await assert.rejects(pool.ready(), (error) => error instanceof RunError && want.test(error.message));
  });

  test(`WorkerPool: a worker that ${name} within the run`, async (t) => {
    const { pool } = stage(
      t,
      `on('begin', () => { if (workerData.worker === 1) { ${lines} } }); tell({ kind: 'ready' });`,
    );
    await pool.ready();
    await assert.rejects(pool.run(0), (error) => error instanceof RunError && want.test(error.message));
  });
}

test('WorkerPool: stopped before it is ready, it does not begin, and nobody waits for it', async (t) => {
  const { pool } = stage(
    t,
    `on('begin', () => tell({ kind: 'failed', message: 'it began' })); setInterval(() => {}, 1_000);`,
  );
  const ready = pool.ready();
  pool.stop();
  await ready;
  assert.deepEqual(await pool.run(0), { late: 0, lagMsMax: 0, capped: 0, unsent: 0 });
});

test('WorkerPool: stop and cancel reach every worker', async (t) => {
  for (const kind of ['stop', 'cancel'] as const) {
    const { pool } = stage(t, `on('${kind}', () => end(1)); tell({ kind: 'ready' });`);
    await pool.ready();
    const run = pool.run(0);
    pool[kind]();
    assert.equal((await run).late, 2);
  }
});

test('WorkerPool: a worker that hears nothing is not waited for when it is cancelled, nor does it outlive the run', async (t) => {
  const { pool } = stage(t, `on('begin', () => { for (;;); }); tell({ kind: 'ready' });`, 1);
  await pool.ready();
  const run = pool.run(0);
  pool.cancel();
  assert.equal((await run).late, 0);
  await pool.close();
});
