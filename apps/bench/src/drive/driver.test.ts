import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { NO_USAGE } from '@spillway/protocol';
import type { Intended } from '../load/plan.ts';
import { Tally } from '../measure/tally.ts';
import { specOf } from '../testing/spec.ts';
import type { CallResult, SenderReport } from './call.ts';
import { Driver, type DriverOptions, type EarlyEnd, WAITING_MAX } from './driver.ts';
import { HandSender, runClockOf, SENT } from './testing.ts';

interface Given {
  readonly spec?: Partial<DriverOptions['spec']>;
  /** Intended moments, in open loop. */
  readonly atMs?: Iterable<number>;
  readonly more?: Partial<DriverOptions>;
}

function* planOf(atMs: Iterable<number>): Generator<Intended, void> {
  let index = 0;
  for (const at of atMs) yield { index: index++, atMs: at, phase: 'measure', target: 0 };
}

function stage({ spec = {}, atMs, more = {} }: Given) {
  const fake = new FakeClock();
  let stalledMs = 0;
  const own = runClockOf(fake);
  const clock = { ...own, nowMs: () => own.nowMs() + stalledMs };
  const sender = new HandSender(clock);
  const results: CallResult[] = [];
  const asked: Intended[] = [];
  const early: EarlyEnd[] = [];
  const driver = new Driver({
    spec: { ...specOf(''), clients: 3, drainMs: 1_000, ...spec },
    plan: atMs === undefined ? null : planOf(atMs)[Symbol.iterator](),
    parts: { clock, sender, unit: () => 0.5, count: null },
    requestOf: (call) => {
      asked.push(call);
      return { request: SENT, promptTokens: 10 };
    },
    onResult: (result) => results.push(result),
    onEarlyEnd: (why) => early.push(why),
    budget: null,
    closedCallsMax: null,
    worker: 0,
    workers: 1,
    ...more,
  });
  const ended: { report: Omit<SenderReport, 'cpuMs'> | null } = { report: null };
  driver.run().then((report) => {
    ended.report = report;
  });
  /** Each is answered in so long, for a while. */
  const serve = (forMs: number, takesMs: number, stepMs = 10): void => {
    for (let at = 0; at < forMs; at += stepMs) {
      fake.advance(stepMs);
      for (const one of [...sender.open]) if (clock.nowMs() - one.sentMs >= takesMs) one.answer();
    }
  };
  /** The process stands still: time goes on, timers do not. */
  const stall = (ms: number): void => {
    stalledMs += ms;
  };
  return { stall, fake, sender, results, asked, early, driver, ended, serve };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('Driver: in open loop each call leaves at its moment, whatever the server does', async () => {
  const { fake, sender, ended, results } = stage({ atMs: [0, 100, 250] });
  fake.advance(300);
  assert.deepEqual(sender.sentMs, [0, 100, 250]);
  for (const one of [...sender.open]) one.answer();
  await settled();
  assert.deepEqual(ended.report, { late: 0, lagMsMax: 0, capped: 0, unsent: 0 });
  assert.deepEqual(
    results.map(({ intendedMs }) => intendedMs),
    [0, 100, 250],
  );
  assert.equal(fake.pending, 0);
});

test('Driver: a sender that stalls says how many left late, and by how much', async () => {
  const { fake, stall, sender, ended } = stage({ atMs: [0, 100, 200, 300], spec: { clients: 4 } });
  fake.advance(99);
  stall(160);
  fake.advance(1);
  fake.advance(400);
  assert.deepEqual(sender.sentMs, [0, 260, 260, 300]);
  for (const one of [...sender.open]) one.answer();
  await settled();
  assert.deepEqual(ended.report, { late: 2, lagMsMax: 160, capped: 0, unsent: 0 });
});

test('Driver: no client is free: a call waits in line, and its latency counts from its moment', async () => {
  const { serve, results, ended, sender } = stage({ atMs: [0, 10, 20, 30, 40], spec: { clients: 2 } });
  serve(1_000, 100);
  await settled();
  assert.deepEqual(sender.sentMs, [0, 10, 100, 110, 200]);
  assert.deepEqual(
    results.map(({ intendedMs, endMs }) => endMs - intendedMs),
    [100, 100, 180, 180, 260],
  );
  // Waiting in line is the cap's doing, not the sender's.
  assert.deepEqual(ended.report, { late: 0, lagMsMax: 0, capped: 3, unsent: 0 });
});

test('Driver: what waits in line is sent in its order, however many have left the line before', () => {
  const count = 2_500;
  const { serve, asked } = stage({
    atMs: Array.from({ length: count }, () => 0),
    spec: { clients: 1, drainMs: 10_000 },
  });
  serve(count + 10, 1, 1);
  assert.deepEqual(
    asked.map(({ index }) => index),
    Array.from({ length: count }, (_, i) => i),
  );
});

test('Driver: a line that is too long ends the run, and says how many were never sent', async () => {
  const many = Array.from({ length: WAITING_MAX + 10 }, () => 0);
  const { fake, early, ended, driver } = stage({ atMs: many, spec: { clients: 2 } });
  for (let i = 0; i < many.length / 200 + 2; i++) fake.advance(1);
  assert.deepEqual([early, driver.underWay], [['behind'], 2]);
  fake.advance(1_000);
  await settled();
  assert.deepEqual(ended.report, {
    late: 0,
    lagMsMax: ended.report?.lagMsMax,
    capped: WAITING_MAX + 1,
    unsent: WAITING_MAX + 1,
  });
});

test('Driver: in closed loop whoever has an answer asks again, to the count', async () => {
  const { serve, sender, ended, asked } = stage({ more: { closedCallsMax: 7, worker: 1, workers: 4 } });
  serve(2_000, 100);
  await settled();
  assert.deepEqual(sender.sentMs, [0, 0, 0, 100, 100, 100, 200]);
  assert.deepEqual(
    asked.map(({ index }) => index),
    [1, 5, 9, 13, 17, 21, 25],
  );
  assert.notEqual(ended.report, null);
});

test('Driver: a share of no calls ends at once', async () => {
  const { ended, sender } = stage({ more: { closedCallsMax: 0 } });
  await settled();
  assert.deepEqual([ended.report?.capped, sender.sentMs.length], [0, 0]);
});

test('Driver: in closed loop warm-up calls do not count, and the measured part lasts as long as was asked', async () => {
  const end = { requests: null, durationMs: 500, mode: 'or' } as const;
  const { serve, results, ended } = stage({ spec: { clients: 1, warmUpMs: 300, end } });
  serve(2_000, 100);
  await settled();
  const phases = results.map(({ phase }) => phase);
  assert.deepEqual([phases.filter((of) => of === 'warmUp').length, phases.length], [3, 8]);
  assert.notEqual(ended.report, null);
});

test('Driver: of both bounds it goes on to the later one', () => {
  const end = { requests: 2, durationMs: 450, mode: 'and' } as const;
  const { serve, results } = stage({ spec: { clients: 1, end }, more: { closedCallsMax: 2 } });
  serve(2_000, 100);
  assert.equal(results.length, 5);
});

for (const [name, given] of [
  ['open', { atMs: [0, 100] }],
  ['closed', { spec: { end: { requests: null, durationMs: 200, mode: 'or' } } }],
] as const) {
  test(`Driver: in ${name} loop calls that hang are cut off when the drain is over`, async () => {
    const { fake, results, ended, driver } = stage(given);
    fake.advance(1_050);
    await settled();
    assert.equal(ended.report, null);
    assert.notEqual(driver.underWay, 0);
    fake.advance(151);
    await settled();
    assert.notEqual(ended.report, null);
    assert.ok(results.every(({ class: of }) => of === 'cancelled'));
    assert.equal(fake.pending, 0);
  });
}

test('Driver: stopped, it sends no more, lets calls end, and drops the line', async () => {
  const { fake, driver, sender, ended, results } = stage({ atMs: [0, 0, 0, 0, 0, 500] });
  fake.advance(10);
  driver.stop();
  driver.stop();
  for (const one of [...sender.open]) one.answer();
  fake.advance(1_000);
  await settled();
  assert.deepEqual([sender.sentMs.length, results.length], [3, 3]);
  assert.deepEqual([ended.report?.capped, ended.report?.unsent], [2, 2]);
});

test('Driver: cancelled, it ends at once what is under way', async () => {
  const { driver, results, ended, fake } = stage({ atMs: [0, 0, 600] });
  fake.advance(10);
  driver.cancel();
  await settled();
  assert.deepEqual(
    results.map(({ class: of }) => of),
    ['cancelled', 'cancelled'],
  );
  assert.notEqual(ended.report, null);
  assert.equal(fake.pending, 0);
});

test('Driver: sends no call that could go beyond the budget, those under way at their most', async () => {
  const budget = { tokensMax: 100, answerTokensMax: 20, copies: 1 };
  // 30 tokens each at most, 15 in truth: when the first has ended, 15 are used and 60 under way, and 30 more would be 105.
  const { serve, results, early, ended } = stage({
    more: { budget },
    spec: { end: { requests: null, durationMs: 60_000, mode: 'or' } },
  });
  serve(3_000, 100);
  await settled();
  const used = results.reduce((sum, { promptTokens, completionTokens }) => sum + promptTokens + completionTokens, 0);
  assert.deepEqual([results.length, used, early], [3, 45, ['tokens']]);
  assert.notEqual(ended.report, null);
});

test('Driver: learns by how much the server counts more in a prompt than we do, so that the budget holds', () => {
  const budget = { tokensMax: 100, answerTokensMax: 0, copies: 1 };
  const { sender, fake, results, early } = stage({ more: { budget }, spec: { clients: 1 } });
  // Thought to have 10 tokens, each has 18: of 100 five fit, which nine would by our count.
  for (let i = 0; i < 10; i++) {
    sender.open[0]?.answer({ usage: { ...NO_USAGE, promptTokens: 18, completionTokens: 0 } });
    fake.advance(1);
  }
  assert.deepEqual([results.length, early], [5, ['tokens']]);
});

test('Driver: what was refused costs nothing of the budget', () => {
  const budget = { tokensMax: 40, answerTokensMax: 20, copies: 1 };
  const { sender, fake, results } = stage({ more: { budget }, spec: { clients: 1 } });
  for (let i = 0; i < 10; i++) {
    sender.open[0]?.answer({ status: 429 });
    fake.advance(1);
  }
  assert.equal(results.length, 10);
});

test('Driver: a request that may be sent twice is twice in the budget', () => {
  const sent = (copies: number) =>
    stage({ more: { budget: { tokensMax: 100, answerTokensMax: 20, copies } } }).sender.sentMs.length;
  assert.deepEqual([sent(1), sent(2)], [3, 1]);
});

const LATENCIES: ReadonlyArray<readonly [name: string, takesMs: number, want: number]> = [
  // What the load scripts of the simulator's ancestor allow 10 ms, and 0.9 to 1.1 s (simulator reference §1.16).
  ['a server that takes no time', 0, 0],
  ['a server that takes a second', 1_000, 1],
];
for (const [name, takesMs, want] of LATENCIES) {
  test(`Driver: adds nothing of its own to the latency: ${name}`, async () => {
    const atMs = Array.from({ length: 60 }, (_, i) => 500 + i * 1_000);
    const { serve, results } = stage({ atMs, spec: { clients: 10, drainMs: 5_000 } });
    serve(62_000, takesMs);
    await settled();
    const tally = new Tally({ targets: ['a'], windowMs: 60_000, startedAtMs: 0 });
    for (const result of results) tally.add(result);
    const { e2e, e2eIntended } = tally.summaries(60_000)[0] ?? assert.fail('no target');
    assert.deepEqual([e2e.count, e2e.min, e2e.avg, e2e.max, e2eIntended.max], [60, want, want, want, want]);
  });
}
