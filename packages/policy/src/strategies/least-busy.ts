/**
 * The one with the fewest attempts under way for its weight. For provisioned deployments and long answers, where what is slow piles up.
 * It knows only of the attempts of this replica.
 */
import type { Look } from '../look.ts';
import type { Strategy } from './strategy.ts';
import { drawn, weightOf } from './weighted.ts';

export const leastBusy: Strategy = {
  name: 'least-busy',
  foresees: false,
  insist: null,
  choose(candidates, _facts, unit) {
    let least = Number.POSITIVE_INFINITY;
    for (const look of candidates) least = Math.min(least, busy(look));
    return drawn(candidates, unit, (look) => (busy(look) === least ? weightOf(look) : 0));
  },
};

function busy(look: Look): number {
  return look.inFlight / weightOf(look);
}
