import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeClock } from '@spillway/clock';
import fc from 'fast-check';
import type { CredentialEvent } from './credential.ts';
import { CredentialError } from './credential-error.ts';
import type { Obtained } from './entra.ts';
import {
  BACKOFF_MS_MAX,
  BACKOFF_MS_MIN,
  backoffMs,
  PATIENT_FAILURES_MAX,
  READY_MS_MAX,
  RENEW_AHEAD_MS_MAX,
  RENEW_MS_MIN,
  renewalDelayMs,
  TokenKeeper,
  WAITERS_MAX,
} from './keeper.ts';

const HOUR_MS = 3_600_000;
/** An hour's token is renewed five minutes ahead. */
const RENEWAL_MS = HOUR_MS - RENEW_AHEAD_MS_MAX;

/** A keeper whose supply is answered by hand. */
function setUp() {
  const clock = new FakeClock();
  const events: CredentialEvent[] = [];
  const pending: ((obtained: Obtained) => void)[] = [];
  let calls = 0;
  const supply = {
    obtain: () => {
      calls++;
      return new Promise<Obtained>((resolve) => pending.push(resolve));
    },
  };
  const keeper = new TokenKeeper('scope', supply, { clock, unit: () => 0, emit: (event) => events.push(event) });
  /** Answers the request in flight and lets the promises run. */
  async function answer(obtained: Obtained): Promise<void> {
    const resolve = pending.shift();
    assert.ok(resolve !== undefined, 'nothing is in flight');
    resolve(obtained);
    await turn();
  }
  const give = (value: string, lifetimeMs = HOUR_MS) =>
    answer({ kind: 'token', token: { value, expiresAtMs: clock.nowMs() + lifetimeMs }, method: 'client secret' });
  const refuse = (transient: boolean, retryAfterMs = 0) => answer(failure(transient, retryAfterMs));
  const current = () =>
    keeper.held !== null && clock.nowMs() < keeper.held.expiresAtMs ? keeper.held.header.value : null;
  return { clock, events, keeper, give, refuse, current, calls: () => calls, inFlight: () => pending.length };
}

function failure(transient: boolean, retryAfterMs = 0): Obtained {
  const tried = [{ method: 'client secret' as const, outcome: 'answered 503' }];
  return { kind: 'failed', tried, wayOut: 'look there', transient, retryAfterMs };
}

/** Lets every promise that can go on do so; no time passes. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What became of a promise so far. */
function watch(promise: Promise<{ value: string }>): { readonly is: string } {
  const state = { is: 'waiting' };
  promise.then(
    ({ value }) => (state.is = value),
    (error: unknown) => (state.is = String(error)),
  );
  return state;
}

test('TokenKeeper: asks for nothing before it is asked', () => {
  const { clock, keeper, calls } = setUp();
  clock.advance(HOUR_MS);
  assert.equal(keeper.held, null);
  assert.equal(calls(), 0);
});

test('TokenKeeper: a thousand waiters share one request', async () => {
  const { keeper, give, calls, clock } = setUp();
  const all = Array.from({ length: 1000 }, () => keeper.ready(null));
  await give('t1');
  const headers = await Promise.all(all);
  assert.equal(calls(), 1);
  assert.ok(headers.every((header) => header === keeper.held?.header && header.value === 'Bearer t1'));
  assert.equal(clock.pending, 1, 'only the renewal is left');
});

test('TokenKeeper: each waiter is bounded, the request goes on', async () => {
  const { clock, keeper, give, current } = setUp();
  const early = watch(keeper.ready(null));
  clock.advance(READY_MS_MAX - 1);
  const late = watch(keeper.ready(null));
  clock.advance(1);
  await turn();
  assert.match(early.is, /CredentialError: No token for scope: none came within 20000 ms/);
  assert.equal(late.is, 'waiting');
  await give('t1');
  assert.equal(late.is, 'Bearer t1');
  assert.equal(current(), 'Bearer t1');
});

test('TokenKeeper: more waiters than its limit are refused at once', async () => {
  const { keeper, give } = setUp();
  const all = Array.from({ length: WAITERS_MAX }, () => keeper.ready(null));
  await assert.rejects(keeper.ready(null), /10000 callers wait for it already/);
  await give('t1');
  assert.equal((await Promise.all(all)).length, WAITERS_MAX);
});

test('TokenKeeper: renews ahead of expiry while the old token serves', async () => {
  const { clock, keeper, give, current, calls } = setUp();
  void keeper.ready(null);
  await give('t1');
  clock.advance(RENEWAL_MS - 1);
  assert.equal(calls(), 1);
  clock.advance(1);
  assert.equal(calls(), 2);
  assert.equal(current(), 'Bearer t1');
  assert.equal((await keeper.ready(null)).value, 'Bearer t1', 'nobody waits for a renewal');
  await give('t2');
  assert.equal(current(), 'Bearer t2');
  clock.advance(RENEWAL_MS);
  assert.equal(calls(), 3);
});

test('TokenKeeper: while renewal fails the old token serves until it has expired, not longer', async () => {
  const { clock, keeper, give, refuse, current, events } = setUp();
  void keeper.ready(null);
  await give('t1');
  clock.advance(RENEWAL_MS);
  const expiresAtMs = keeper.held?.expiresAtMs ?? 0;
  for (let failures = 1; clock.nowMs() < expiresAtMs; failures++) {
    assert.equal(current(), 'Bearer t1');
    await refuse(false);
    const event = events.at(-1);
    assert.ok(event?.kind === 'tokenFailed');
    assert.equal(event.failures, failures);
    assert.equal(event.servesUntilMs, expiresAtMs);
    assert.equal((await keeper.ready(null)).value, 'Bearer t1');
    clock.advance(event.retryInMs);
  }
  assert.equal(current(), null);
  await refuse(false);
  await assert.rejects(
    keeper.ready(null),
    /the request for it failed\. Tried: client secret: answered 503\. Way out: look there\./,
  );
  const last = events.at(-1);
  assert.ok(last?.kind === 'tokenFailed' && last.servesUntilMs === null && last.retryInMs === BACKOFF_MS_MAX);
  clock.advance(BACKOFF_MS_MAX);
  await give('t2');
  assert.equal((await keeper.ready(null)).value, 'Bearer t2');
});

test('TokenKeeper: waiters stay through failures that pass by themselves, a named number of them', async () => {
  const { clock, keeper, refuse } = setUp();
  const waiter = watch(keeper.ready(null));
  for (let failures = 1; failures <= PATIENT_FAILURES_MAX; failures++) {
    await refuse(true);
    assert.equal(waiter.is, 'waiting');
    clock.advance(BACKOFF_MS_MIN * 2 ** (failures - 1));
  }
  await refuse(true);
  assert.match(waiter.is, /the request for it failed/);
  await assert.rejects(keeper.ready(null), CredentialError, 'who comes later learns at once');
});

test('TokenKeeper: recovers within the patience of its waiters', async () => {
  const { clock, keeper, refuse, give } = setUp();
  const early = watch(keeper.ready(null));
  await refuse(true);
  const late = watch(keeper.ready(null));
  clock.advance(BACKOFF_MS_MIN);
  await give('t1');
  assert.deepEqual([early.is, late.is], ['Bearer t1', 'Bearer t1']);
});

test('TokenKeeper: a failure that does not pass is told at once, and the next try comes after the backoff', async () => {
  const { clock, keeper, refuse, give, calls } = setUp();
  const waiter = watch(keeper.ready(null));
  await refuse(false);
  assert.match(waiter.is, /CredentialError/);
  await assert.rejects(keeper.ready(null));
  assert.equal(calls(), 1, 'asking again does not hurry it');
  clock.advance(BACKOFF_MS_MIN);
  assert.equal(calls(), 2);
  const joined = watch(keeper.ready(null));
  await give('t1');
  assert.equal(joined.is, 'Bearer t1');
});

test('TokenKeeper: heeds how long the endpoint wants to be left alone; nobody waits for what is too far off', async () => {
  const { clock, keeper, refuse, calls } = setUp();
  const waiter = watch(keeper.ready(null));
  await refuse(true, READY_MS_MAX);
  assert.match(waiter.is, /CredentialError/);
  clock.advance(READY_MS_MAX - 1);
  assert.equal(calls(), 1);
  clock.advance(1);
  assert.equal(calls(), 2);
});

test('TokenKeeper: fetches another when the one at hand was refused, once for all who refused it', async () => {
  const { clock, keeper, give, calls } = setUp();
  void keeper.ready(null);
  await give('t1');
  clock.advance(RENEWAL_MS / 2);
  const refused = keeper.held;
  const all = [keeper.ready(refused), keeper.ready(refused)];
  assert.equal((await keeper.ready(null)).value, 'Bearer t1', 'for the others it is good still');
  await give('t2');
  assert.deepEqual(
    (await Promise.all(all)).map(({ value }) => value),
    ['Bearer t2', 'Bearer t2'],
  );
  assert.equal((await keeper.ready(refused)).value, 'Bearer t2');
  clock.advance(RENEWAL_MS - 1);
  assert.equal(calls(), 2, 'the renewal of the old one is off');
});

test('TokenKeeper: close ends waits and timers; an answer that comes later changes nothing', async () => {
  const { clock, keeper, give, events } = setUp();
  const waiter = watch(keeper.ready(null));
  keeper.close();
  await turn();
  assert.match(waiter.is, /closing/);
  await give('t1');
  assert.equal(keeper.held, null);
  assert.deepEqual(events, []);
  assert.equal(clock.pending, 0);
  await assert.rejects(keeper.ready(null), /closing/);
});

test('TokenKeeper: close takes the renewal with it', async () => {
  const { clock, keeper, give, calls } = setUp();
  void keeper.ready(null);
  await give('t1');
  keeper.close();
  clock.advance(HOUR_MS);
  assert.equal(calls(), 1);
  assert.equal(clock.pending, 0);
});

const RENEWALS: readonly (readonly [name: string, lifetimeMs: number, unit: number, wantMs: number])[] = [
  ['five minutes ahead for an hour', HOUR_MS, 0, HOUR_MS - 300_000],
  ['up to six minutes ahead with jitter', HOUR_MS, 1, HOUR_MS - 360_000],
  ['a fifth ahead for ten minutes', 600_000, 0, 480_000],
  ['not more than once a second', 10, 0, RENEW_MS_MIN],
];

for (const [name, lifetimeMs, unit, wantMs] of RENEWALS) {
  test(`renewalDelayMs: ${name}`, () => assert.equal(renewalDelayMs(lifetimeMs, unit), wantMs));
}

test('renewalDelayMs: leaves time to renew, and is never below its minimum', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e8, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lifeMs, unit) => {
        const delayMs = renewalDelayMs(lifeMs, unit);
        assert.ok(delayMs >= RENEW_MS_MIN);
        if (lifeMs > 2 * RENEW_MS_MIN) assert.ok(delayMs < lifeMs && delayMs >= lifeMs * 0.7);
      },
    ),
    { seed: 20260228 },
  );
});

const BACKOFFS: readonly (readonly [failures: number, askedMs: number, unit: number, wantMs: number])[] = [
  [1, 0, 0, 1_000],
  [2, 0, 0, 2_000],
  [3, 0, 0, 4_000],
  [7, 0, 0, 60_000],
  [1_000_000, 0, 0, 60_000],
  [1, 7_000, 0, 7_000],
  [1, 86_400_000, 0, 60_000],
  [1, 0, 0.5, 1_100],
];

test('backoffMs: doubles up to its maximum, longer where the endpoint asks for it', () => {
  for (const [failures, askedMs, unit, wantMs] of BACKOFFS) assert.equal(backoffMs(failures, askedMs, unit), wantMs);
});
