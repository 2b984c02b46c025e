import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import fc from 'fast-check';
import { limitsOf, StandardQuota, standardLimits } from './standard.ts';
import { MINUTE_MS, type StandardLimits, TOO_LARGE_WAIT_MS } from './window.ts';

const START_MS = 1_772_323_198_987.25;
function documented(limits: StandardLimits): StandardQuota {
  return new StandardQuota({ limits, mode: 'documented', shared: null });
}

const LIMITS = { tokensPerMinute: 30_000, requestsPerMinute: 180, requestWindowMs: 10_000 };

test('standardLimits: 30,000 TPM of gpt-4o are 180 RPM, counted in slices of 10 s', () => {
  assert.deepEqual(standardLimits(modelFacts('gpt-4o'), 30), LIMITS);
});

test('standardLimits: a rate given in the options replaces the derived one', () => {
  assert.equal(standardLimits(modelFacts('gpt-4o'), 30, 7).requestsPerMinute, 7);
});

test('StandardQuota: what is left is told after the present request, as in the capture of 2026-07', () => {
  const window = documented(LIMITS);
  assert.deepEqual(window.admit(14, START_MS), {
    kind: 'admitted',
    left: { tokens: 29_986, requests: 179, requestsOfSlice: 29 },
  });
});

test('StandardQuota: refuses the request that would pass the limit, until the minute of the first request is over', () => {
  const window = documented(LIMITS);
  assert.equal(window.admit(20_000, START_MS).kind, 'admitted');
  assert.equal(window.admit(10_000, START_MS + 1000).kind, 'admitted');
  assert.deepEqual(window.admit(1, START_MS + 2500.5), {
    kind: 'refused',
    exceeded: 'tokens',
    waitMs: 57_499.5,
    left: { tokens: 0, requests: 177, requestsOfSlice: 27 },
  });
  assert.equal(window.admit(1, START_MS + MINUTE_MS - 0.25).kind, 'refused');
  assert.equal(window.admit(30_000, START_MS + MINUTE_MS).kind, 'admitted');
});

test('StandardQuota: a refused request counts, so that smaller ones that would have fitted are refused too', () => {
  const window = documented(LIMITS);
  assert.equal(window.admit(20_000, START_MS).kind, 'admitted');
  assert.equal(window.admit(20_000, START_MS).kind, 'refused');
  assert.equal(window.admit(5000, START_MS).kind, 'refused');
});

test('StandardQuota: minutes run on from the first request, also through idle ones', () => {
  const window = documented(LIMITS);
  window.admit(30_000, START_MS);
  assert.equal(window.admit(30_000, START_MS + 3.5 * MINUTE_MS).kind, 'admitted');
  assert.equal(window.state(START_MS + 3.5 * MINUTE_MS).endsAtMs, START_MS + 4 * MINUTE_MS);
});

test('StandardQuota: a slice of 10 s takes a sixth of the rate, and refuses until the next slice', () => {
  const window = documented(LIMITS);
  for (let i = 0; i < 30; i++) assert.equal(window.admit(1, START_MS + i).kind, 'admitted');
  assert.deepEqual(window.admit(1, START_MS + 4000), {
    kind: 'refused',
    exceeded: 'requests',
    waitMs: 6000,
    left: { tokens: 29_969, requests: 0, requestsOfSlice: 0 },
  });
  assert.equal(window.admit(1, START_MS + 10_000).kind, 'admitted');
});

test('StandardQuota: with slices of a minute the whole rate may come at once', () => {
  const window = documented({ tokensPerMinute: 30_000, requestsPerMinute: 30, requestWindowMs: 60_000 });
  for (let i = 0; i < 30; i++) assert.equal(window.admit(1, START_MS).kind, 'admitted');
  assert.equal(window.admit(1, START_MS).kind, 'refused');
});

test('StandardQuota: a request larger than a whole minute is told the wait of a day', () => {
  const window = documented(LIMITS);
  const admission = window.admit(30_001, START_MS);
  assert.equal(admission.kind === 'refused' ? admission.waitMs : null, TOO_LARGE_WAIT_MS);
});

test('StandardQuota: refuses while throttled, and is as new after a reset', () => {
  const window = documented(LIMITS);
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
    loweredUntilMs: null,
  });
  assert.equal(window.admit(30_000, START_MS + 2000).kind, 'admitted');
});

test('StandardQuota: the counters shown are those of the present minute', () => {
  const window = documented(LIMITS);
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

test(`StandardQuota: never admits more than a limit within a minute or a slice (seed ${SEED})`, () => {
  fc.assert(
    fc.property(limits, traffic, (given, requests) => {
      const window = documented(given);
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

test(`StandardQuota: after the wait it told, a lone request that fits is served (seed ${SEED})`, () => {
  fc.assert(
    fc.property(limits, traffic, (given, requests) => {
      const window = documented(given);
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

test('StandardQuota: while it is lowered, fewer tokens and requests are allowed and told, then again as configured', () => {
  const quota = documented(LIMITS);
  quota.lower(3000, START_MS + 60_000);
  assert.deepEqual(quota.limitsAt(START_MS), { tokensPerMinute: 3000, requestsPerMinute: 18, requestWindowMs: 10_000 });
  assert.deepEqual(quota.admit(2000, START_MS).left, { tokens: 1000, requests: 17, requestsOfSlice: 2 });
  assert.equal(quota.admit(2000, START_MS).kind, 'refused');
  assert.equal(quota.state(START_MS).loweredUntilMs, START_MS + 60_000);
  assert.deepEqual(quota.limitsAt(START_MS + 60_000), LIMITS);
  assert.equal(quota.admit(20_000, START_MS + 60_000).kind, 'admitted');
});

test('StandardQuota: what is too large for the lowered limit alone is told to wait until that is over', () => {
  for (const mode of ['documented', 'measured-2024'] as const) {
    const quota = new StandardQuota({ limits: LIMITS, mode, shared: null });
    quota.lower(3000, START_MS + 90_000);
    const refused = quota.admit(5000, START_MS);
    assert.equal(refused.kind === 'refused' && refused.waitMs, 90_000, mode);
    const tooLarge = quota.admit(30_001, START_MS);
    assert.equal(tooLarge.kind === 'refused' && tooLarge.waitMs, TOO_LARGE_WAIT_MS, mode);
  }
});

const UNLIMITED = Number.POSITIVE_INFINITY;
const LOWERED: ReadonlyArray<readonly [name: string, configured: StandardLimits, to: number, want: StandardLimits]> = [
  ['never raises one', LIMITS, 60_000, LIMITS],
  ['leaves one request', LIMITS, 0, { ...LIMITS, tokensPerMinute: 0, requestsPerMinute: 1 }],
  [
    'leaves requests as they are where tokens were not limited',
    { ...LIMITS, tokensPerMinute: UNLIMITED },
    3000,
    { ...LIMITS, tokensPerMinute: 3000 },
  ],
  [
    'does not limit requests where they were not',
    { ...LIMITS, requestsPerMinute: UNLIMITED },
    0,
    { ...LIMITS, tokensPerMinute: 0, requestsPerMinute: UNLIMITED },
  ],
];

for (const [name, configured, to, want] of LOWERED) {
  test(`StandardQuota: lowering a limit ${name}`, () => {
    const quota = documented(configured);
    quota.lower(to, START_MS + 1000);
    assert.deepEqual(quota.limitsAt(START_MS), want);
  });
}

test('StandardQuota: counters can be set', () => {
  for (const mode of ['documented', 'measured-2024'] as const) {
    const quota = new StandardQuota({ limits: LIMITS, mode, shared: null });
    quota.set({ tokens: 29_900, requests: 7 }, START_MS);
    assert.deepEqual(quota.admit(50, START_MS + 1).left, { tokens: 50, requests: 172, requestsOfSlice: 22 }, mode);
  }
});

test('StandardQuota: deployments that share a quota use it up together, and each has its own besides', () => {
  for (const mode of ['documented', 'measured-2024'] as const) {
    const shared = new StandardQuota({ limits: LIMITS, mode, shared: null });
    const one = new StandardQuota({ limits: LIMITS, mode, shared });
    const other = new StandardQuota({ limits: { ...LIMITS, tokensPerMinute: 20_000 }, mode, shared });
    assert.equal(one.admit(15_000, START_MS).kind, 'admitted');
    assert.deepEqual(other.admit(10_000, START_MS).left.tokens, 5000, mode);
    assert.equal(other.admit(6000, START_MS).kind, 'refused');
    assert.equal(one.admit(1, START_MS).kind, mode === 'documented' ? 'refused' : 'admitted');
  }
});

test('StandardQuota: without limits everything is served', () => {
  const facts = modelFacts('gpt-4o');
  for (const mode of ['documented', 'measured-2024'] as const) {
    const quota = new StandardQuota({ limits: limitsOf(mode, facts, 0), mode, shared: null });
    for (let i = 0; i < 1000; i++) assert.equal(quota.admit(100_000, START_MS).kind, 'admitted');
  }
});

test('StandardQuota: what is limited by requests alone takes any tokens', () => {
  for (const mode of ['documented', 'measured-2024'] as const) {
    const limits = limitsOf(mode, { ...modelFacts('gpt-4o'), requestWindowSeconds: 60 }, 0, 3);
    const quota = new StandardQuota({ limits, mode, shared: null });
    for (let i = 0; i < 3; i++) assert.equal(quota.admit(1_000_000, START_MS).kind, 'admitted');
    const refused = quota.admit(1, START_MS);
    assert.deepEqual(refused.kind === 'refused' && [refused.exceeded, refused.waitMs], ['requests', MINUTE_MS], mode);
  }
});

const COUNTING = { window: 'fixed', countsRefused: false, originMs: START_MS - 50_000 } as const;

test('StandardQuota: a minute that began before the first request ends when it is over', () => {
  const quota = new StandardQuota({ limits: LIMITS, mode: 'documented', counting: COUNTING, shared: null });
  assert.equal(quota.admit(LIMITS.tokensPerMinute, START_MS).kind, 'admitted');
  assert.deepEqual(quota.obstacle(1, START_MS), { exceeded: 'tokens', waitMs: 10_000 });
  assert.equal(quota.obstacle(1, START_MS + 10_000), null);
});

test('StandardQuota: refused requests count nothing where they do not', () => {
  const quota = new StandardQuota({ limits: LIMITS, mode: 'documented', counting: COUNTING, shared: null });
  quota.admit(LIMITS.tokensPerMinute - 10, START_MS);
  for (let i = 0; i < 3; i++) assert.equal(quota.admit(11, START_MS).kind, 'refused');
  assert.equal(quota.left(START_MS).tokens, 10);
});

test('StandardQuota: obstacle and left look at the shared quota too, and count nothing', () => {
  const shared = new StandardQuota({ limits: { ...LIMITS, tokensPerMinute: 100 }, mode: 'documented', shared: null });
  const quota = new StandardQuota({ limits: LIMITS, mode: 'documented', shared });
  shared.admit(60, START_MS);
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(quota.obstacle(41, START_MS), { exceeded: 'tokens', waitMs: 60_000 });
    assert.equal(quota.obstacle(40, START_MS), null);
  }
  assert.equal(quota.left(START_MS).tokens, 40);
});

test('StandardQuota: a correction is made here and in the shared quota, while the minute lasts', () => {
  const shared = new StandardQuota({ limits: LIMITS, mode: 'documented', shared: null });
  const quota = new StandardQuota({ limits: LIMITS, mode: 'documented', shared });
  quota.admit(1000, START_MS);
  quota.correct(-900, START_MS, START_MS + 5000);
  assert.deepEqual([quota.state(START_MS + 5000).tokens, shared.state(START_MS + 5000).tokens], [100, 100]);
  quota.admit(500, START_MS + 60_000);
  quota.correct(-50, START_MS, START_MS + 60_000);
  assert.deepEqual([quota.state(START_MS + 60_000).tokens, shared.state(START_MS + 60_000).tokens], [500, 500]);
});
