import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ANYWHERE,
  DEFAULT_POLICY,
  type Deployment,
  NO_NEED,
  OUTCOME_KINDS,
  type Outcome,
  pick,
} from '@spillway/policy';
import type { ExchangeCounts } from '@spillway/protocol';
import { Trail } from '../explain/trail.ts';
import { Ledger } from '../state/ledger.ts';
import { attemptEnded, exchangeEnded, TEST_MS, testUsage } from '../testing/events.ts';
import { testBackend, testFleet } from '../testing/kit.ts';
import { PASSED_OVER_REASONS } from './attempt-counters.ts';
import { Counters, ID_CHARS_MAX, LEARNED_DEPLOYMENTS_MAX, OTHER } from './counters.ts';
import type { ExchangeRecord, GatewayEvent } from './events.ts';

function deployment(on: string, name: string): Deployment {
  const unknown = {
    model: null,
    modelVersion: null,
    contentFilter: null,
    contextTokens: null,
    features: [],
    requestsPerMinute: null,
    quotaKey: null,
    type: null,
    capacity: null,
  };
  return { id: `${on}/${name}`, backend: testBackend(on), name, priority: 1, weight: 1, ...unknown };
}

function folded(events: readonly GatewayEvent[], isLasting = true): Counters {
  const counters = new Counters(() => isLasting);
  for (const event of events) counters.fold(event);
  return counters;
}

const NONE: ExchangeCounts = {
  total: 1,
  inFlight: 0,
  answered: 0,
  failed: 0,
  throttledToClient: 0,
  clientGone: 0,
  failedOver: 0,
};

const ENDINGS: ReadonlyArray<readonly [name: string, given: Partial<ExchangeRecord>, want: Partial<ExchangeCounts>]> = [
  ['an answer', {}, { answered: 1 }],
  ['an answer at the second try', { attempts: 2 }, { answered: 1, failedOver: 1 }],
  ["the client's own 400", { status: 400 }, { answered: 1 }],
  ['a 401 of the gateway itself', { status: 401, deployment: null, attempts: 0 }, { answered: 1 }],
  ['a 401 of a backend, which is for an operator', { status: 401 }, { failed: 1 }],
  ['a 408 of a backend', { status: 408 }, { failed: 1 }],
  ['a 429', { status: 429, deployment: null, attempts: 3 }, { throttledToClient: 1 }],
  ['a 503 of the gateway itself', { status: 503, deployment: null }, { failed: 1 }],
  ['a stream that was cut', { ending: 'cut', streamed: true }, { failed: 1 }],
  ['a client that left', { ending: 'clientGone', status: 499 }, { clientGone: 1 }],
  ['a client that left in the middle of its answer', { ending: 'clientGone' }, { clientGone: 1 }],
];

for (const [name, given, want] of ENDINGS) {
  test(`Counters: count ${name} once, in one place`, () => {
    const counters = folded([{ kind: 'exchangeBegan' }, exchangeEnded(given)]);
    assert.deepEqual(counters.exchanges(), { ...NONE, ...want });
  });
}

test('Counters: an exchange is in flight from its beginning to its end', () => {
  const counters = folded([{ kind: 'exchangeBegan' }, { kind: 'exchangeBegan' }, exchangeEnded()]);
  assert.equal(counters.exchanges().inFlight, 1);
});

test('Counters: an operation of no known name, and a status that is none, are counted under other', () => {
  const counters = folded([exchangeEnded({ operation: 'mischief', status: 0 }), exchangeEnded({ status: 999 })]);
  const statuses = Object.fromEntries([...counters.operations].map(([name, each]) => [name, each.statuses[0]]));
  assert.deepEqual(statuses, { other: 1, 'chat.completions': 1 });
});

test('Counters: every way in which an attempt can end is counted', () => {
  const one = deployment('openai1', 'chat');
  const outcomes = OUTCOME_KINDS.map((kind) => ({ kind, status: 200, code: 'x', hint: null }) as Outcome);
  const counters = folded(outcomes.map((outcome) => attemptEnded(one, { outcome })));
  const { total, byOutcome } = counters.all().attempts();
  assert.equal(total, OUTCOME_KINDS.length);
  assert.deepEqual(byOutcome, Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 1])));
});

test('Counters: tokens are summed by kind, what an answer does not say counts nothing', () => {
  const one = deployment('openai1', 'chat');
  const partly = { promptTokens: 5, completionTokens: null, cachedTokens: null, reasoningTokens: null };
  const counters = folded([
    attemptEnded(one, {}, testUsage(100, 20, 64, 8)),
    attemptEnded(one, {}, partly),
    attemptEnded(one),
  ]);
  assert.deepEqual(counters.ofDeployment(one.id)?.tokens(), { prompt: 105, completion: 20, cached: 64, reasoning: 8 });
});

test('Counters: the last quota headers are kept, -1 is not known, and a limit outlives answers without one', () => {
  const one = deployment('openai1', 'chat');
  const counters = folded([
    attemptEnded(one, {
      quota: { remainingTokens: '29986', remainingRequests: '179', limitTokens: '30000', limitRequests: '180' },
    }),
    attemptEnded(one, {
      startedMs: TEST_MS + 1000,
      quota: { remainingTokens: '-1', remainingRequests: '17', limitTokens: null, limitRequests: null },
    }),
    attemptEnded(one, { startedMs: TEST_MS + 2000 }),
  ]);
  const attempts = counters.ofDeployment(one.id);
  assert.deepEqual(attempts?.remaining(), { tokens: null, requests: 17, atMs: TEST_MS + 1300 });
  assert.deepEqual(attempts?.limit(), { tokens: 30_000, requests: 180, atMs: TEST_MS + 300 });
  assert.equal(attempts?.lastUsedMs, TEST_MS + 2000);
});

test('Counters: an attempt counts as use from the moment it is judged, so that a long stream shows', () => {
  const one = deployment('openai1', 'chat');
  const ended = attemptEnded(one);
  assert.ok(ended.kind === 'attemptEnded');
  const counters = folded([{ kind: 'attemptJudged', attempt: ended.attempt }]);
  assert.equal(counters.ofDeployment(one.id)?.lastUsedMs, TEST_MS);
  assert.equal(counters.all().attempts().total, 0);
});

test('Counters: learned deployments beyond the limit make room, the longest unused first, and no sum is lost', () => {
  const lasting = deployment('openai1', 'configured');
  const counters = new Counters((one) => one.id === lasting.id);
  counters.fold(attemptEnded(lasting, { startedMs: TEST_MS - 1 }, testUsage(1, 1)));
  const learned = Array.from({ length: LEARNED_DEPLOYMENTS_MAX + 2 }, (_, i) => deployment('openai1', `name-${i}`));
  for (const [i, one] of learned.entries())
    counters.fold(attemptEnded(one, { startedMs: TEST_MS + i }, testUsage(1, 1)));
  assert.equal(counters.deployments.length, LEARNED_DEPLOYMENTS_MAX + 2, 'with the lasting one and other');
  assert.equal(counters.ofDeployment('openai1/name-1'), null);
  assert.notEqual(counters.ofDeployment('openai1/name-2'), null);
  assert.notEqual(counters.ofDeployment(lasting.id), null);
  const other = counters.deployments.find((each) => each.deployment === OTHER);
  assert.equal(other?.backend, 'openai1');
  assert.equal(other?.attempts.attempts().total, 2);
  assert.equal(counters.all().attempts().total, learned.length + 1);
  assert.equal(counters.all().tokens().prompt, learned.length + 1);
  assert.equal(counters.all().durations.cumulative().at(-1), learned.length + 1);
  counters.retain((id) => id === lasting.id);
  const later = [deployment('openai1', 'later-1'), deployment('openai1', 'later-2')];
  for (const one of later) counters.fold(attemptEnded(one));
  for (const { id } of later) assert.notEqual(counters.ofDeployment(id), null, 'there is room again');
});

test('Counters: a deployment that is no longer there is forgotten, its sums stay, and it can come back', () => {
  const [gone, kept] = [deployment('openai1', 'gone'), deployment('openai2', 'kept')];
  const counters = folded([attemptEnded(gone), attemptEnded(kept)], false);
  counters.retain((id) => id === kept.id);
  counters.fold(attemptEnded(gone));
  const counts = counters.deployments.map((each) => [each.backend, each.deployment, each.attempts.attempts().total]);
  assert.deepEqual(counts, [
    ['openai2', kept.id, 1],
    ['openai1', gone.id, 1],
    ['openai1', OTHER, 1],
  ]);
});

test('Counters: a name that is too long to be a label is counted under other', () => {
  const [longest, longer] = ['x'.repeat(ID_CHARS_MAX - 8), 'x'.repeat(ID_CHARS_MAX - 7)];
  const counters = folded([attemptEnded(deployment('openai1', longest)), attemptEnded(deployment('openai1', longer))]);
  assert.deepEqual(
    counters.deployments.map((each) => each.deployment),
    [`openai1/${longest}`, OTHER],
  );
});

test('Counters: why each deployment was passed over is counted, by the attempt on another one, or by the refusal', () => {
  const [one, two] = [deployment('openai1', 'chat'), deployment('openai2', 'chat')];
  const pool = { name: 'chat', members: [one, two] };
  const ledger = new Ledger(testFleet([]), { namesMax: 1, expiryMs: 1 });
  for (const each of pool.members) ledger.deployment(each).paused = true;
  const ask = { ...ANYWHERE, tried: [], need: NO_NEED, isPromised: false, isLastResort: true };
  const trail = new Trail();
  trail.picked(pool, NO_NEED, pick(pool, ledger, ask, { nowMs: TEST_MS, unit: 0 }, DEFAULT_POLICY));
  const refused = exchangeEnded({ status: 429, deployment: null });
  assert.ok(refused.kind === 'exchangeEnded');
  const counters = folded([
    attemptEnded(two, { passedOver: [{ deployment: one, reason: 'noHeadroom', untilMs: TEST_MS }] }),
    { ...refused, trail },
    exchangeEnded(),
  ]);
  const counted = (id: string) => {
    const counts = counters.ofDeployment(id)?.passedOverCounts ?? assert.fail(id);
    const named = PASSED_OVER_REASONS.map((reason, i) => [reason, counts[i] ?? 0] as const);
    return Object.fromEntries(named.filter(([, count]) => count > 0));
  };
  assert.deepEqual(counted(one.id), { noHeadroom: 1, paused: 1 });
  assert.deepEqual(counted(two.id), { paused: 1 });
});

test('Counters: waits are told apart by class and by how they ended', () => {
  const wait = (given: { class: 'interactive' | 'batch'; ending: 'served' | 'expired'; waitedMs: number }) =>
    ({ kind: 'waited', pool: 'chat', atMs: TEST_MS, ...given }) as const;
  const counters = folded([
    wait({ class: 'interactive', ending: 'served', waitedMs: 20 }),
    wait({ class: 'interactive', ending: 'served', waitedMs: 2_000 }),
    wait({ class: 'batch', ending: 'expired', waitedMs: 10_000 }),
  ]);
  assert.deepEqual(
    [...counters.waits].map(({ class: of, ending, durations }) => [of, ending, durations.cumulative().at(-1)]),
    [
      ['interactive', 'served', 2],
      ['batch', 'expired', 1],
    ],
  );
});
