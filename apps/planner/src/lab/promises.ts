/**
 * What the product promises, as checks over all seeds: by the median of them, and where a refusal is promised away also with all seeds
 * counted together, so that a bad draw cannot hide behind good ones. How each seed does alone is told beside. Ours is the strategy
 * `headroom`; a promise that compares it to others is checked where these were run too. What is measured is in measures.ts.
 */
import { STRATEGY_NAMES, type StrategyName } from '@spillway/policy';
import type { SeedResult } from './compare-seed.ts';
import { NO_MORE } from './figures.ts';
import {
  atSpill,
  atSpillP5,
  beyondOracle,
  beyondOracleWithin,
  cached,
  goodput,
  goodputLowered,
  honest,
  interactiveRefused,
  type Measure,
  medianOver,
  pooledOver,
  type Reading,
  resultOf,
  utilisationError,
  wastedAlone,
  wastedPer1000,
} from './measures.ts';
import type { PromiseName, Scenario } from './types.ts';

export interface PromiseCheck {
  readonly promise: PromiseName;
  /** What is looked at: `429s beyond the oracle's, per 10,000 requests`. */
  readonly name: string;
  readonly sense: 'atMost' | 'atLeast';
  /** The median of the seeds. */
  readonly measured: number;
  readonly wanted: number;
  /** All seeds as one long run: counts are summed and divided then; what is no count is averaged. */
  readonly pooled: number;
  /** What `pooled` has to keep to; null: it is told and not held. */
  readonly pooledWanted: number | null;
  /** Each seed alone, against the limit as it is for it alone; without those that have nothing of it. */
  readonly seeds: readonly SeedCheck[];
  /** Seeds that miss the limit alone. */
  readonly seedsOver: number;
  /** The one that is farthest on the wrong side of its limit, or nearest to it; null where no seed has the figure. */
  readonly worst: SeedCheck | null;
  /** The median keeps to its limit, and `pooled` to its own where it has one. */
  readonly holds: boolean;
}

export interface SeedCheck {
  readonly seed: number;
  readonly value: number;
  /** Of a comparison: by what the others did with this seed. */
  readonly wanted: number;
  readonly isOver: boolean;
}

/** Promised and not looked at. */
export interface Unchecked {
  readonly promise: PromiseName;
  readonly name: string;
  /** Strategies that it takes and that were not run. */
  readonly needs: readonly StrategyName[];
}

const OURS: StrategyName = 'headroom';
const BASELINE: StrategyName = 'random-in-priority';
const OTHERS = STRATEGY_NAMES.filter((name) => name !== OURS);

/** More than the oracle's, of 10,000 requests: what is taken for none. */
const BEYOND_MAX = 1;
/** The same where the mean is so near the limit that the oracle refuses too. */
const BEYOND_MAX_AT_THE_EDGE = 25;
/** Wasted sends below which nothing is counted in times: of 1,000 requests. */
const WASTED_NONE = 0.5;

/** Of what a scenario promises, each figure that is looked at. */
export function checkPromises(scenario: Scenario, seeds: readonly SeedResult[]): readonly PromiseCheck[] {
  return rulesOf(scenario).flatMap((rule) => (missing(rule, seeds).length > 0 ? [] : [check(rule, seeds)]));
}

/** What {@link checkPromises} could not look at, for want of strategies. */
export function uncheckedPromises(scenario: Scenario, seeds: readonly SeedResult[]): readonly Unchecked[] {
  return rulesOf(scenario).flatMap((rule) => {
    const needs = missing(rule, seeds);
    return needs.length === 0 ? [] : [{ promise: rule.promise, name: rule.name, needs }];
  });
}

/** Those that the promises of a scenario compare to ours, and ours, which comes first. */
export function strategiesNeeded(scenario: Scenario): readonly StrategyName[] {
  return [...new Set([OURS, ...rulesOf(scenario).flatMap(({ against }) => against)])];
}

interface Rule {
  readonly promise: PromiseName;
  readonly name: string;
  readonly sense: PromiseCheck['sense'];
  readonly measure: Measure;
  /** Strategies that are compared to. */
  readonly against: readonly StrategyName[];
  /** By what the others did, over the same choice of seeds; null: nothing of theirs was measured. */
  readonly limit: (of: Reading) => number | null;
  /** What all seeds together have to keep to; null: nothing. */
  readonly pooledLimit: ((of: Reading) => number | null) | null;
}

type Told = Pick<Rule, 'name' | 'measure'> & Partial<Pick<Rule, 'against' | 'pooledLimit'>>;

function atMost(wanted: number | Rule['limit'], told: Told): Omit<Rule, 'promise'> {
  return { against: [], pooledLimit: null, ...told, sense: 'atMost', limit: limitOf(wanted) };
}

function atLeast(wanted: number, told: Told): Omit<Rule, 'promise'> {
  return { against: [], pooledLimit: null, ...told, sense: 'atLeast', limit: limitOf(wanted) };
}

function limitOf(wanted: number | Rule['limit']): Rule['limit'] {
  return typeof wanted === 'number' ? () => wanted : wanted;
}

function rulesOf(scenario: Scenario): readonly Rule[] {
  return scenario.promises.flatMap((promise) => RULES[promise](scenario).map((rule) => ({ promise, ...rule })));
}

const RULES: Readonly<Record<PromiseName, (scenario: Scenario) => ReadonlyArray<Omit<Rule, 'promise'>>>> = {
  no429: (scenario) => [noneBeyond(scenario, BEYOND_MAX)],
  noWait429: (scenario) => {
    const limit: Rule['limit'] = (of) => times(of(BASELINE, beyondOracle), 1 / 100, BEYOND_MAX);
    const pooledLimit = exceptionOf(scenario) ?? limit;
    const name = `429s beyond the oracle's, per 10,000 requests (1 % of ${BASELINE}'s)`;
    return [atMost(limit, { name, measure: beyondOracle, against: [BASELINE], pooledLimit })];
  },
  edge429: (scenario) => [
    atMost(BEYOND_MAX, {
      name: `429s beyond the oracle's, per 10,000 of the requests before which a minute brought at most ${100 * NO_MORE} %`,
      measure: beyondOracleWithin,
      pooledLimit: () => BEYOND_MAX,
    }),
    noneBeyond(scenario, BEYOND_MAX_AT_THE_EDGE),
  ],
  wasted10x: () => {
    const tenth: Rule['limit'] = (of) => times(of(BASELINE, wastedPer1000), 1 / 10, WASTED_NONE);
    const name = `wasted sends per 1,000 (a tenth of ${BASELINE}'s)`;
    const best = "wasted sends per 1,000 (a fifth of the best other strategy's)";
    return [
      atMost(tenth, { name, measure: wastedPer1000, against: [BASELINE] }),
      atMost((of) => times(leastWasted(of), 1 / 5, WASTED_NONE), {
        name: best,
        measure: wastedPer1000,
        against: OTHERS,
      }),
    ];
  },
  overload: () => [
    atLeast(0.98, { name: "goodput, share of the oracle's", measure: goodput }),
    atLeast(0.95, { name: 'first comebacks served, share', measure: honest }),
  ],
  ptuFirst: () => [
    atLeast(0.95, { name: 'utilisation when a request spills, mean', measure: atSpill }),
    atLeast(0.95, { name: 'utilisation when a request spills, 5th percentile', measure: atSpillP5 }),
    atMost(0, { name: 'interactive 429s, per 10,000 interactive requests', measure: interactiveRefused }),
    atMost(5, { name: 'utilisation, error, points (p95)', measure: utilisationError }),
  ],
  halving: () => [
    atLeast(0.9, {
      name: "goodput a minute after the limit fell, share of the oracle's",
      measure: goodputLowered,
    }),
  ],
  others: () => [
    atMost((of) => times(of(OURS, wastedAlone), 2, WASTED_NONE), {
      name: 'wasted sends per 1,000 (twice those without others)',
      measure: wastedPer1000,
    }),
  ],
  cache: (scenario) => [
    atLeast(0.9, { name: 'cached tokens, share of perfect stickiness', measure: cached }),
    noneBeyond(scenario, BEYOND_MAX),
  ],
};

function noneBeyond(scenario: Scenario, most: number): Omit<Rule, 'promise'> {
  const pooledLimit = exceptionOf(scenario) ?? (() => most);
  return atMost(most, { name: "429s beyond the oracle's, per 10,000 requests", measure: beyondOracle, pooledLimit });
}

/** Of a scenario that says why all its seeds together are not held to the limit of their median. */
function exceptionOf({ pooledMost }: Scenario): (() => number) | null {
  return pooledMost === null ? null : () => pooledMost.per10000;
}

/** @param least a limit is never below it. */
function times(value: number | null, factor: number, least: number): number | null {
  return value === null ? null : Math.max(least, value * factor);
}

function leastWasted(of: Reading): number | null {
  const each = OTHERS.map((name) => of(name, wastedPer1000)).filter((wasted) => wasted !== null);
  return each.length === 0 ? null : Math.min(...each);
}

function missing({ against }: Rule, seeds: readonly SeedResult[]): readonly StrategyName[] {
  return [OURS, ...against].filter((name) => !seeds.some((seed) => resultOf(seed, name) !== null));
}

/** What was not measured does not hold: a promise that nobody looked at is none. */
function check(rule: Rule, seeds: readonly SeedResult[]): PromiseCheck {
  const { promise, name, sense, measure, limit, pooledLimit } = rule;
  const medians = medianOver(seeds);
  const together = pooledOver(seeds);
  const measured = medians(OURS, measure) ?? Number.NaN;
  const wanted = limit(medians) ?? Number.NaN;
  const pooled = together(OURS, measure) ?? Number.NaN;
  const pooledWanted = pooledLimit === null ? null : (pooledLimit(together) ?? Number.NaN);
  const alone = seeds.flatMap((seed) => seedCheck(rule, seed));
  return {
    promise,
    name,
    sense,
    measured,
    wanted,
    pooled,
    pooledWanted,
    seeds: alone,
    seedsOver: alone.filter(({ isOver }) => isOver).length,
    worst: worstOf(sense, alone),
    holds: keeps(sense, measured, wanted) && (pooledWanted === null || keeps(sense, pooled, pooledWanted)),
  };
}

function seedCheck({ measure, limit, sense }: Rule, seed: SeedResult): readonly SeedCheck[] {
  const of = medianOver([seed]);
  const [value, wanted] = [of(OURS, measure), limit(of)];
  if (value === null || wanted === null) return [];
  return [{ seed: seed.seed, value, wanted, isOver: !keeps(sense, value, wanted) }];
}

/** The first of those that are equally bad. */
function worstOf(sense: PromiseCheck['sense'], seeds: readonly SeedCheck[]): SeedCheck | null {
  const excess = ({ value, wanted }: SeedCheck) => (sense === 'atMost' ? value - wanted : wanted - value);
  return seeds.reduce<SeedCheck | null>(
    (worst, seed) => (worst === null || excess(seed) > excess(worst) ? seed : worst),
    null,
  );
}

/** Never of what was not measured. */
function keeps(sense: PromiseCheck['sense'], value: number, wanted: number): boolean {
  return sense === 'atMost' ? value <= wanted : value >= wanted;
}
