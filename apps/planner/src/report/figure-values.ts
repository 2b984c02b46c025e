/** From what the lab measured to the figures that are told. */
import type { SeedResult, StrategyResult } from '../lab/compare-seed.ts';
import type { Figures } from '../lab/figures.ts';
import { atSpill, beyondOracle, cached, goodput, honest, type Measure, wastedPer1000 } from '../lab/measures.ts';
import { FIGURE_IDS, type FigureId, type Spread } from './view.ts';

type Of = (result: StrategyResult, seed: SeedResult) => number | null;

/** null: it makes no sense in that run, as utilisation of a fleet without provisioned units. */
const VALUES: Readonly<Record<FigureId, Of>> = {
  requests: ({ figures }) => figures.requests,
  refused: ({ figures }) => per(10_000, figures.refused, figures.requests),
  beyondOracle: measured(beyondOracle),
  goodput: percentOf(goodput),
  wasted: measured(wastedPer1000),
  provisionedAtSpill: percentOf(atSpill),
  provisionedMean: ({ figures }) => percent(figures.provisionedMean),
  interactiveRefused: ({ figures }) =>
    figures.interactive === 0 ? null : per(10_000, figures.refusedInteractive, figures.interactive),
  waitP50: ({ figures }) => figures.waitP50Ms,
  waitP99: ({ figures }) => figures.waitP99Ms,
  fairness: ({ figures }) => figures.fairness,
  cached: percentOf(cached),
  forecastError: ({ figures }) => percent(figures.remainingErrorShare),
  utilisationError: ({ figures }) => figures.utilisationErrorP95,
  honest: percentOf(honest),
};

function measured(measure: Measure): Of {
  return (result, seed) => measure(result, seed)?.value ?? null;
}

function percentOf(measure: Measure): Of {
  return (result, seed) => percent(measure(result, seed)?.value ?? null);
}

/** A figure that some seeds do not have is that of the others. */
export function figureSpreads(seeds: readonly SeedResult[], strategy: string): ReadonlyMap<FigureId, Spread> {
  const spreads = new Map<FigureId, Spread>();
  for (const id of FIGURE_IDS) {
    const values = seeds.flatMap((seed) => {
      const result = resultOf(seed, strategy);
      const value = result === undefined ? null : VALUES[id](result, seed);
      return value === null ? [] : [value];
    });
    const spread = spreadOf(values);
    if (spread !== null) spreads.set(id, spread);
  }
  return spreads;
}

function resultOf({ strategies }: SeedResult, name: string): StrategyResult | undefined {
  return strategies.find((one) => one.name === name);
}

/** @returns null where there is nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (min === undefined || max === undefined || low === undefined || high === undefined) return null;
  return { median: (low + high) / 2, min, max };
}

/** 429s of the oracle, of 10,000 requests. */
export function oracleRefused({ refused, requests }: Figures): number {
  return per(10_000, refused, requests);
}

function per(count: number, part: number, whole: number): number {
  return (count * part) / Math.max(1, whole);
}

function percent(share: number | null): number | null {
  return share === null ? null : share * 100;
}
