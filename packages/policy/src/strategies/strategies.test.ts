import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Look, PassedOverReason } from '../look.ts';
import { choose } from '../pick.ts';
import { strategyOf } from './strategies.ts';
import { STRATEGY_NAMES, type StrategyName } from './strategy.ts';
import { type LookGiven, lookOf } from './testing.ts';

const STEPS = 1_200;
const NO_FACTS = { cachedShare: 0, turn: 0 };

/** How often each of the candidates is taken, of 1,200 dice laid evenly over the unit interval, turn by turn. */
function shares(name: StrategyName, ...given: readonly Omit<LookGiven, 'member'>[]): number[] {
  const candidates = given.map((each, i) => lookOf({ member: { on: `r${i}` }, ...each }));
  const taken = candidates.map(() => 0);
  for (let turn = 0; turn < STEPS; turn++) {
    const chosen = strategyOf(name).choose(candidates, { cachedShare: 0, turn }, turn / STEPS);
    const i = candidates.indexOf(chosen);
    taken[i] = (taken[i] ?? 0) + 1;
  }
  return taken;
}

const ms = (latencyMs: number | null) => ({ latencyMs });
const busy = (inFlight: number) => ({ inFlight });

const TABLE: ReadonlyArray<
  readonly [name: StrategyName, what: string, given: readonly Omit<LookGiven, 'member'>[], want: readonly number[]]
> = [
  ['weighted', 'shares by warmth too', [{ warmth: 0.5 }, {}], [400, 800]],
  ['weighted', 'does not look at what is left', [{ free: 0.1 }, {}], [600, 600]],
  ['round-robin', 'shares alike among those that are alike', [{}, {}, {}], [400, 400, 400]],
  ['least-busy', 'takes the one with the fewest attempts under way', [busy(3), busy(1), busy(2)], [0, 1_200, 0]],
  ['least-busy', 'shares among those that are as busy', [busy(1), busy(1), busy(2)], [600, 600, 0]],
  ['least-busy', 'counts attempts by warmth', [{ inFlight: 1, warmth: 0.1 }, busy(2)], [0, 1_200]],
  ['latency', 'gives a quarter to one that takes twice as long', [ms(100), ms(200)], [960, 240]],
  ['latency', 'takes one that was never measured for the fastest', [ms(null), ms(100), ms(200)], [534, 533, 133]],
  ['latency', 'shares alike where nothing is measured', [ms(null), ms(null)], [600, 600]],
  ['latency', 'tells nothing apart below a millisecond', [ms(0), ms(0.5), ms(1)], [400, 400, 400]],
  ['headroom', 'shares by what is left', [{ free: 0.25 }, { free: 0.75 }], [300, 900]],
  ['headroom', 'takes what has something left before what has nothing', [{ free: 0 }, { free: 0.5 }], [1, 1_199]],
  ['random-in-priority', 'knows no warmth and no latency', [{ warmth: 0.1 }, ms(5)], [600, 600]],
  ['apim-policy', 'knows no warmth and no latency', [{ warmth: 0.1 }, ms(5)], [600, 600]],
];

for (const [name, what, given, want] of TABLE) {
  test(`${name}: ${what}`, () => assert.deepEqual(shares(name, ...given), want));
}

test('round-robin: goes round in the order of the pool', () => {
  const candidates = ['a', 'b', 'c'].map((on) => lookOf({ member: { on } }));
  const order = Array.from({ length: 6 }, (_, turn) =>
    strategyOf('round-robin').choose(candidates, { cachedShare: 0, turn }, 0.9),
  );
  assert.deepEqual(
    order.map((look) => look.deployment.backend.name),
    ['a', 'b', 'c', 'a', 'b', 'c'],
  );
});

test('round-robin: by weight, in every run of turns nobody is more than two ahead of or behind its share', () => {
  const weights = [5, 1, 3, 0.5];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const candidates = weights.map((weight, i) => lookOf({ member: { on: `r${i}`, weight } }));
  const order = Array.from({ length: 400 }, (_, turn) =>
    candidates.indexOf(strategyOf('round-robin').choose(candidates, { cachedShare: 0, turn: turn + 1_000_000 }, 0)),
  );
  for (let from = 0; from < 300; from += 7)
    for (const length of [5, 10, 50, 100])
      for (const [i, weight] of weights.entries()) {
        const taken = order.slice(from, from + length).filter((each) => each === i).length;
        assert.ok(Math.abs(taken - (length * weight) / total) <= 2, `${i}: ${taken} of ${length} from ${from}`);
      }
});

test('latency: whatever was measured, each one keeps a share, so that it is measured again', () => {
  const latencies = fc.array(fc.option(fc.double({ min: 0, max: 120_000, noNaN: true })), {
    minLength: 1,
    maxLength: 32,
  });
  fc.assert(
    fc.property(latencies, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, unit) => {
      const candidates = all.map((latencyMs, i) => lookOf({ member: { on: `r${i}` }, latencyMs }));
      assert.ok(candidates.includes(strategyOf('latency').choose(candidates, NO_FACTS, unit)));
    }),
    { seed: 6 },
  );
});

function looks(...reasons: readonly (PassedOverReason | null)[]): Look[] {
  return reasons.map((reason, i) => lookOf({ member: { on: `r${i}`, priority: reasons.length - i }, reason }));
}

const INSISTING: ReadonlyArray<
  readonly [name: StrategyName, given: readonly (PassedOverReason | null)[], unit: number, want: number | null]
> = [
  ['random-in-priority', ['throttled', 'throttled', 'throttled'], 0, 0],
  ['random-in-priority', ['throttled', 'throttled', 'throttled'], 0.99, 2],
  ['apim-policy', ['throttled', 'throttled', 'throttled'], 0.99, 0],
  ['apim-policy', ['paused', 'throttled', 'throttled'], 0.99, 1],
  // Both try again only while one is left that is not throttled.
  ['random-in-priority', ['tried', 'throttled', 'throttled'], 0.5, null],
  ['apim-policy', ['throttled', 'tried', 'throttled'], 0.5, null],
  ['random-in-priority', ['throttled', null, 'throttled'], 0.99, 1],
  ['apim-policy', ['throttled', null, 'throttled'], 0, 1],
  ['random-in-priority', ['paused', 'breakerOpen'], 0, null],
];

for (const [name, given, unit, want] of INSISTING) {
  test(`${name}: of ${given.join(', ')}, at ${unit}, takes ${want}`, () => {
    const seen = looks(...given);
    const chosen = choose(seen, strategyOf(name), NO_FACTS, { unit, isLastResort: true });
    assert.equal(chosen === null ? null : seen.indexOf(chosen), want);
    if (chosen !== null) assert.equal(chosen.reason, null);
  });
}

test('strategies: only the ancestors send to what is throttled', () => {
  const insisting = STRATEGY_NAMES.filter(
    (name) =>
      choose(looks('throttled', 'throttled'), strategyOf(name), NO_FACTS, { unit: 0, isLastResort: true }) !== null,
  );
  assert.deepEqual(insisting, ['random-in-priority', 'apim-policy']);
});

test('strategyOf: finds each by its own name', () => {
  for (const name of STRATEGY_NAMES) assert.equal(strategyOf(name).name, name);
});
