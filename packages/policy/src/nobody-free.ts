/**
 * What to tell a client when no deployment can take its request: 429 with the earliest time at which one will, as long as any is
 * merely throttled; else 503. Source: wire reference §3.5, §8.1 (which waits the SDKs obey), §10 no. 7.
 */

import { verdictsOf } from './allowance.ts';
import type { Deployment, PolicySettings, Pool } from './fleet.ts';
import { type Bounds, outOfBounds } from './look.ts';
import type { Need } from './need.ts';
import { quotaOpensAtMs, type States, usableFromMs } from './state.ts';
import { isThrottled } from './throttle.ts';

export interface NobodyFree {
  readonly status: 429 | 503;
  /** Milliseconds until the earliest deployment may be used; whole, 1 or more. */
  readonly retryAfterMs: number;
}

/** Said where nothing is known of when it will work again (all paused, or a probe is out). */
export const UNKNOWN_WAIT_MS = 1_000;

/** @param asked as in pick's Ask: only deployments within its bounds count. */
export function nobodyFree(
  pool: Pool,
  states: States,
  asked: Bounds & { readonly need: Need },
  nowMs: number,
  settings: PolicySettings,
): NobodyFree {
  const verdicts = verdictsOf(pool, asked.allowance);
  const members = pool.members.filter((member, i) => outOfBounds(member, asked, verdicts?.[i] ?? null) === null);
  const { need } = asked;
  const status = members.some((deployment) => isMerelyThrottled(states, deployment, need, nowMs)) ? 429 : 503;
  // One that may be used now and still did not serve has just failed; when it will work again nobody knows.
  const laterMs = members
    .map((deployment) => servesFromMs(states, deployment, need, nowMs))
    .filter((fromMs) => fromMs !== null && fromMs > nowMs && fromMs < Number.POSITIVE_INFINITY);
  const waitMs = laterMs.length === 0 ? UNKNOWN_WAIT_MS : Math.min(...laterMs.map(Number)) - nowMs;
  return { status, retryAfterMs: Math.max(1, Math.ceil(Math.min(waitMs, longest(settings)))) };
}

/** From when on such a request may be sent to it: when it is usable, and its quota is believed to have room. null: nobody knows. */
function servesFromMs(states: States, deployment: Deployment, need: Need, nowMs: number): number | null {
  const usableMs = usableFromMs(states, deployment, nowMs);
  if (usableMs === null) return null;
  return Math.max(usableMs, quotaOpensAtMs(states.deployment(deployment), need, nowMs, false));
}

/** Whether its quota is all that keeps a deployment from serving. */
export function isMerelyThrottled(states: States, deployment: Deployment, need: Need, nowMs: number): boolean {
  const state = states.deployment(deployment);
  const { throttle, breaker, paused } = state;
  if (paused) return false;
  if (!isThrottled(throttle, nowMs) && quotaOpensAtMs(state, need, nowMs, false) <= nowMs) return false;
  return breaker.kind === 'closed' && states.backend(deployment.backend).breaker.kind === 'closed';
}

function longest(settings: PolicySettings): number {
  return Math.max(settings.throttle.capMs, settings.breaker.cooldownMsMax);
}
