import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProvisionedQuota } from './provisioned.ts';

const START_MS = 1_772_323_198_987.25;

/** 6,000 tokens drain in a minute, 100 in a second. */
function quota(bucketSeconds = 60): ProvisionedQuota {
  return new ProvisionedQuota({ tokensPerMinute: 6000, bucketSeconds });
}

test('ProvisionedQuota: lets in up to the brim and over it once, then refuses until the level is at the brim again', () => {
  const one = quota();
  assert.deepEqual(one.admit(6000, START_MS), { kind: 'admitted', utilisation: 1 });
  assert.deepEqual(one.admit(600, START_MS), { kind: 'admitted', utilisation: 1.1 });
  assert.deepEqual(one.admit(1, START_MS), { kind: 'refused', waitMs: 6000, utilisation: 1.1 });
  assert.equal(one.admit(1, START_MS + 5999).kind, 'refused');
  assert.equal(one.admit(1, START_MS + 6000).kind, 'admitted');
});

test('ProvisionedQuota: a refused request adds nothing', () => {
  const one = quota();
  one.admit(7000, START_MS);
  const before = one.state(START_MS).level;
  for (let i = 0; i < 100; i++) one.admit(7000, START_MS);
  assert.equal(one.state(START_MS).level, before);
});

test('ProvisionedQuota: drains all the time, and never below nothing', () => {
  const one = quota();
  one.admit(1000, START_MS);
  assert.equal(one.state(START_MS + 4000).level, 600);
  assert.equal(one.state(START_MS + 60_000).level, 0);
});

test('ProvisionedQuota: the estimate is corrected down, and up', () => {
  const one = quota();
  one.admit(1000, START_MS);
  one.settle(1000, 300, START_MS);
  assert.equal(one.state(START_MS).level, 300);
  one.admit(100, START_MS);
  one.settle(100, 900, START_MS);
  assert.equal(one.state(START_MS).level, 1200);
});

test('ProvisionedQuota: a correction after the estimate has drained leaves nothing below zero', () => {
  const one = quota();
  one.admit(1000, START_MS);
  one.settle(1000, 10, START_MS + 60_000);
  assert.equal(one.state(START_MS + 60_000).level, 0);
});

test('ProvisionedQuota: a shallow bucket refuses sooner, and drains as fast', () => {
  const one = quota(6);
  one.admit(700, START_MS);
  assert.deepEqual(one.admit(1, START_MS), { kind: 'refused', waitMs: 1000, utilisation: 700 / 600 });
});

test('ProvisionedQuota: waits of some tens of milliseconds come of a small overshoot, as were measured', () => {
  const one = quota();
  one.admit(6004.3, START_MS);
  const admission = one.admit(1, START_MS);
  assert.ok(admission.kind === 'refused' && admission.waitMs > 42 && admission.waitMs < 44);
});

test('ProvisionedQuota: utilisation can be set, and the deployment held shut, for a test', () => {
  const one = quota();
  one.set(1.5, START_MS);
  assert.equal(one.admit(1, START_MS).kind, 'refused');
  one.reset();
  one.throttleUntil(START_MS + 500);
  assert.deepEqual(one.admit(1, START_MS), { kind: 'refused', waitMs: 500, utilisation: 1 });
  assert.equal(one.state(START_MS).throttledUntilMs, START_MS + 500);
  assert.equal(one.admit(1, START_MS + 500).kind, 'admitted');
});

test('ProvisionedQuota: the metric of a minute is what was used by what the units are good for', () => {
  const one = quota();
  const minuteMs = Math.floor(START_MS / 60_000) * 60_000;
  one.admit(9000, minuteMs);
  one.settle(9000, 3000, minuteMs + 59_000);
  one.admit(100, minuteMs + 61_000);
  one.settle(100, 600, minuteMs + 61_000);
  assert.deepEqual(
    one.minutes().map(({ utilisation }) => utilisation),
    [0.5, 0.1],
  );
  one.reset();
  assert.deepEqual(one.minutes(), []);
});

test('ProvisionedQuota: an answer that ends after an operator emptied the bucket takes nothing out of it', () => {
  for (const intervene of ['reset', 'set'] as const) {
    const one = quota();
    one.admit(1000, START_MS);
    const { era } = one;
    if (intervene === 'reset') one.reset();
    else one.set(0, START_MS);
    one.admit(500, START_MS);
    one.settle(1000, 300, START_MS, era);
    assert.equal(one.state(START_MS).level, 500, intervene);
    assert.equal(one.minutes().at(-1)?.tokens, 300, 'used all the same');
  }
});

test('ProvisionedQuota: an estimate below nothing, and a level below nothing, are nothing', () => {
  const one = quota();
  one.admit(-500, START_MS);
  assert.equal(one.state(START_MS).level, 0);
  one.set(-1, START_MS);
  assert.equal(one.state(START_MS).level, 0);
});

for (const [tokensPerMinute, bucketSeconds] of [
  [0, 60],
  [6000, 0],
  [-1, 60],
  [Number.NaN, 60],
] as const) {
  test(`ProvisionedQuota: ${tokensPerMinute} tokens per minute in a bucket of ${bucketSeconds} s are no quota`, () => {
    assert.throws(() => new ProvisionedQuota({ tokensPerMinute, bucketSeconds }), /both must be above 0/);
  });
}

const SEED = 20_261_123;

test(`ProvisionedQuota: whatever comes, the level is never below 0, and a refusal's wait is honest (seed ${SEED})`, () => {
  const traffic = fc.array(
    fc.record({
      estimate: fc.integer({ min: 0, max: 5000 }),
      used: fc.integer({ min: 0, max: 5000 }),
      gapMs: fc.double({ min: 0, max: 5000, noNaN: true }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(traffic, (requests) => {
      const one = quota();
      let nowMs = START_MS;
      for (const { estimate, used, gapMs } of requests) {
        nowMs += gapMs;
        const admission = one.admit(estimate, nowMs);
        if (admission.kind === 'admitted') one.settle(estimate, used, nowMs);
        else {
          assert.ok(admission.utilisation > 1);
          nowMs += Math.ceil(admission.waitMs);
          assert.equal(one.admit(0, nowMs).kind, 'admitted');
        }
        assert.ok(one.state(nowMs).level >= 0);
      }
    }),
    { seed: SEED },
  );
});

interface Call {
  readonly estimate: number;
  readonly used: number;
  readonly gapMs: number;
  readonly takesMs: number;
}

const calls = fc.array(
  fc.record({
    estimate: fc.integer({ min: 1, max: 3000 }),
    used: fc.integer({ min: 0, max: 3000 }),
    gapMs: fc.integer({ min: 0, max: 3000 }),
    takesMs: fc.integer({ min: 0, max: 20_000 }),
  }),
  { maxLength: 150 },
);

/** Calls in their order with answers that take time. @returns what was used in all, and when the last answer ended. */
function playAll(one: ProvisionedQuota, traffic: readonly Call[]): { readonly used: number; readonly endMs: number } {
  const pending: Array<Call & { readonly endMs: number }> = [];
  let nowMs = START_MS;
  let used = 0;
  const settleUntil = (untilMs: number): void => {
    pending.sort((a, b) => a.endMs - b.endMs);
    for (let next = pending[0]; next !== undefined && next.endMs <= untilMs; next = pending[0]) {
      pending.shift();
      one.settle(next.estimate, next.used, next.endMs);
      used += next.used;
    }
  };
  for (const call of traffic) {
    nowMs += call.gapMs;
    settleUntil(nowMs);
    if (one.admit(call.estimate, nowMs).kind === 'admitted') pending.push({ ...call, endMs: nowMs + call.takesMs });
  }
  const endMs = Math.max(nowMs, ...pending.map((each) => each.endMs));
  settleUntil(endMs);
  return { used, endMs };
}

test(`ProvisionedQuota: the metric's minutes add up to what was used (seed ${SEED})`, () => {
  fc.assert(
    fc.property(calls, (traffic) => {
      const one = quota();
      const { used } = playAll(one, traffic);
      const sum = one.minutes().reduce((tokens, minute) => tokens + minute.tokens, 0);
      assert.equal(sum, used);
    }),
    { seed: SEED },
  );
});

test(`ProvisionedQuota: lets no more in than a bucket, what drained meanwhile, and one request over (seed ${SEED})`, () => {
  fc.assert(
    fc.property(calls, (traffic) => {
      const exact = traffic.map((call) => ({ ...call, used: call.estimate }));
      const one = quota();
      const { used, endMs } = playAll(one, exact);
      const largest = Math.max(0, ...exact.map((call) => call.estimate));
      assert.ok(used <= 6000 + (endMs - START_MS) / 10 + largest + 1e-6);
    }),
    { seed: SEED },
  );
});

test('ProvisionedQuota: one that goes on from another settles what that one let in, and nothing else', () => {
  const [before, after, stranger] = [quota(), quota(), quota()];
  before.admit(1000, START_MS);
  stranger.admit(1000, START_MS);
  after.goOnFrom(before, START_MS);
  after.settle(1000, 300, START_MS, stranger.era);
  assert.equal(after.state(START_MS).level, 1000);
  after.settle(1000, 300, START_MS, before.era);
  assert.equal(after.state(START_MS).level, 300);
});

test('ProvisionedQuota: waitMs says when the next request is let in, and counts nothing', () => {
  const quota = new ProvisionedQuota({ tokensPerMinute: 60_000, bucketSeconds: 60 });
  quota.admit(61_000, 0);
  assert.equal(quota.waitMs(0), 1000);
  assert.equal(quota.waitMs(400), 600);
  assert.ok(quota.waitMs(1000) <= 0);
  quota.throttleUntil(5000);
  assert.equal(quota.waitMs(1000), 4000);
});
