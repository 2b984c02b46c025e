/** How one deployment is chosen among equals. Each strategy has a name that stands in configurations, records and comparisons. */
import type { Look } from '../look.ts';

export const STRATEGY_NAMES = [
  'headroom',
  'weighted',
  'round-robin',
  'least-busy',
  'latency',
  'random-in-priority',
  'apim-policy',
] as const;
export type StrategyName = (typeof STRATEGY_NAMES)[number];

/** What a choice may depend on besides the deployments themselves. */
export interface ChoiceFacts {
  /** Share of the prompt that a deployment which has seen its beginning need not read again: 0 to 1. */
  readonly cachedShare: number;
  /** How many choices were made before in this pool. */
  readonly turn: number;
}

export interface Strategy {
  readonly name: StrategyName;
  /** Whether it counts quota; others learn of a spent one by its 429. */
  readonly foresees: boolean;
  /**
   * Where every deployment is throttled and none was tried: which one gets the request all the same, as the ancestors do (wire §10.1).
   * @param throttled at least one, of any priority, in the order of the pool. null: it never insists.
   */
  readonly insist: ((throttled: readonly Look[], unit: number) => Look) | null;
  /**
   * Whether a request had better wait for one that is full than be sent to any that is free. Absent: it never had.
   * @param looks of all. @param isLast it cannot wait: the answer is whether it had better be refused.
   */
  readonly waitsForHome?: (
    looks: readonly Look[],
    candidates: readonly Look[],
    facts: ChoiceFacts,
    isLast: boolean,
  ) => boolean;
  /** @param candidates at least one, all of the lowest priority number. @param unit in [0, 1). */
  choose(candidates: readonly Look[], facts: ChoiceFacts, unit: number): Look;
}
