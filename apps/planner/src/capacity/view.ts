/** What the calculator answers, whatever it was computed from: table, JSON and report are made of this. */
import type { DeploymentType } from '@spillway/protocol';
import type { Cost, PriceOrigin } from './cost.ts';
import type { Demand } from './demand.ts';
import type { Place, StandardNeed } from './formulas.ts';
import type { Trial } from './trial.ts';

export interface WorkloadView {
  readonly name: string;
  readonly callsPerMinute: number;
  readonly promptTokens: string;
  readonly answerTokens: string;
  readonly cachedShare: number;
  readonly maxTokens: number | null;
}

export type Source =
  | { readonly kind: 'given'; readonly workloads: readonly WorkloadView[] }
  | {
      readonly kind: 'measured';
      readonly files: readonly string[];
      /** Names in the records that this is about. */
      readonly models: readonly string[];
      readonly calls: number;
      /** Of those, calls whose tokens nobody told; each counts like an average one. */
      readonly unknownCalls: number;
      /** ISO 8601. */
      readonly from: string;
      readonly minutes: number;
    };

/** PTUs of one deployment type. */
export interface SizeView {
  readonly place: Place;
  readonly type: DeploymentType;
  /** null: not offered. */
  readonly units: number | null;
  /** Of the minute that is sized for, by these units; 1 is 100 %. */
  readonly utilisation: number | null;
}

/** A minute that is as busy as so many percent of the minutes at most. */
export interface BusyView {
  readonly percentile: number;
  readonly normalisedPerMinute: number;
  readonly raw: number;
  /** Of the chosen type. */
  readonly units: number | null;
}

/** What so many units leave over. */
export interface SpillView {
  readonly units: number;
  /** 0 to 1, of normalised tokens, of calls, of minutes. */
  readonly tokenShare: number;
  readonly callShare: number;
  readonly minuteShare: number;
  /** Quota that its busiest minute needs; null: nothing overflows. */
  readonly standard: StandardNeed | null;
}

export interface CarriedView {
  readonly units: number;
  /** In the mix of the workloads; null: without a bound, since nothing is asked. */
  readonly callsPerMinute: number | null;
  readonly perMinute: Demand;
  /** Where so many cannot be bought: the next that can. */
  readonly buyable: ReadonlyArray<{ readonly place: Place; readonly units: number | null }>;
}

export interface CostView extends Cost {
  readonly origin: PriceOrigin;
  /** null: PTUs cannot be told, and tokens by use alone are priced. */
  readonly units: number | null;
  /** Average load as a share of the units' capacity; null likewise. */
  readonly meanLoad: number | null;
}

export interface PlanView {
  readonly model: string;
  /** null, as all that is told in PTUs: no figures of the model are published, and none were given. */
  readonly figures: {
    readonly inputTokensPerMinutePerUnit: number;
    readonly outputWeight: number;
    readonly origin: string;
  } | null;
  /** Why there are no PTUs, and how to give the figures; null: there are. */
  readonly missing: string | null;
  readonly source: Source;
  /** What is sized for: the workloads as given, or the minute at the percentile. */
  readonly sizedFor: 'given' | number;
  readonly perMinute: Demand;
  readonly normalisedPerMinute: number | null;
  readonly raw: number | null;
  /** The chosen one. */
  readonly place: Place;
  /** Empty without figures. */
  readonly sizes: readonly SizeView[];
  /** Minute by minute, measured or of random arrivals; empty where there are none. */
  readonly busy: readonly BusyView[];
  readonly isRandom: boolean;
  readonly spill: SpillView | null;
  /** All of it as Standard, in the busiest minute that is sized for. */
  readonly standard: StandardNeed;
  readonly carried: CarriedView | null;
  readonly cost: CostView | null;
  readonly trial: Trial | null;
}

/** For the report's plots alone. */
export interface PlanSeries {
  /** Normalised tokens of each minute, in order. */
  readonly loads: readonly number[];
  /** Units that can be bought, and what they leave over. */
  readonly curve: readonly SpillPoint[];
}

export interface SpillPoint {
  readonly units: number;
  readonly tokenShare: number;
  /** Units and what overflows, by the month, in the cheapest term; null: no prices. */
  readonly perMonth: number | null;
}

export interface CapacityPlan extends PlanView {
  readonly series: PlanSeries;
}
