/**
 * Figures of a run with their weights, so that runs can be added up: the weighted mean of all seeds is what one long run of them would have
 * given, since the weight is what the figure was divided by. What is no count (a percentile) weighs the same in every seed.
 */
import type { StrategyName } from '@spillway/policy';
import type { SeedResult, StrategyResult } from './compare-seed.ts';
import type { Figures } from './figures.ts';

export interface Measured {
  readonly value: number;
  /** What the value was divided by: requests, the oracle's tokens, spills. 0 or more. */
  readonly weight: number;
}

/** null: there is nothing of it in this run, as a spill where there are no units. */
export type Measure = (result: StrategyResult, seed: SeedResult) => Measured | null;

/** The figure of a strategy, over whatever was chosen of the seeds; null where none of them has it. */
export type Reading = (strategy: StrategyName, measure: Measure) => number | null;

/** One seed is one vote, however bad it is. */
export function medianOver(seeds: readonly SeedResult[]): Reading {
  return (strategy, measure) => median(allOf(seeds, strategy, measure).map(({ value }) => value));
}

/** All seeds as one run: a bad one counts by as much as it is bad. */
export function pooledOver(seeds: readonly SeedResult[]): Reading {
  return (strategy, measure) => {
    const all = allOf(seeds, strategy, measure);
    const weight = all.reduce((sum, one) => sum + one.weight, 0);
    return weight === 0 ? null : all.reduce((sum, one) => sum + one.value * one.weight, 0) / weight;
  };
}

function allOf(seeds: readonly SeedResult[], strategy: StrategyName, measure: Measure): readonly Measured[] {
  return seeds.flatMap((seed) => {
    const result = resultOf(seed, strategy);
    return (result === null ? null : measure(result, seed)) ?? [];
  });
}

export function resultOf(seed: SeedResult, name: StrategyName): StrategyResult | null {
  return seed.strategies.find((one) => one.name === name) ?? null;
}

/**
 * Requests refused that the oracle serves, of 10,000. A seed in which fewer are refused than by the oracle counts as none, and does not make
 * up for another.
 */
export const beyondOracle: Measure = ({ figures }, { oracle }) =>
  of(10_000, Math.max(0, figures.refused - oracle.refused), figures.requests);

/** The same of those alone that came when the last minute had brought no more than is to be served. */
export const beyondOracleWithin: Measure = ({ figures }, { oracle }) =>
  of(10_000, Math.max(0, figures.refusedWithin - oracle.refusedWithin), figures.within);

/** Interactive requests refused, of 10,000 of them. */
export const interactiveRefused: Measure = ({ figures }) => of(10_000, figures.refusedInteractive, figures.interactive);

export const wastedPer1000: Measure = ({ figures }) => wastedOf(figures);

/** The same without the traffic of others. */
export const wastedAlone: Measure = ({ alone }) => (alone === null ? null : wastedOf(alone));

function wastedOf({ wasted, requests }: Figures): Measured {
  return of(1_000, wasted, requests);
}

function of(count: number, part: number, whole: number): Measured {
  return { value: (count * part) / Math.max(1, whole), weight: whole };
}

/** Share of the oracle's. */
export const goodput: Measure = ({ figures }, { oracle }) => share(figures.goodput, oracle.goodput);

/** The same a minute after a limit fell. */
export const goodputLowered: Measure = ({ figures }, { oracle }) =>
  share(figures.goodputLowered, oracle.goodputLowered);

function share(part: number | null, whole: number | null): Measured | null {
  return part === null || whole === null || whole === 0 ? null : { value: part / whole, weight: whole };
}

/** Share of those who came back as told. */
export const honest: Measure = ({ figures }) => weighed(figures.honest, figures.comebacks);

/** Share of what perfect stickiness would have cached. */
export const cached: Measure = ({ figures: { cachedShare, cachedShareBest, promptTokens } }) =>
  cachedShare === null || !cachedShareBest
    ? null
    : weighed(cachedShare / cachedShareBest, cachedShareBest * promptTokens);

/** True utilisation of the emptiest units whenever a request went past them, the mean. */
export const atSpill: Measure = ({ figures }) => weighed(figures.provisionedAtSpill, figures.spills);

/** Of the same moments, what 5 of 100 lie below. */
export const atSpillP5: Measure = ({ figures }) => weighed(figures.provisionedAtSpillP5, 1);

export const utilisationError: Measure = ({ figures }) => weighed(figures.utilisationErrorP95, 1);

function weighed(value: number | null, weight: number): Measured | null {
  return value === null ? null : { value, weight };
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
