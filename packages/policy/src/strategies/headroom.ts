/**
 * The default: what is left of the quotas decides. Without a cache key each deployment has a share by weight and by what it has left.
 * With one, the nearest to the key serves, and stays its home
 *
 *   as long as it has left, of its quota, a quarter of what the freest one has, times the share of the prompt that is not cached,
 *   and not more than twice its fair share of the attempts under way;
 *
 * then the second nearest, and so on, so that what overflows from one home sticks together too. In numbers: with 90 % of the prompt
 * cached a home is left when it has 2 % left and the freest one 80 %; with nothing cached, when it has 20 % left. Where all is nearly full
 * and the home is spent, a request waits for it instead: see waits-for-home.ts.
 * Source: rendezvous hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2018), where the load is what Azure counts.
 */
import type { Look } from '../look.ts';
import type { Strategy } from './strategy.ts';
import { waitsForHome } from './waits-for-home.ts';
import { drawn, weightOf } from './weighted.ts';

export const headroom: Strategy = {
  name: 'headroom',
  foresees: true,
  insist: null,
  waitsForHome,
  choose(candidates, { cachedShare }, unit) {
    const home = candidates.length > 1 ? nearest(candidates, cachedShare) : null;
    return home ?? drawn(candidates, unit, share);
  },
};

/** A quota that is spent to the last token still has a share, so that something is drawn. */
const FREE_MIN = 1e-6;

function share(look: Look): number {
  return weightOf(look) * Math.max(FREE_MIN, look.free);
}

/** Headroom that a home must have, next to that of the freest, for a prompt of which nothing is cached. */
const HOME_FREE = 0.25;
/** Attempts under way that a home may have, next to its share by weight. Bounds what one hot key does where no quota is known. */
const HOME_BUSY = 2;
/** Fewer attempts under way than these are no load. */
const HOME_BUSY_MIN = 8;

/** @returns null where there is no key, or nobody is fit. */
function nearest(candidates: readonly Look[], cachedShare: number): Look | null {
  let freest = 0;
  let inFlight = 0;
  let weight = 0;
  for (const look of candidates) {
    freest = Math.max(freest, look.free);
    inFlight += look.inFlight;
    weight += look.deployment.weight;
  }
  const freeMin = HOME_FREE * (1 - cachedShare) * freest;
  const busyMax = (HOME_BUSY * (inFlight + 1)) / weight;
  let home: Look | null = null;
  let best = 0;
  for (const look of candidates) {
    const isBusy = look.inFlight >= Math.max(HOME_BUSY_MIN, busyMax * look.deployment.weight);
    // While it comes back from a failure it is home to as many keys as it takes requests.
    const nearness = look.kinship * look.warmth;
    if (nearness <= best || look.free < freeMin || isBusy) continue;
    home = look;
    best = nearness;
  }
  return home;
}
