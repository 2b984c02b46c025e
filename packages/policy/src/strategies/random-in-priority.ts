/**
 * The load balancer sample for Container Apps, as it is: any of those of the lowest priority number that are not throttled, each as
 * likely, and where all are throttled any of all. A baseline to compare with, and for those who want what they had.
 * Source: wire reference §10.1, §3.5.
 */
import type { Look } from '../look.ts';
import type { Strategy } from './strategy.ts';
import { drawn } from './weighted.ts';

export const randomInPriority: Strategy = {
  name: 'random-in-priority',
  foresees: false,
  insist: anyOf,
  choose: (candidates, _facts, unit) => anyOf(candidates, unit),
};

/** The sample knows no weights. */
export function anyOf(candidates: readonly Look[], unit: number): Look {
  return drawn(candidates, unit, () => 1);
}
