import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import fc from 'fast-check';
import { MINUTE_MS, StandardWindow, standardLimits, TOO_LARGE_WAIT_MS } from './standard.ts';

const START_MS = 1_772_323_198_987.25;
const LIMITS = { tokensPerMinute: 30_000, requestsPerMinute: 180, requestWindowMs: 10_000 };

test('standardLimits: 30,000 TPM of gpt-4o are 180 RPM, counted in slices of 10 s', () => {
  assert.deepEqual(standardLimits(modelFacts('gpt-4o'), 30), LIMITS);
});

test('standardLimits: a rate given in the options replaces the derived one', () => {
  assert.equal(standardLimits(modelFacts('gpt-4o'), 30, 7).requestsPerMinute, 7);
});

test('StandardWindow: what is left is told after the present request, as in the capture of 2026-07', () => {
  const window = new StandardWindow(LIMITS);
  assert.deepEqual(window.admit(14, START_MS), { kind: 'admitted', left: { tokens: 29_986, requests: 179 } });
});

test('StandardWindow: refuses the request that would pass the limit, until the minute of the first request is over', () => {
  const window = new StandardWindow(LIMITS);
  assert.equal(window.admit(20_000, START_MS).kind, 'admitted');
  assert.equal(window.admit(10_000, START_MS + 1000).kind, 'admitted');
  assert.deepEqual(window.admit(1, START_MS + 2500.5), {
    kind: 'refused',
    exceeded: 'tokens',
    waitMs: 57_499.5,
    left: { tokens: 0, requests: 177 },
  });
  assert.equal(window.admit(1, START_MS + MINUTE_MS - 0.25).kind, 'refused');
  assert.equal(window.admit(30_000, START_MS + MINUTE_MS).kind, 'admitted');
});

test('StandardWindow: a refused request counts, so that smaller ones that would have fitted are refused too', () => {
  const window = new StandardWindow(LIMITS);
  assert.equal(window.admit(20_000, START_MS).kind, 'admitted');
  assert.equal(window.admit(20_000, START_MS).kind, 'refused');
  assert.equal(window.admit(5000, START_MS).kind, 'refused');
});

test('StandardWindow: minutes run on from the first request, also through idle ones', () => {
  const window = new StandardWindow(LIMITS);
  window.admit(30_000, START_MS);
  assert.equal(window.admit(30_000, START_MS + 3.5 * MINUTE_MS).kind, 'admitted');
  assert.equal(window.state(START_MS + 3.5 * MINUTE_MS).endsAtMs, START_MS + 4 * MINUTE_MS);
});

test('StandardWindow: a slice of 10 s takes a sixth of the rate, and refuses until the next slice', () => {
  const window = new StandardWindow(LIMITS);
  for (let i = 0; i < 30; i++) assert.equal(window.admit(1, START_MS + i).kind, 'admitted');
  assert.deepEqual(window.admit(1, START_MS + 4000), {
    kind: 'refused',
    exceeded: 'requests',
    waitMs: 6000,
    left: { tokens: 29_969, requests: 0 },
  });
  assert.equal(window.admit(1, START_MS + 10_000).kind, 'admitted');
});

test('StandardWindow: with slices of a minute the whole rate may come at once', () => {
  const window = new StandardWindow({ tokensPerMinute: 30_000, requestsPerMinute: 30, requestWindowMs: 60_000 });
  for (let i = 0; i < 30; i++) assert.equal(window.admit(1, START_MS).kind, 'admitted');
  assert.equal(window.admit(1, START_MS).kind, 'refused');
});

test('StandardWindow: a request larger than a whole minute is told the wait of a day', () => {
  const window = new StandardWindow(LIMITS);
  const admission = window.admit(30_001, START_MS);
  assert.equal(admission.kind === 'refused' ? admission.waitMs : null, TOO_LARGE_WAIT_MS);
});

test('StandardWindow: refuses while throttled, and is as new after a reset', () => {
  const window = new StandardWindow(LIMITS);
  window.throttleUntil(START_MS + 5000);
  const refused = window.admit(1, START_MS + 1000);
  assert.deepEqual(refused.kind === 'refused' ? [refused.exceeded, refused.waitMs] : null, ['tokens', 4000]);
  assert.equal(window.state(START_MS + 1000).throttledUntilMs, START_MS + 5000);
  window.reset();
  assert.deepEqual(window.state(START_MS + 2000), {
    tokens: 0,
    requests: 0,
    requestsInSlice: 0,
    requestsPerSlice: 30,
    endsAtMs: null,
    sliceEndsAtMs: null,
    throttledUntilMs: null,
  });
  assert.equal(window.admit(30_000, START_MS + 2000).kind, 'admitted');
});

test('StandardWindow: the counters shown are those of the present minute', () => {
  const window = new StandardWindow(LIMITS);
  window.admit(100, START_MS);
  const later = window.state(START_MS + MINUTE_MS + 10_500);
  assert.deepEqual([later.tokens, later.requests, later.requestsInSlice], [0, 0, 0]);
  assert.equal(later.sliceEndsAtMs, START_MS + MINUTE_MS + 20_000);
});

const SEED = 20_261_121;

const traffic = fc.array(
  fc.record({ cost: fc.integer({ min: 0, max: 400 }), gapMs: fc.double({ min: 0, max: 9000, noNaN: true }) }),
  { maxLength: 300 },
);
const limits = fc.record({
  tokensPerMinute: fc.integer({ min: 1, max: 2000 }),
  requestsPerMinute: fc.integer({ min: 1, max: 40 }),
  requestWindowMs: fc.constantFrom(1000, 10_000, 60_000),
});

test(`StandardWindow: never admits more than a limit within a minute or a slice (seed ${SEED})`, () => {
  fc.assert(
    fc.property(limits, traffic, (given, requests) => {
      const window = new StandardWindow(given);
      const perSlice = Math.ceil((given.requestsPerMinute * given.requestWindowMs) / MINUTE_MS);
      const tokens = new Map<number, number>();
      const slices = new Map<number, number>();
      let nowMs = START_MS;
      for (const { cost, gapMs } of requests) {
        if (window.admit(cost, nowMs).kind === 'admitted') {
          const minute = Math.floor((nowMs - START_MS) / MINUTE_MS);
          const slice = Math.floor((nowMs - START_MS) / given.requestWindowMs);
          tokens.set(minute, (tokens.get(minute) ?? 0) + cost);
          slices.set(slice, (slices.get(slice) ?? 0) + 1);
        }
        nowMs += gapMs;
      }
      assert.ok([...tokens.values()].every((sum) => sum <= given.tokensPerMinute));
      assert.ok([...slices.values()].every((count) => count <= perSlice));
    }),
    { seed: SEED },
  );
});

test(`StandardWindow: after the wait it told, a lone request that fits is served (seed ${SEED})`, () => {
  fc.assert(
    fc.property(limits, traffic, (given, requests) => {
      const window = new StandardWindow(given);
      let nowMs = START_MS;
      for (const { cost, gapMs } of requests) {
        const admission = window.admit(cost, nowMs);
        if (admission.kind === 'refused' && admission.waitMs < TOO_LARGE_WAIT_MS) {
          assert.ok(admission.waitMs > 0 && admission.waitMs <= MINUTE_MS);
          if (admission.exceeded === 'tokens') {
            nowMs += Math.ceil(admission.waitMs);
            assert.equal(window.admit(cost, nowMs).kind, 'admitted');
          }
        }
        nowMs += gapMs;
      }
    }),
    { seed: SEED },
  );
});
