/**
 * What the product promises, as checks over the medians of all seeds. Ours is the strategy `headroom`; a promise that compares it to
 * others is checked where these were run too.
 */
import type { StrategyName } from '@spillway/policy';
import type { SeedResult, StrategyResult } from './compare-seed.ts';
import type { Figures } from './figures.ts';
import type { PromiseName, Scenario } from './types.ts';

export interface PromiseCheck {
  readonly promise: PromiseName;
  /** What is looked at: `429s beyond the oracle's, per 10,000 requests`. */
  readonly name: string;
  readonly measured: number;
  readonly wanted: number;
  readonly sense: 'atMost' | 'atLeast';
  readonly holds: boolean;
}

const OURS: StrategyName = 'headroom';
const BASELINE: StrategyName = 'random-in-priority';

/** More than the oracle's, of 10,000 requests: what is taken for none. */
const BEYOND_MAX = 1;
/** The same where the mean is so near the limit that the oracle refuses too. */
const BEYOND_MAX_AT_THE_EDGE = 50;
/** Wasted sends below which nothing is counted in times: of 1,000 requests. */
const WASTED_NONE = 0.5;

export function checkPromises({ promises }: Scenario, seeds: readonly SeedResult[]): readonly PromiseCheck[] {
  if (!seeds.some((seed) => resultOf(seed, OURS) !== null)) return [];
  return promises.flatMap((promise) => CHECKS[promise](seeds).map((check) => ({ promise, ...check })));
}

type Check = Omit<PromiseCheck, 'promise'>;

const CHECKS: Readonly<Record<PromiseName, (seeds: readonly SeedResult[]) => readonly Check[]>> = {
  no429: (seeds) => [noneBeyond(seeds)],
  noWait429: (seeds) => {
    const baseline = medianOf(seeds, BASELINE, beyondOracle);
    if (baseline === null) return [];
    const name = `429s beyond the oracle's, per 10,000 requests (1 % of ${BASELINE}'s)`;
    return [atMost(name, medianOf(seeds, OURS, beyondOracle), Math.max(BEYOND_MAX, baseline / 100))];
  },
  edge429: (seeds) => [noneBeyond(seeds, BEYOND_MAX_AT_THE_EDGE)],
  wasted10x: (seeds) => {
    const baseline = medianOf(seeds, BASELINE, wastedPer1000);
    const best = leastWasted(seeds);
    const ours = medianOf(seeds, OURS, wastedPer1000);
    return [
      ...(baseline === null
        ? []
        : [atMost(`wasted sends per 1,000 (a tenth of ${BASELINE}'s)`, ours, limit(baseline / 10))]),
      ...(best === null
        ? []
        : [atMost(`wasted sends per 1,000 (a fifth of ${best.name}'s)`, ours, limit(best.wasted / 5))]),
    ];
  },
  overload: (seeds) => [
    atLeast("goodput, share of the oracle's", medianOf(seeds, OURS, goodputShare), 0.98),
    atLeast(
      'first comebacks served, share',
      medianOf(seeds, OURS, ({ figures }) => figures.honest),
      0.95,
    ),
  ],
  ptuFirst: (seeds) => [
    atLeast(
      'utilisation when a request spills',
      medianOf(seeds, OURS, ({ figures }) => figures.provisionedAtSpill),
      0.95,
    ),
    atMost(
      'interactive 429s',
      medianOf(seeds, OURS, ({ figures }) => figures.refusedInteractive),
      0,
    ),
    atMost(
      'utilisation, error, points (p95)',
      medianOf(seeds, OURS, ({ figures }) => figures.utilisationErrorP95),
      5,
    ),
  ],
  halving: (seeds) => [
    atLeast("goodput a minute after the limit fell, share of the oracle's", medianOf(seeds, OURS, loweredShare), 0.9),
  ],
  others: (seeds) => {
    const alone = medianOf(seeds, OURS, ({ alone }) => (alone === null ? null : wastedOf(alone)));
    if (alone === null) return [];
    return [
      atMost(
        'wasted sends per 1,000 (twice those without others)',
        medianOf(seeds, OURS, wastedPer1000),
        limit(2 * alone),
      ),
    ];
  },
  cache: (seeds) => [
    atLeast(
      'cached tokens, share of perfect stickiness',
      medianOf(seeds, OURS, ({ figures }) => cachedOf(figures)),
      0.9,
    ),
    noneBeyond(seeds),
  ],
};

function noneBeyond(seeds: readonly SeedResult[], most = BEYOND_MAX): Check {
  return atMost("429s beyond the oracle's, per 10,000 requests", medianOf(seeds, OURS, beyondOracle), most);
}

function limit(wasted: number): number {
  return Math.max(WASTED_NONE, wasted);
}

export type Of = (result: StrategyResult, seed: SeedResult) => number | null;

/** Requests refused that the oracle serves, of 10,000. */
export const beyondOracle: Of = ({ figures }, { oracle }) =>
  (10_000 * Math.max(0, figures.refused - oracle.refused)) / Math.max(1, figures.requests);

export const wastedPer1000: Of = ({ figures }) => wastedOf(figures);

export const goodputShare: Of = ({ figures }, { oracle }) =>
  oracle.goodput === 0 ? null : figures.goodput / oracle.goodput;

const loweredShare: Of = ({ figures }, { oracle }) =>
  figures.goodputLowered === null || !oracle.goodputLowered ? null : figures.goodputLowered / oracle.goodputLowered;

function wastedOf({ wasted, requests }: Figures): number {
  return (1000 * wasted) / Math.max(1, requests);
}

/** Share of what perfect stickiness would have cached. */
export function cachedOf({ cachedShare, cachedShareBest }: Figures): number | null {
  return cachedShare === null || !cachedShareBest ? null : cachedShare / cachedShareBest;
}

/** Among all strategies but ours. */
function leastWasted(seeds: readonly SeedResult[]): { readonly name: StrategyName; readonly wasted: number } | null {
  let best: { readonly name: StrategyName; readonly wasted: number } | null = null;
  for (const { name } of seeds[0]?.strategies ?? []) {
    if (name === OURS) continue;
    const wasted = medianOf(seeds, name, wastedPer1000);
    if (wasted !== null && wasted < (best?.wasted ?? Number.POSITIVE_INFINITY)) best = { name, wasted };
  }
  return best;
}

/** null where no seed has it. */
function medianOf(seeds: readonly SeedResult[], name: StrategyName, of: Of): number | null {
  const values: number[] = [];
  for (const seed of seeds) {
    const result = resultOf(seed, name);
    const value = result === null ? null : of(result, seed);
    if (value !== null) values.push(value);
  }
  return median(values);
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function resultOf(seed: SeedResult, name: StrategyName): StrategyResult | null {
  return seed.strategies.find((one) => one.name === name) ?? null;
}

/** What was not measured does not hold: a promise that nobody looked at is none. */
function atMost(name: string, measured: number | null, wanted: number): Check {
  return {
    name,
    measured: measured ?? Number.NaN,
    wanted,
    sense: 'atMost',
    holds: measured !== null && measured <= wanted,
  };
}

function atLeast(name: string, measured: number | null, wanted: number): Check {
  return {
    name,
    measured: measured ?? Number.NaN,
    wanted,
    sense: 'atLeast',
    holds: measured !== null && measured >= wanted,
  };
}
