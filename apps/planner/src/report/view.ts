/** What a report shows: figures and series as they are drawn and printed, whatever they were computed from. */

/** The figures that a report tells, each with its unit and its definition: the table, the plots and docs/lab.md are made of these. */
export interface FigureKind {
  readonly id: FigureId;
  /** As it heads a column. */
  readonly name: string;
  readonly unit: string;
  /** Which end of it is the good one; null: neither, it describes. */
  readonly better: 'lower' | 'higher' | null;
  /** Digits after the point. */
  readonly digits: number;
  /** One sentence: what is counted, of what, over what. */
  readonly definition: string;
}

export const FIGURE_IDS = [
  'requests',
  'refused',
  'beyondOracle',
  'goodput',
  'wasted',
  'provisionedAtSpill',
  'provisionedMean',
  'interactiveRefused',
  'waitP50',
  'waitP99',
  'fairness',
  'cached',
  'forecastError',
  'utilisationError',
  'honest',
] as const;
export type FigureId = (typeof FIGURE_IDS)[number];

/** A figure over all seeds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface StrategyView {
  readonly name: string;
  /** Those that make sense here: a fleet without provisioned units has no utilisation. */
  readonly figures: ReadonlyMap<FigureId, Spread>;
}

/** One deployment through one run, a value for each step of time. */
export interface DeploymentSeries {
  readonly id: string;
  /** For example `gpt-4o, Standard 300K TPM, priority 1`. */
  readonly what: string;
  readonly isProvisioned: boolean;
  /** Limit in force. Tokens per minute. */
  readonly limit: readonly number[];
  /** Served by it in the minute before, as its quota counts it. Tokens. */
  readonly load: readonly number[];
  /** Left of the quota as believed, share of the limit; of provisioned ones the utilisation. null: nothing is known. */
  readonly believed: readonly (number | null)[];
  /** The same as it was. */
  readonly real: readonly number[];
  /** Tries that it refused with 429, in each step. */
  readonly refused: readonly number[];
}

/** One run of one strategy, to be drawn. */
export interface RunView {
  readonly strategy: string;
  readonly seed: number;
  /** Length of a step. Milliseconds. */
  readonly stepMs: number;
  readonly warmUpMs: number;
  readonly deployments: readonly DeploymentSeries[];
  /** Requests that came in each step. */
  readonly arrived: readonly number[];
  /** Of all those, 429s that clients saw. */
  readonly refused: readonly number[];
  /** Longest wait of the requests that came in the step. Milliseconds. */
  readonly waitMsMax: readonly number[];
  /** Requests that spilled past provisioned units, in each step. */
  readonly spilled: readonly number[];
}

export interface PromiseView {
  /** As a scenario's file names it: `no429`. */
  readonly promise: string;
  /** What is looked at, with its unit. */
  readonly name: string;
  /** The median of the seeds. */
  readonly measured: string;
  /** `at most 1`, and where all seeds together are held to another limit `at most 1, pooled at most 12`. */
  readonly wanted: string;
  readonly holds: boolean;
  /** All seeds as one long run. */
  readonly pooled: string;
  /** `median 0 · pooled 0.8 · 2 of 20 seeds over (worst seed 13: 46)`. */
  readonly told: string;
  readonly spread: PromiseSpread;
}

/** A promise in numbers; null where nothing was measured. */
export interface PromiseSpread {
  readonly sense: 'atMost' | 'atLeast';
  readonly median: number | null;
  /** Of the median. */
  readonly limit: number | null;
  /** All seeds as one long run. */
  readonly pooled: number | null;
  /** Of `pooled`; null: it is told and not held. */
  readonly pooledLimit: number | null;
  /** Seeds that miss the limit alone, of `seeds`. */
  readonly seedsOver: number;
  readonly worst: SeedValue | null;
  readonly seeds: readonly SeedValue[];
}

/** One seed alone. */
export interface SeedValue {
  readonly seed: number;
  readonly value: number;
  /** For this seed: that of a comparison goes by what the others did with it. */
  readonly limit: number;
  readonly isOver: boolean;
}

/** Promised, and not looked at in this run. */
export interface UncheckedView {
  readonly promise: string;
  readonly name: string;
  /** Strategies that were not run. */
  readonly needs: readonly string[];
}

/** What the best balancer that knows the truth does on the same traffic: medians. */
export interface OracleView {
  /** 429s, of 10,000 requests. */
  readonly refused: number;
  /** Its goodput, as a share of what nobody can pass. */
  readonly ofBound: number;
}

export interface ScenarioView {
  readonly name: string;
  readonly why: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly strategies: readonly StrategyView[];
  readonly promises: readonly PromiseView[];
  readonly unchecked: readonly UncheckedView[];
  /** Why all seeds together are held to less than their median; null: they are not. */
  readonly exception: string | null;
  readonly oracle: OracleView | null;
  /** null: not recorded. */
  readonly run: RunView | null;
}

export interface LabView {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly scenarios: readonly ScenarioView[];
}
