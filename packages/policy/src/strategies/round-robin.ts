/**
 * Each in its turn, by weight. For deployments that are alike in all that matters, where even shares over few requests count for more
 * than what is left of a quota. What nearly every other balancer offers (peers.md §2).
 */
import type { Look } from '../look.ts';
import type { Strategy } from './strategy.ts';
import { drawn, weightOf } from './weighted.ts';

export const roundRobin: Strategy = {
  name: 'round-robin',
  foresees: false,
  insist: null,
  choose: (candidates, { turn }) => drawn(candidates, phaseOf(candidates, turn), weightOf),
};

/** Multiples of it, whole parts dropped, fill an interval more evenly than those of any other number (Weyl; Knuth volume 3, §6.4). */
const GOLDEN = 0.618_033_988_749_894_9;

/** Where weights are alike, a plain circle; else steps that come by each interval as often as it is long, never long away from one. */
function phaseOf(candidates: readonly Look[], turn: number): number {
  const first = candidates[0];
  const alike = first !== undefined && candidates.every((look) => weightOf(look) === weightOf(first));
  // The middle of an interval: rounding must not move it into the next one.
  return alike ? ((turn % candidates.length) + 0.5) / candidates.length : (turn * GOLDEN) % 1;
}
