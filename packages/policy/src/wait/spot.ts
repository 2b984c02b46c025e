/** Where and when a place opens for a request that nobody can take now, with all that stands before it. */

import { verdictsOf } from '../allowance.ts';
import type { Deployment, Pool } from '../fleet.ts';
import { type Bounds, outOfBounds } from '../look.ts';
import type { Need } from '../need.ts';
import { type DeploymentState, type States, usableFromMs } from '../state.ts';
import { isAsLong } from '../too-long.ts';
import type { Debts } from './debts.ts';

export interface Spot {
  readonly deployment: Deployment;
  /** Milliseconds since 1970. */
  readonly opensMs: number;
}

/** What is known of the deployments, and what is spoken for. */
export interface Books {
  readonly states: States;
  readonly debts: Debts;
}

export interface Wish extends Bounds {
  readonly need: Need;
  /** Ids of deployments that it may not use any more. */
  readonly tried: readonly string[];
}

/**
 * @returns the place that opens first; null where nobody knows of one.
 * @param rank of the request, in the room. @param fromMs places that are open before do not count: whoever has them did not serve.
 */
export function earliestSpot(
  pool: Pool,
  { states, debts }: Books,
  wish: Wish,
  { rank, fromMs, nowMs }: { readonly rank: number; readonly fromMs: number; readonly nowMs: number },
): Spot | null {
  let earliest: Spot | null = null;
  const verdicts = verdictsOf(pool, wish.allowance);
  for (const [i, deployment] of pool.members.entries()) {
    if (wish.tried.includes(deployment.id) || outOfBounds(deployment, wish, verdicts?.[i] ?? null) !== null) continue;
    const opensMs = opensFor(states, deployment, wish.need, debts.before(deployment, rank), nowMs);
    if (opensMs < fromMs || opensMs >= (earliest?.opensMs ?? Number.POSITIVE_INFINITY)) continue;
    earliest = { deployment, opensMs };
  }
  return earliest;
}

/** Infinity: nobody knows, or something else than quota keeps it from serving. */
function opensFor(states: States, deployment: Deployment, need: Need, owedTokens: number, nowMs: number): number {
  const state = states.deployment(deployment);
  const usableMs = usableFromMs(states, deployment, nowMs);
  if (usableMs === null || !isSound(states, deployment, state)) return Number.POSITIVE_INFINITY;
  if (state.tooLong !== null && isAsLong(need, state.tooLong)) return Number.POSITIVE_INFINITY;
  let opensMs = usableMs;
  let isGuess = usableMs > nowMs;
  for (const quota of state.quotas) {
    opensMs = Math.max(opensMs, quota.opensAtMs(need, nowMs, owedTokens));
    isGuess &&= quota.isGuess(nowMs);
  }
  // What Azure told with a refusal is more than a guess.
  return isGuess ? usableMs : opensMs;
}

function isSound(states: States, { backend }: Deployment, { breaker }: DeploymentState): boolean {
  return breaker.kind === 'closed' && states.backend(backend).breaker.kind === 'closed';
}

/** How the quota of a deployment fills again. */
export interface Filling {
  /**
   * Drop by drop, as a leaky bucket or a sliding window does, so that whoever takes a drop delays all who wait for it; else all at
   * once, and what is left before is nobody's loss.
   */
  readonly byDrops: boolean;
  /** The smallest, where there are several; null: unknown. */
  readonly tokensPerMinute: number | null;
}

export function fillingOf({ quotas }: DeploymentState, nowMs: number): Filling {
  let byDrops = false;
  let least = Number.POSITIVE_INFINITY;
  for (const quota of quotas) {
    const { usableTokensPerMinute, window } = quota.report(nowMs);
    if (quota.kind === 'provisioned' || window === 'sliding') byDrops = true;
    if (usableTokensPerMinute !== null) least = Math.min(least, usableTokensPerMinute);
  }
  return { byDrops, tokensPerMinute: Number.isFinite(least) && least > 0 ? least : null };
}
