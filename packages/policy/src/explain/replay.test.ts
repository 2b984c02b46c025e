import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { NO_USAGE } from '@spillway/protocol';
import fc from 'fast-check';
import type { Cost } from '../cost/cost.ts';
import { DEFAULT_POLICY, type Deployment } from '../fleet.ts';
import { ANYWHERE, type Look } from '../look.ts';
import { NO_NEED } from '../need.ts';
import { choose, type Decision, pick } from '../pick.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { STRATEGY_NAMES, type StrategyName } from '../strategies/strategy.ts';
import { deployment, pool, TestStates } from '../testing.ts';
import { canonical } from './canonical.ts';
import { readRecord } from './read-record.ts';
import type { DecisionRecord } from './record.ts';
import { type Course, recordOf } from './record-of.ts';
import { type Mismatch, replay } from './replay.ts';

const NOW = 1_000_000;
const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

function course(picks: readonly Decision[]): Course {
  return {
    requestId: 'id-1',
    client: 'chat-app',
    operation: 'chat.completions',
    model: 'gpt-4o',
    pool: 'chat',
    startedMs: NOW - 3.125,
    durationMs: 812.25,
    status: 200,
    ending: 'whole',
    servedBy: 'a/x',
    retryAfterMs: null,
    need: { ...NO_NEED, promptTokens: 812, answerTokensMax: null, answerTokens: 96.5, cacheKey: 77 },
    picks,
    picksLeftOut: 0,
    waits: [{ fromMs: NOW, waitedMs: 250 }],
    attempts: [
      {
        deployment: 'a/x',
        startedMs: NOW,
        headMs: 40,
        durationMs: 300.5,
        outcome: { kind: 'connectFailed', code: 'ECONNREFUSED' },
        chargedTokens: 908.5,
        azure: { apimRequestId: 'b2f4', requestId: 'c3a5', region: 'East US' },
      },
    ],
    usage: { ...NO_USAGE, promptTokens: 800, completionTokens: 12 },
    usageEstimated: false,
    cost: null,
  };
}

/** As it comes back from a file. */
function throughJson(record: DecisionRecord): DecisionRecord {
  const read = readRecord(JSON.parse(JSON.stringify(record)));
  assert.equal(read.kind, 'record', read.kind === 'unreadable' ? read.problem : '');
  assert.ok(read.kind === 'record');
  return read.record;
}

function replayed(picks: readonly Decision[]): readonly Mismatch[] {
  return replay(throughJson(recordOf(course(picks), sha256)), sha256);
}

const member = fc.record({
  on: fc.constantFrom('a', 'b', 'c', 'd'),
  name: fc.constantFrom('x', 'y', 'z'),
  priority: fc.integer({ min: 0, max: 2 }),
  weight: fc.double({ min: 0.1, max: 9, noNaN: true }),
  type: fc.constantFrom('Standard', 'ProvisionedManaged', null),
  capacity: fc.constantFrom(1, 30, 100, null),
});
const fleet = fc.uniqueArray(member, { minLength: 1, maxLength: 8, selector: (one) => `${one.on}/${one.name}` });
const state = fc.record({
  throttledMs: fc.constantFrom(-1, 0, 0, 0, 1_234.5),
  paused: fc.constantFrom(true, false, false, false),
  openMs: fc.constantFrom(0, 0, 0, 777.25),
  inFlight: fc.nat(40),
  latencyMs: fc.option(fc.double({ min: 1, max: 60_000, noNaN: true })),
  backForMs: fc.option(fc.integer({ min: 0, max: 20_000 })),
  reservations: fc.nat(6),
});
const ask = fc.record({
  promptTokens: fc.nat(40_000),
  cachedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  answerTokensMax: fc.option(fc.nat(20_000)),
  cacheKey: fc.option(fc.nat(0xffffffff)),
  isLastResort: fc.boolean(),
  unit: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

interface GivenMember {
  readonly on: string;
  readonly name: string;
  readonly priority: number;
  readonly weight: number;
  readonly type: Deployment['type'];
  readonly capacity: number | null;
}

interface GivenState {
  readonly throttledMs: number;
  readonly paused: boolean;
  /** 0: its breaker is closed. */
  readonly openMs: number;
  readonly inFlight: number;
  readonly latencyMs: number | null;
  readonly backForMs: number | null;
  readonly reservations: number;
}

interface GivenAsk {
  readonly promptTokens: number;
  readonly cachedShare: number;
  readonly answerTokensMax: number | null;
  readonly cacheKey: number | null;
  readonly isLastResort: boolean;
  readonly unit: number;
}

/** Choices until nobody is left, each with the one before it tried. */
function picksOf(
  strategy: StrategyName,
  members: readonly GivenMember[],
  been: readonly GivenState[],
  asked: GivenAsk,
): Decision[] {
  const all = pool(
    ...members.map(({ type, capacity, ...known }) => ({ ...known, type, ...(capacity === null ? {} : { capacity }) })),
  );
  const states = new TestStates();
  const { promptTokens, cachedShare, answerTokensMax, cacheKey } = asked;
  const cachedTokens = Math.floor(promptTokens * cachedShare);
  const need = { ...NO_NEED, promptTokens, cachedTokens, answerTokensMax, answerTokens: 50, cacheKey };
  for (const [i, one] of all.members.entries()) {
    const its = been[i];
    if (its === undefined) continue;
    const at = states.deployment(one);
    at.paused = its.paused;
    at.throttle = { untilMs: NOW + its.throttledMs, source: 'retry-after-ms', atMs: 0 };
    if (its.openMs > 0) at.breaker = { kind: 'open', untilMs: NOW + its.openMs, cooldownMs: 10_000 };
    at.inFlight = its.inFlight;
    at.latencyMs = its.latencyMs;
    at.backSinceMs = its.backForMs === null ? null : NOW - its.backForMs;
    for (let n = 0; n < its.reservations; n++) for (const quota of at.quotas) quota.reserve(need, NOW - n);
  }
  const tried: string[] = [];
  const picks: Decision[] = [];
  for (;;) {
    const { isLastResort, unit } = asked;
    const about = { tried: [...tried], ...ANYWHERE, need, isPromised: false, isLastResort };
    const decision = pick(all, states, about, { nowMs: NOW, unit }, { ...DEFAULT_POLICY, strategy });
    picks.push(decision);
    if (decision.kind === 'none' || picks.length > all.members.length) return picks;
    tried.push(decision.deployment.id);
  }
}

for (const strategy of STRATEGY_NAMES) {
  test(`replay: of any fleet in any state makes each choice of '${strategy}' again, through JSON, bit for bit`, () => {
    let overruled = 0;
    fc.assert(
      fc.property(fleet, fc.array(state, { maxLength: 8 }), ask, (members, been, asked) => {
        const picks = picksOf(strategy, members, been, asked);
        for (const { looks } of picks) {
          overruled += looks.filter(({ found, reason }) => found !== null && reason === null).length;
        }
        assert.deepEqual(replayed(picks), []);
      }),
      { seed: 6, numRuns: 300 },
    );
    if (strategyOf(strategy).insist !== null || strategyOf(strategy).foresees)
      assert.ok(overruled > 0, 'met what is overruled');
  });
}

const odd = fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE);
const anyNumber = fc.oneof(odd, fc.double());

test('replay: figures that JSON has no word for come back as the same bits', () => {
  const [a, b] = [deployment({ on: 'a' }), deployment({ on: 'b' })];
  const figures = fc.tuple(anyNumber, anyNumber, anyNumber, anyNumber, anyNumber);
  fc.assert(
    fc.property(figures, figures, (one, other) => {
      const made = ([free, warmth, inFlight, latencyMs, kinship]: typeof one, of: Deployment): Look => {
        const plain = { deployment: of, found: null, reason: null, untilMs: null, isGuess: false };
        return { ...plain, free, warmth, inFlight, latencyMs, kinship, isHot: false };
      };
      const looks = [made(one, a), made(other, b)];
      const facts = { cachedShare: 0.5, turn: 3 };
      const chosen = choose(looks, strategyOf('headroom'), facts, { unit: 0.25, isLastResort: false });
      assert.ok(chosen !== null);
      const grounds = {
        looks,
        strategy: 'headroom',
        facts,
        at: { nowMs: NOW, unit: 0.25 },
        isLastResort: false,
      } as const;
      assert.deepEqual(replayed([{ kind: 'send', deployment: chosen.deployment, ...grounds }]), []);
    }),
    { seed: 6 },
  );
});

/** Of the tokens in {@link course}. */
const COST: Cost = {
  kind: 'tokens',
  amount: 0.002_12,
  currency: 'EUR',
  asOf: '2026-11-21',
  basis: 'usage',
  promptTokens: 800,
  cachedTokens: 0,
  answerTokens: 12,
  model: 'gpt-4o',
  perMillion: { input: 2.5, cachedInput: 1.25, output: 10 },
};

/** A record with several choices, of which one overruled a guess, and a cost. */
function eventful(): DecisionRecord {
  const three = [
    { on: 'a', name: 'x', priority: 1, weight: 1, type: 'Standard', capacity: 1 },
    { on: 'b', name: 'x', priority: 1, weight: 2, type: 'Standard', capacity: 30 },
    { on: 'c', name: 'x', priority: 2, weight: 1, type: null, capacity: null },
  ] as const;
  const calm = { paused: false, openMs: 0, inFlight: 2, latencyMs: 300.5, backForMs: 4_000, reservations: 1 };
  const been = [0, 1_234.5, -1].map((throttledMs) => ({ ...calm, throttledMs }));
  const asked = {
    promptTokens: 900,
    cachedShare: 0.5,
    answerTokensMax: 400,
    cacheKey: 9,
    isLastResort: true,
    unit: 0.5,
  };
  return recordOf({ ...course(picksOf('headroom', three, been, asked)), cost: COST }, sha256);
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every record that differs from this one in one field: changed, taken away or added. */
function* edits(value: Json, place = ''): Generator<readonly [place: string, edited: Json | undefined]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      for (const [inner, edited] of edits(item, `${place}[${i}]`)) {
        yield [inner, value.flatMap((old, at) => (at === i ? (edited === undefined ? [] : [edited]) : [old]))];
      }
    }
    yield [`${place}[]`, [...value, null]];
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      for (const [inner, edited] of edits(item, `${place}.${key}`)) {
        const { [key]: _, ...rest } = value;
        yield [inner, edited === undefined ? rest : { ...rest, [key]: edited }];
      }
    }
    yield [`${place}.added`, { ...value, added: 1 }];
  } else if (typeof value === 'number') {
    yield [place, value + 1];
    yield [place, -value - 0.5];
  } else if (typeof value === 'string') yield [place, `${value}x`];
  else yield [place, value === null ? 0 : !value];
  yield [`${place} (null)`, value === null ? 'x' : null];
  yield [`${place} (gone)`, undefined];
}

test('replay: a record in which any one field was changed, taken away or added is reported', () => {
  const whole: Json = JSON.parse(JSON.stringify(eventful()));
  const kept = JSON.stringify(whole);
  let looked = 0;
  for (const [place, edited] of edits(whole)) {
    const read = readRecord(edited);
    const found = read.kind === 'unreadable' ? read.problem : replay(read.record, sha256);
    assert.ok(found.length > 0, `${place} went unseen`);
    looked++;
  }
  assert.ok(looked > 300, `${looked} edits`);
  assert.equal(JSON.stringify(whole), kept);
});

test('replay: names the place of what comes out otherwise, with both values; the digest last', () => {
  const member = { name: 'x', weight: 1, type: null, capacity: null };
  const two = [1, 2].map((priority) => ({ ...member, on: `r${priority}`, priority }));
  const asked = { promptTokens: 1, cachedShare: 0, answerTokensMax: 1, cacheKey: null, isLastResort: false, unit: 0.5 };
  const record = recordOf(course(picksOf('weighted', two, [], asked).slice(0, 1)), sha256);
  const [first] = record.picks;
  const [served, ...others] = first?.looks ?? [];
  assert.ok(first && served);
  assert.deepEqual(replay(record, sha256), []);
  const edited = { ...record, picks: [{ ...first, looks: [{ ...served, priority: 9 }, ...others] }] };
  const found = replay(edited, sha256);
  assert.deepEqual(found.slice(0, -1), [
    { place: 'picks[0].chosen', recorded: 'r1/x', replayed: 'r2/x' },
    { place: 'picks[0].looks[0].reason', recorded: null, replayed: 'higherPriorityNumber' },
    { place: 'picks[0].looks[1].reason', recorded: 'higherPriorityNumber', replayed: null },
  ]);
  assert.deepEqual([found.at(-1)?.place, found.at(-1)?.recorded], ['digest', record.digest]);
  const status = replay({ ...record, status: 429 }, sha256);
  assert.deepEqual(
    status.map(({ place }) => place),
    ['digest'],
  );
});

/** As one would who knows how digests are made. */
function forged(changes: Partial<DecisionRecord>): readonly string[] {
  const { digest: _, ...told } = { ...eventful(), ...changes };
  return replay({ ...told, digest: sha256(canonical(told)) }, sha256).map(({ place }) => place);
}

test('replay: a cost that does not follow from the tokens and prices beside it is reported, even under a digest that fits', () => {
  assert.deepEqual(forged({}), []);
  assert.deepEqual(forged({ cost: { ...COST, amount: 0.002_13 } }), ['cost.amount']);
  assert.deepEqual(forged({ cost: { ...COST, perMillion: { input: 2, cachedInput: 1, output: 10 } } }), [
    'cost.amount',
  ]);
  assert.deepEqual(forged({ cost: { ...COST, basis: 'estimate' } }), ['cost.basis']);
  assert.deepEqual(forged({ usage: { ...NO_USAGE, promptTokens: 400, completionTokens: 12 } }), [
    'cost.amount',
    'cost.promptTokens',
  ]);
  // It was served by a Standard deployment: units do not make it cheaper.
  const units = { ...COST, kind: 'provisioned', amount: 0, perMillion: null } as const;
  assert.deepEqual(forged({ cost: units }), ['cost.kind']);
});

test('replay: why a cost is not known is part of the record; without prices there is nothing of it', () => {
  const unknown = recordOf({ ...course([]), cost: 'noPrice' }, sha256);
  assert.deepEqual([unknown.cost, unknown.costUnknown], [null, 'noPrice']);
  assert.deepEqual(replay(throughJson(unknown), sha256), []);
  assert.deepEqual(
    replay({ ...unknown, costUnknown: 'noUsage' }, sha256).map(({ place }) => place),
    ['digest'],
  );
  const none = recordOf(course([]), sha256);
  assert.deepEqual([none.cost, Object.hasOwn(none, 'costUnknown')], [null, false]);
});
