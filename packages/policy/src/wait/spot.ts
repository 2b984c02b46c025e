/** Where and when a place opens for a request that nobody can take now, with all that stands before it. */

import { verdictsOf } from '../allowance.ts';
import type { Deployment, Pool } from '../fleet.ts';
import { type Bounds, outOfBounds } from '../look.ts';
import type { Need } from '../need.ts';
import type { Filling } from '../quota/quota.ts';
import { type DeploymentState, type States, usableFromMs } from '../state.ts';
import { isAsLong } from '../too-long.ts';
import type { Debts, Load } from './debts.ts';

export interface Spot {
  readonly deployment: Deployment;
  /** Milliseconds since 1970. */
  readonly opensMs: number;
  /** Of the quota that opens last; null where the deployment has none. */
  readonly filling: Filling | null;
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

/** When it would be somebody's turn. */
interface Turn {
  /** Of the request, in the room. */
  readonly rank: number;
  readonly how: 'waits' | 'told';
  /** Places that are open before do not count: whoever has them did not serve. Milliseconds since 1970. */
  readonly fromMs: number;
  readonly nowMs: number;
}

/**
 * @returns the place that opens first; null where nobody knows of one.
 */
export function earliestSpot(
  pool: Pool,
  { states, debts }: Books,
  wish: Wish,
  { rank, how, fromMs, nowMs }: Turn,
): Spot | null {
  let earliest: Spot | null = null;
  const verdicts = verdictsOf(pool, wish.allowance);
  for (const [i, deployment] of pool.members.entries()) {
    if (wish.tried.includes(deployment.id) || outOfBounds(deployment, wish, verdicts?.[i] ?? null) !== null) continue;
    const spot = spotAt(states, deployment, wish.need, debts.before(deployment, rank, how), nowMs);
    if (spot === null || spot.opensMs < fromMs || spot.opensMs >= (earliest?.opensMs ?? Number.POSITIVE_INFINITY))
      continue;
    earliest = spot;
  }
  return earliest;
}

/** @param owed what goes before. @returns null where something else than quota keeps it from serving. */
function spotAt(states: States, deployment: Deployment, need: Need, owed: Load, nowMs: number): Spot | null {
  const state = states.deployment(deployment);
  const usableMs = usableFromMs(states, deployment, nowMs);
  if (usableMs === null || !isSound(states, deployment, state)) return null;
  if (state.tooLong !== null && isAsLong(need, state.tooLong)) return null;
  let opensMs = Number.NEGATIVE_INFINITY;
  let filling: Filling | null = null;
  let isGuess = usableMs > nowMs;
  for (const quota of state.quotas) {
    const quotaMs = quota.opensAtMs(need, nowMs, owed.tokens, owed.requests);
    if (quotaMs > opensMs) filling = quota.filling(nowMs);
    opensMs = Math.max(opensMs, quotaMs);
    isGuess &&= quota.isGuess(nowMs);
  }
  // What Azure told with a refusal is more than a guess.
  return { deployment, opensMs: isGuess ? usableMs : Math.max(usableMs, opensMs), filling };
}

function isSound(states: States, { backend }: Deployment, { breaker }: DeploymentState): boolean {
  return breaker.kind === 'closed' && states.backend(backend).breaker.kind === 'closed';
}
