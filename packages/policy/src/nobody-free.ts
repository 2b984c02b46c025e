/**
 * What to tell a client when no deployment can take its request: 429 with the earliest time at which one will, as long as any is
 * merely throttled; else 503. Source: wire reference §3.5, §8.1 (which waits the SDKs obey), §10 no. 7.
 */
import type { Deployment, PolicySettings, Pool } from './fleet.ts';
import { type Bounds, outOfBounds } from './pick.ts';
import { type States, usableFromMs } from './state.ts';
import { isThrottled } from './throttle.ts';

export interface NobodyFree {
  readonly status: 429 | 503;
  /** Milliseconds until the earliest deployment may be used; whole, 1 or more. */
  readonly retryAfterMs: number;
}

/** Said where nothing is known of when it will work again (all paused, or a probe is out). */
export const UNKNOWN_WAIT_MS = 1_000;

/** @param bounds as in pick's Ask: only deployments within them count. */
export function nobodyFree(
  pool: Pool,
  states: States,
  bounds: Bounds,
  nowMs: number,
  settings: PolicySettings,
): NobodyFree {
  const members = pool.members.filter((deployment) => outOfBounds(deployment, bounds) === null);
  const status = members.some((deployment) => isMerelyThrottled(states, deployment, nowMs)) ? 429 : 503;
  // One that may be used now and still did not serve has just failed; when it will work again nobody knows.
  const laterMs = members
    .map((deployment) => usableFromMs(states, deployment, nowMs))
    .filter((fromMs) => fromMs !== null && fromMs > nowMs);
  const waitMs = laterMs.length === 0 ? UNKNOWN_WAIT_MS : Math.min(...laterMs.map(Number)) - nowMs;
  return { status, retryAfterMs: Math.max(1, Math.ceil(Math.min(waitMs, longest(settings)))) };
}

/** Whether its quota is all that keeps a deployment from serving. */
export function isMerelyThrottled(states: States, deployment: Deployment, nowMs: number): boolean {
  const { throttle, breaker, paused } = states.deployment(deployment);
  if (paused || !isThrottled(throttle, nowMs)) return false;
  return breaker.kind === 'closed' && states.backend(deployment.backend).breaker.kind === 'closed';
}

function longest(settings: PolicySettings): number {
  return Math.max(settings.throttle.capMs, settings.breaker.cooldownMsMax);
}
