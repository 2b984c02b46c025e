import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedBreaker } from './breaker.ts';
import { DEFAULT_POLICY } from './fleet.ts';
import { NO_NEED } from './need.ts';
import { nobodyFree, UNKNOWN_WAIT_MS } from './nobody-free.ts';
import { isEcho, type Outcome } from './outcome.ts';
import { NO_READING } from './quota/reading.ts';
import { begin, end, quotaOpensAtMs, readQuota, settleQuota, usableFromMs } from './state.ts';
import { deployment, pool, TestStates } from './testing.ts';

const NOW = 7_000_000;
const ANYWHERE = { pinnedTo: null, ownedBy: null, allowance: null, need: NO_NEED };
const member = deployment({ on: 'a' });
const ANSWERED: Outcome = { kind: 'answered', status: 200 };

function attempt(states: TestStates, outcome: Outcome, nowMs = NOW, on = member) {
  return end(states, on, { outcome, ...begin(states, on, NO_NEED, nowMs) }, nowMs, DEFAULT_POLICY);
}

function after(outcome: Outcome, count = 5): { deployment: string; backend: string; throttled: boolean } {
  const states = new TestStates();
  for (let i = 0; i < count; i++) attempt(states, outcome, NOW + i);
  const state = states.deployment(member);
  assert.equal(state.inFlight, 0);
  return {
    deployment: state.breaker.kind,
    backend: states.backend(member.backend).breaker.kind,
    throttled: state.throttle.untilMs > NOW,
  };
}

const MOVES: ReadonlyArray<readonly [outcome: Outcome, deployment: string, backend: string, throttled: boolean]> = [
  [{ kind: 'answered', status: 200 }, 'closed', 'closed', false],
  [{ kind: 'answered', status: 400 }, 'closed', 'closed', false],
  [{ kind: 'throttled', status: 429, hint: null }, 'closed', 'closed', true],
  [{ kind: 'tooLong', status: 400 }, 'closed', 'closed', false],
  [{ kind: 'serverError', status: 500 }, 'open', 'closed', false],
  [{ kind: 'requestTimeout', status: 408 }, 'open', 'closed', false],
  [{ kind: 'firstByteTimeout' }, 'open', 'closed', false],
  [{ kind: 'broken', code: 'ECONNRESET' }, 'open', 'closed', false],
  [{ kind: 'refused', status: 401 }, 'closed', 'open', false],
  [{ kind: 'connectFailed', code: 'ENOTFOUND' }, 'closed', 'open', false],
  [{ kind: 'noCredential' }, 'closed', 'open', false],
  [{ kind: 'clientGone' }, 'closed', 'closed', false],
  [{ kind: 'outpaced' }, 'closed', 'closed', false],
  [{ kind: 'deploymentMissing', status: 404 }, 'closed', 'closed', false],
  [{ kind: 'totalTimeout' }, 'closed', 'closed', false],
];

for (const [outcome, wantDeployment, wantBackend, throttled] of MOVES) {
  test(`end: five times ${outcome.kind} leaves the deployment ${wantDeployment}, the backend ${wantBackend}, throttled ${throttled}`, () => {
    assert.deepEqual(after(outcome), { deployment: wantDeployment, backend: wantBackend, throttled });
  });
}

test('end: one deployment of a backend that fails does not touch another one there', () => {
  const states = new TestStates();
  for (let i = 0; i < 5; i++) attempt(states, { kind: 'serverError', status: 500 }, NOW + i);
  const sibling = deployment({ on: 'a', name: 'embedding' });
  assert.equal(states.deployment(sibling).breaker.kind, 'closed');
  assert.equal(usableFromMs(states, sibling, NOW), NOW);
});

test('end: a day to wait is about a request that is too large, and leaves the deployment to smaller ones', () => {
  const states = new TestStates();
  const small = deployment({ on: 'a', model: 'gpt-4o', type: 'Standard', capacity: 10 });
  const hint = { waitMs: 86_400_000, source: 'retry-after' } as const;
  const need = { ...NO_NEED, promptTokens: 8_000, answerTokensMax: 4_000 };
  const begun = begin(states, small, need, NOW);
  readQuota(states, small, begun.reservations, { ...NO_READING, status: 429, hint }, NOW);
  settleQuota(states, small, begun.reservations, { kind: 'refused' }, NOW);
  const outcome: Outcome = { kind: 'throttled', status: 429, hint };
  assert.equal(end(states, small, { outcome, ...begun }, NOW, DEFAULT_POLICY).throttled, false);
  assert.equal(usableFromMs(states, small, NOW), NOW);
  assert.equal(quotaOpensAtMs(states.deployment(small), need, NOW, false), Number.POSITIVE_INFINITY);
});

test('end: a day to wait, of a request whose size nobody knows, stands for no hint', () => {
  const states = new TestStates();
  const hint = { waitMs: 86_400_000, source: 'retry-after' } as const;
  attempt(states, { kind: 'throttled', status: 429, hint });
  assert.deepEqual(states.deployment(member).throttle, { untilMs: NOW + 10_000, source: 'default', atMs: NOW });
});

test('end: a request that fails on each deployment opens breakers only where it is tried first', () => {
  const three = pool({ on: 'a' }, { on: 'b' }, { on: 'c' });
  const states = new TestStates();
  for (let n = 0; n < 20; n++) {
    const outcomes: Outcome[] = [];
    for (const [i, each] of three.members.entries()) {
      outcomes.push({ kind: 'serverError', status: 500 });
      const ended = { outcome: outcomes[i] ?? ANSWERED, ...begin(states, each, NO_NEED, NOW) };
      end(states, each, { ...ended, isEcho: isEcho(outcomes, i) }, NOW, DEFAULT_POLICY);
    }
  }
  const kinds = three.members.map((each) => states.deployment(each).breaker.kind);
  assert.deepEqual(kinds, ['open', 'closed', 'closed']);
});

test('readQuota: the usual time to the first byte is a running mean, of answers alone', () => {
  const states = new TestStates();
  const answer = (tookMs: number, status: number) => {
    const { reservations } = begin(states, member, NO_NEED, NOW);
    readQuota(states, member, reservations, { ...NO_READING, status }, NOW + tookMs);
    return states.deployment(member).latencyMs;
  };
  assert.equal(answer(5, 429), null);
  assert.equal(answer(100, 200), 100);
  assert.equal(answer(300, 200), 120);
  assert.equal(answer(5, 429), 120);
});

test('end: says what moved, once', () => {
  const states = new TestStates();
  const throttled: Outcome = { kind: 'throttled', status: 429, hint: { waitMs: 5_000, source: 'retry-after' } };
  assert.equal(attempt(states, throttled).throttled, true);
  assert.equal(attempt(states, { ...throttled, hint: { waitMs: 1, source: 'retry-after' } }).throttled, false);
  const moves = Array.from(
    { length: 5 },
    (_, i) => attempt(states, { kind: 'connectFailed', code: 'x' }, NOW + i).backendBreaker,
  );
  assert.deepEqual(moves, [false, false, false, false, true]);
});

test('begin: of attempts that start while the breaker is due for a probe, one is the probe', () => {
  const states = new TestStates();
  for (let i = 0; i < 5; i++) attempt(states, { kind: 'serverError', status: 500 }, NOW);
  const later = NOW + 10_000;
  const first = begin(states, member, NO_NEED, later);
  const second = begin(states, member, NO_NEED, later);
  assert.deepEqual([first.probes.deployment, second.probes.deployment], [true, false]);
  end(states, member, { outcome: ANSWERED, ...second }, later, DEFAULT_POLICY);
  assert.equal(states.deployment(member).breaker.kind, 'halfOpen');
  end(states, member, { outcome: ANSWERED, ...first }, later, DEFAULT_POLICY);
  assert.equal(states.deployment(member).breaker.kind, 'closed');
});

test('nobodyFree: 429 with the earliest of all throttles, whole milliseconds', () => {
  const three = pool({ on: 'a' }, { on: 'b' }, { on: 'c' });
  const states = new TestStates();
  const waitsMs = [9_000, 2_500.25, 40_000];
  for (const [i, each] of three.members.entries()) {
    states.deployment(each).throttle = { untilMs: NOW + (waitsMs[i] ?? 0), source: 'retry-after', atMs: 0 };
  }
  assert.deepEqual(nobodyFree(three, states, ANYWHERE, NOW, DEFAULT_POLICY), { status: 429, retryAfterMs: 2_501 });
});

test('nobodyFree: 503 only when nobody is merely throttled', () => {
  const two = pool({ on: 'a' }, { on: 'b' });
  const [a, b] = two.members;
  assert.ok(a && b);
  const states = new TestStates();
  states.deployment(a).breaker = { kind: 'open', untilMs: NOW + 8_000, cooldownMs: 10_000 };
  states.backend(b.backend).breaker = { kind: 'open', untilMs: NOW + 3_000, cooldownMs: 10_000 };
  assert.deepEqual(nobodyFree(two, states, ANYWHERE, NOW, DEFAULT_POLICY), { status: 503, retryAfterMs: 3_000 });
  states.deployment(a).breaker = { kind: 'halfOpen', probing: true, cooldownMs: 10_000 };
  states.backend(b.backend).breaker = closedBreaker();
  states.deployment(b).throttle = { untilMs: NOW + 700, source: 'default', atMs: 0 };
  assert.deepEqual(nobodyFree(two, states, ANYWHERE, NOW, DEFAULT_POLICY), { status: 429, retryAfterMs: 700 });
});

test('nobodyFree: where nothing is known of when, a named time', () => {
  const one = pool({ on: 'a' });
  const [a] = one.members;
  assert.ok(a);
  const states = new TestStates();
  states.deployment(a).paused = true;
  assert.deepEqual(nobodyFree(one, states, ANYWHERE, NOW, DEFAULT_POLICY), {
    status: 503,
    retryAfterMs: UNKNOWN_WAIT_MS,
  });
});

test('nobodyFree: pinned, only that deployment counts', () => {
  const two = pool({ on: 'a' }, { on: 'b' });
  const [a, b] = two.members;
  assert.ok(a && b);
  const states = new TestStates();
  states.deployment(a).throttle = { untilMs: NOW + 100, source: 'default', atMs: 0 };
  states.deployment(b).throttle = { untilMs: NOW + 5_000, source: 'default', atMs: 0 };
  assert.equal(nobodyFree(two, states, { ...ANYWHERE, pinnedTo: 'b/chat' }, NOW, DEFAULT_POLICY).retryAfterMs, 5_000);
});
