/** Shares by weight: `unit` falls into one of the intervals laid end to end. For fleets that an operator has divided by hand. */
import type { Look } from '../look.ts';
import type { Strategy } from './strategy.ts';

export const weighted: Strategy = {
  name: 'weighted',
  foresees: false,
  insist: null,
  choose: (candidates, _facts, unit) => drawn(candidates, unit, weightOf),
};

/** What of its weight counts now. */
export function weightOf({ deployment, warmth }: Look): number {
  return deployment.weight * warmth;
}

/** @param shareOf 0 or more; where all are 0 the last one is drawn. */
export function drawn(candidates: readonly Look[], unit: number, shareOf: (look: Look) => number): Look {
  let total = 0;
  for (const look of candidates) total += shareOf(look);
  let left = unit * total;
  let last: Look | undefined;
  for (const look of candidates) {
    last = look;
    left -= shareOf(look);
    if (left < 0) return look;
  }
  // Rounding may leave `unit` a hair past the last interval.
  if (last === undefined) throw new RangeError('a strategy was asked to choose among no candidates');
  return last;
}
