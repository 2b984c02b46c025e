/**
 * What to tell a client when no deployment can take its request: 429 with the earliest time at which one will, as long as any is
 * merely throttled; else 503. Source: wire reference §3.5, §8.1 (which waits the SDKs obey), §10 no. 7.
 */
import type { PolicySettings, Pool } from './fleet.ts';
import { type States, usableFromMs } from './state.ts';
import { isThrottled } from './throttle.ts';

export interface NobodyFree {
  readonly status: 429 | 503;
  /** Milliseconds until the earliest deployment may be used; whole, 1 or more. */
  readonly retryAfterMs: number;
}

/** Said where nothing is known of when it will work again (all paused, or a probe is out). */
export const UNKNOWN_WAIT_MS = 1_000;

/** @param pinnedTo as in pick's Ask: only that deployment counts. */
export function nobodyFree(
  pool: Pool,
  states: States,
  pinnedTo: string | null,
  nowMs: number,
  settings: PolicySettings,
): NobodyFree {
  let status: 429 | 503 = 503;
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const deployment of pool.members) {
    if (pinnedTo !== null && pinnedTo !== deployment.id) continue;
    const state = states.deployment(deployment);
    const fromMs = usableFromMs(states, deployment, nowMs);
    if (fromMs === null) continue;
    earliestMs = Math.min(earliestMs, fromMs);
    const failing = state.breaker.kind !== 'closed' || states.backend(deployment.backend).breaker.kind !== 'closed';
    if (isThrottled(state.throttle, nowMs) && !failing) status = 429;
  }
  const known = Number.isFinite(earliestMs) && earliestMs > nowMs;
  const waitMs = known ? earliestMs - nowMs : UNKNOWN_WAIT_MS;
  return { status, retryAfterMs: Math.max(1, Math.ceil(Math.min(waitMs, longest(settings)))) };
}

function longest(settings: PolicySettings): number {
  return Math.max(settings.throttle.capMs, settings.breaker.cooldownMsMax);
}
