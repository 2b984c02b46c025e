import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ENTRIES_MAX, SlidingWindow } from './sliding-window.ts';
import { limitsMeasuredIn2024, StandardQuota } from './standard.ts';
import { MINUTE_MS, type StandardLimits, TOO_LARGE_WAIT_MS } from './window.ts';

/** 10 requests in 10 s, 100 tokens in a minute: the limits of the anchor's tests (simulator reference §1.16). */
const SMALL: StandardLimits = { tokensPerMinute: 100, requestsPerMinute: 60, requestWindowMs: 10_000 };

function quota(limits = SMALL): StandardQuota {
  return new StandardQuota({ limits, mode: 'measured-2024', shared: null });
}

/** Seconds to wait, rounded up, and by which limit; null where it is let in. */
function wait(of: StandardQuota, cost: number, atSeconds: number): readonly [string, number] | null {
  const admission = of.admit(cost, atSeconds * 1000);
  return admission.kind === 'admitted' ? null : [admission.exceeded, Math.ceil(admission.waitMs / 1000)];
}

test('test_allow_first_request_within_limits: 9 requests and 95 tokens remain (same)', () => {
  const admission = quota().admit(5, 1000);
  assert.deepEqual([admission.left.requestsOfSlice, admission.left.tokens], [9, 95]);
});

test('test_allow_request_in_new_window_period: counts down, and the call at 11 s frees the one of 1 s (same)', () => {
  const one = quota();
  for (let second = 1; second <= 9; second++) assert.equal(one.admit(5, second * 1000).kind, 'admitted');
  const tenth = one.admit(5, 10_000);
  assert.deepEqual([tenth.kind, tenth.left.requestsOfSlice, tenth.left.tokens], ['admitted', 0, 50]);
  const next = one.admit(5, 11_000);
  assert.deepEqual([next.kind, next.left.requestsOfSlice, next.left.tokens], ['admitted', 0, 45]);
});

test('test_block_when_too_many_requests: rejected by requests, wait 7 s (same)', () => {
  const one = quota();
  assert.equal(one.admit(1, 2000).kind, 'admitted');
  for (let i = 0; i < 8; i++) assert.equal(one.admit(1, 3000).kind, 'admitted');
  assert.equal(one.admit(1, 4000).kind, 'admitted');
  assert.deepEqual(wait(one, 1, 5), ['requests', 7]);
});

for (const [name, costs] of [
  ['test_block_when_too_many_tokens_exact', [20, 20, 20, 40]],
  ['test_block_when_too_many_tokens_overflow', [24, 24, 24, 24]],
] as const) {
  test(`${name}: costs 20, 40 and 100 wait 20, 30 and 50 s (same)`, () => {
    const one = quota();
    for (const [i, cost] of costs.entries()) assert.equal(wait(one, cost, 10 * (i + 1)), null);
    assert.deepEqual(wait(one, 20, 50), ['tokens', 20]);
    assert.deepEqual(wait(one, 40, 50), ['tokens', 30]);
    assert.deepEqual(wait(one, 100, 50), ['tokens', 50]);
  });
}

test('test_block_second_request: all of the tokens at 10 s, again at 20 s: wait 50 s (same)', () => {
  const one = quota();
  assert.equal(wait(one, 100, 10), null);
  assert.deepEqual(wait(one, 100, 20), ['tokens', 50]);
});

test('test_100k_token_limit: 500 calls of 200 tokens in 50 s pass, then none for 10 s, then again (same)', () => {
  const one = quota(limitsMeasuredIn2024(100));
  for (let i = 0; i < 500; i++) assert.equal(one.admit(200, 10_000 + i * 100).kind, 'admitted', `call ${i}`);
  for (let second = 60; second < 70; second++) assert.equal(wait(one, 200, second)?.[0], 'tokens');
  assert.equal(wait(one, 200, 70), null);
});

const CALLS = limitsMeasuredIn2024(0, 60);

test('requests window: 60 RPM leave 59, a call at 61 s frees the one of 1 s, else the wait is 57 s (same)', () => {
  const one = quota(CALLS);
  assert.equal(one.admit(0, 1000).left.requests, 59);
  for (let i = 1; i < 60; i++) assert.equal(one.admit(0, 1000 + i * 50).kind, 'admitted');
  assert.deepEqual(wait(one, 0, 4), ['requests', 57]);
  assert.equal(wait(one, 0, 61), null);
});

test('test_1000_request_limit: 1000 pass, the next waits at least 59 s and passes a minute after the start (same)', () => {
  const one = quota(limitsMeasuredIn2024(0, 1000));
  for (let i = 0; i < 1000; i++) assert.equal(one.admit(0, 10_000 + i).kind, 'admitted');
  assert.ok((wait(one, 0, 11)?.[1] ?? 0) >= 59);
  assert.equal(wait(one, 0, 70), null);
});

test('SlidingWindow: what is refused is not counted (R-07, S-62)', () => {
  const one = quota({ tokensPerMinute: 10_000, requestsPerMinute: 60, requestWindowMs: 10_000 });
  for (let second = 0; second < 5; second++) assert.equal(wait(one, 2000, second), null);
  for (let second = 5; second < 60; second++) assert.equal(wait(one, 2000, second)?.[0], 'tokens');
  for (let second = 60; second < 65; second++) assert.equal(wait(one, 2000, second), null);
});

test('SlidingWindow: a deployment of 10,000 TPM lets 10 requests in within 10 s, and tells 9 left after the first (R-06)', () => {
  const one = quota(limitsMeasuredIn2024(10));
  assert.equal(one.admit(16, 0).left.requestsOfSlice, 9);
  for (let i = 1; i < 10; i++) assert.equal(one.admit(16, i * 100).kind, 'admitted');
  assert.deepEqual(wait(one, 16, 1), ['requests', 9]);
});

test('SlidingWindow: a request exactly as old as the window no longer counts (S-63)', () => {
  const one = quota();
  for (let i = 0; i < 10; i++) assert.equal(one.admit(1, 0).kind, 'admitted');
  assert.equal(one.admit(1, 9999.75).kind, 'refused');
  const admission = one.admit(1, 10_000);
  assert.deepEqual([admission.kind, admission.left.requestsOfSlice], ['admitted', 9]);
});

test('SlidingWindow: a cost above the limit is refused for good, whatever the window holds (S-66, S-67)', () => {
  const one = quota();
  for (const second of [0, 1]) {
    const admission = one.admit(101, second * 1000);
    assert.equal(admission.kind === 'refused' && admission.waitMs, TOO_LARGE_WAIT_MS);
    one.admit(10, second * 1000);
  }
});

test('SlidingWindow: keeps no more than its limit, and refuses what is beyond', () => {
  const unlimited = Number.POSITIVE_INFINITY;
  const limits = { tokensPerMinute: unlimited, requestsPerMinute: unlimited, requestWindowMs: MINUTE_MS };
  const window = new SlidingWindow(limits);
  window.set({ requests: ENTRIES_MAX + 5 }, 1000);
  assert.equal(window.state(1000).requests, ENTRIES_MAX);
  assert.deepEqual(window.obstacle(1, 31_000), { exceeded: 'requests', waitMs: 30_000 });
  assert.equal(window.obstacle(1, 61_000), null);
  assert.equal(window.places, ENTRIES_MAX);
});

/** Looks into its rings that one refusal costs while so many requests are in the minute. */
function looksOfRefusal(entries: number): number {
  const window = new SlidingWindow({
    tokensPerMinute: entries,
    requestsPerMinute: entries * 10,
    requestWindowMs: 10_000,
  });
  for (let i = 0; i < entries; i++) window.count(1, (i * 59_000) / entries, true);
  // What has left the slice by now is passed over once, whoever asks first.
  window.state(59_000);
  const before = window.looks;
  assert.ok(window.obstacle(Math.ceil(entries / 2), 59_000) !== null);
  return window.looks - before;
}

test('SlidingWindow: a decision with 50,000 requests in the minute costs hardly more than one with 100', () => {
  const few = looksOfRefusal(100);
  const many = looksOfRefusal(50_000);
  // Halving adds nine steps.
  assert.ok(many <= few + 10 && many < 50, `${few} looks with 100 requests, ${many} with 50,000`);
});

test('SlidingWindow: each request leaves once, so that admission costs the same however many the minute holds', () => {
  for (const perMinute of [100, 50_000]) {
    const window = new SlidingWindow({ tokensPerMinute: 1e9, requestsPerMinute: 1e9, requestWindowMs: 10_000 });
    const requests = 3 * perMinute;
    for (let i = 0; i < requests; i++) {
      const nowMs = (i * MINUTE_MS) / perMinute;
      assert.equal(window.obstacle(1, nowMs), null);
      window.count(1, nowMs, true);
    }
    assert.ok(
      window.looks < 16 * requests,
      `${window.looks / requests} looks for each of ${perMinute} requests a minute`,
    );
  }
});

test('SlidingWindow: a clock that steps back frees nothing too early', () => {
  const window = new SlidingWindow(SMALL);
  window.count(60, 20_000, true);
  window.count(40, 5000, true);
  for (const cost of [60, 100]) {
    assert.deepEqual(window.obstacle(cost, 70_000), { exceeded: 'tokens', waitMs: 10_000 });
  }
  assert.equal(window.obstacle(100, 80_000), null);
});

const SEED = 20_261_122;

test(`SlidingWindow: agrees with a list of all requests (seed ${SEED})`, () => {
  const traffic = fc.array(
    fc.record({ cost: fc.integer({ min: 0, max: 60 }), gapMs: fc.integer({ min: 0, max: 9000 }) }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(traffic, (requests) => {
      const one = quota();
      const list: Array<{ readonly atMs: number; readonly cost: number }> = [];
      let nowMs = 0;
      for (const { cost, gapMs } of requests) {
        nowMs += gapMs;
        const minute = list.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
        const slice = list.filter(({ atMs }) => atMs > nowMs - 10_000);
        const fits = minute.reduce((sum, each) => sum + each.cost, cost) <= 100 && slice.length < 10;
        const admission = one.admit(cost, nowMs);
        assert.equal(admission.kind === 'admitted', fits);
        if (admission.kind === 'admitted') list.push({ atMs: nowMs, cost });
        else assert.equal(quotaAfter(list, nowMs + admission.waitMs, cost), true);
      }
    }),
    { seed: SEED },
  );
});

/** Whether a request would fit then, if no other came meanwhile. */
function quotaAfter(list: ReadonlyArray<{ atMs: number; cost: number }>, atMs: number, cost: number): boolean {
  const minute = list.filter((each) => each.atMs > atMs - MINUTE_MS);
  return minute.reduce((sum, each) => sum + each.cost, cost) <= 100;
}

test('SlidingWindow: what is corrected counts anew for as long as the request is in the minute, and not beyond', () => {
  const window = new SlidingWindow({ ...SMALL, requestsPerMinute: 600 });
  for (const [atMs, tokens] of [
    [0, 40],
    [1000, 30],
    [2000, 20],
  ] as const) {
    window.count(tokens, atMs, true);
  }
  window.correct(-25, 1000, 3000);
  assert.equal(window.state(3000).tokens, 65);
  // Without the first request 25 are left: 5 of the second, 20 of the third.
  assert.equal(window.state(60_000).tokens, 25);
  assert.equal(window.state(61_000).tokens, 20);
  window.correct(-5, 1000, 61_000);
  assert.equal(window.state(61_000).tokens, 20);
});

test('SlidingWindow: a correction gives back no more than the request had counted, so that waits stay exact', () => {
  const window = new SlidingWindow({ ...SMALL, requestsPerMinute: 600 });
  window.count(40, 0, true);
  window.count(50, 1000, true);
  window.correct(-1000, 1000, 2000);
  assert.equal(window.state(2000).tokens, 40);
  assert.deepEqual(window.obstacle(61, 2000), { exceeded: 'tokens', waitMs: 58_000 });
});

test('SlidingWindow: counts refused requests where it is told to', () => {
  const window = new SlidingWindow(SMALL, { countsRefused: true });
  window.count(60, 0, true);
  window.count(60, 10_000, false);
  assert.deepEqual(window.obstacle(50, 60_000), { exceeded: 'tokens', waitMs: 10_000 });
});
