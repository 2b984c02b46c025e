/** What a decision sees of each deployment: plain figures, so that a recorded decision can be made again from them alone. */

import { kinship } from './affinity.ts';
import type { Allowance, BoundReason } from './allowance.ts';
import { admit } from './breaker.ts';
import type { Deployment } from './fleet.ts';
import type { Need } from './need.ts';
import { coolest, isProbed, yields } from './recovery.ts';
import type { Seat } from './seats.ts';
import { type DeploymentState, freeOf, opensAtMs, quotaOpensAtMs } from './state.ts';
import { isThrottled } from './throttle.ts';
import { isAsLong, isAsShort } from './too-long.ts';

export type PassedOverReason =
  /** Already tried in this exchange. */
  | 'tried'
  /** An operator paused it. */
  | 'paused'
  /** The request is pinned to another deployment. */
  | 'notPinned'
  /** The request names state that another backend keeps. */
  | 'ownedElsewhere'
  /** The client may not use it. */
  | BoundReason
  | 'throttled'
  | 'breakerOpen'
  | 'backendBreakerOpen'
  /** How long it was to be left alone was a guess, and the first request since is still under way. */
  | 'probing'
  /** It, or one that is no shorter, refused a prompt like this one as too long. */
  | 'promptTooLong'
  /** The request is larger than its whole quota. */
  | 'tooLarge'
  /** Its quota is believed to be spent until then. */
  | 'noHeadroom'
  /** All are nearly full: the one that has read most of the prompt before is worth a wait. */
  | 'coldCache'
  /** All are nearly full, and the one that has read most of this prompt is worth a wait: here it would take twice the room or more. */
  | 'coldCache'
  /** A deployment with a lower priority number may be used. */
  | 'higherPriorityNumber'
  /** Of equal priority; the strategy took another. */
  | 'notDrawn';

/** Headroom of the freest deployment below which it matters where a prompt was read before. */
export const NEARLY_FULL = 0.3;

export interface Look {
  readonly deployment: Deployment;
  /** What stood in its way when it was looked at; null: nothing did. A choice may have gone over it. */
  readonly found: Obstacle | null;
  /** Why it does not serve; null where it may, or does. Set once more when another one is taken. */
  reason: PassedOverReason | null;
  /** Until when, in milliseconds since 1970, where the reason has an end; else null. */
  untilMs: number | null;
  /** The reason is believed, not told: it yields before a request is refused. */
  readonly isGuess: boolean;
  /** Share of its quota that is left: 0 to 1; 1 where nothing is known. */
  readonly free: number;
  /** Below 1 while it comes back from a failure: the share of its weight that counts. Above 0. */
  readonly warmth: number;
  /** Attempts under way. */
  readonly inFlight: number;
  /** Usual time to the first byte; null: never measured. Milliseconds. */
  readonly latencyMs: number | null;
  /** Nearness to the request's cache key, comparable within one decision; 0 where there is no key. */
  readonly kinship: number;
  /** It reads prompts with the request's cache key again and again: they are cached there as well as at their home. Looked up only where all are nearly full; else false. */
  isHot: boolean;
}

/** Which deployments may serve at all, whatever state they are in. */
export interface Bounds {
  /** Id of the only deployment that may serve; null for any. */
  readonly pinnedTo: string | null;
  /** Name of the only backend that can serve: it keeps what the request names (wire §1.6); null for any. */
  readonly ownedBy: string | null;
  /** What the client may use; null: everything. */
  readonly allowance: Allowance | null;
  /** The last one that refused the request as too long, in this exchange: those that are no larger would too. Default null. */
  readonly tooLongFor?: Deployment | null;
}

export interface Ask extends Bounds {
  /** Ids of deployments this exchange has tried. */
  readonly tried: readonly string[];
  readonly need: Need;
  /** It comes back as it was told to: what is held for such requests is held for it too. */
  readonly isPromised: boolean;
  /** Nobody else may wait or try later: what is only believed no longer stands in its way. */
  readonly isLastResort: boolean;
}

export const ANYWHERE: Bounds = { pinnedTo: null, ownedBy: null, allowance: null };

/** @param verdict on it, of those that allowance.ts gives for the pool. @returns why it may not; null where it may. */
export function outOfBounds(
  deployment: Deployment,
  { pinnedTo, ownedBy, tooLongFor = null }: Bounds,
  verdict: BoundReason | null,
): 'notPinned' | 'ownedElsewhere' | 'promptTooLong' | BoundReason | null {
  if (pinnedTo !== null && pinnedTo !== deployment.id) return 'notPinned';
  if (verdict !== null) return verdict;
  if (ownedBy !== null && ownedBy !== deployment.backend.name) return 'ownedElsewhere';
  return tooLongFor !== null && isAsShort(deployment, tooLongFor) ? 'promptTooLong' : null;
}

/** @param verdict as for {@link outOfBounds}. @param foresees whether the strategy counts quota. */
export function lookAt(seat: Seat, ask: Ask, verdict: BoundReason | null, nowMs: number, foresees: boolean): Look {
  const { deployment, state, backend } = seat;
  const { cacheKey } = ask.need;
  const found = obstacleOf(seat, ask, verdict, nowMs) ?? (foresees ? shortage(state, ask, nowMs) : null);
  return {
    deployment,
    found,
    reason: found?.reason ?? null,
    untilMs: found?.untilMs ?? null,
    isGuess: found?.isGuess ?? false,
    free: foresees ? freeOf(state, nowMs) : 1,
    warmth: coolest(state, backend, nowMs),
    inFlight: state.inFlight,
    latencyMs: state.latencyMs,
    kinship: cacheKey === null ? 0 : kinship(cacheKey, state.idHash, deployment.weight),
    isHot: false,
  };
}

export interface Obstacle {
  readonly reason: PassedOverReason;
  readonly untilMs: number | null;
  readonly isGuess: boolean;
}

function obstacleOf(seat: Seat, ask: Ask, verdict: BoundReason | null, nowMs: number): Obstacle | null {
  const { deployment, state, backend } = seat;
  const bound = outOfBounds(deployment, ask, verdict);
  if (bound !== null) return told(bound, null);
  if (ask.tried.length > 0 && ask.tried.includes(deployment.id)) return told('tried', null);
  if (state.paused) return told('paused', null);
  if (isThrottled(state.throttle, nowMs)) {
    return { reason: 'throttled', untilMs: state.throttle.untilMs, isGuess: yields(state, nowMs) };
  }
  if (admit(state.breaker, nowMs) === 'block') return told('breakerOpen', opensAtMs(state, backend, nowMs));
  if (admit(backend.breaker, nowMs) === 'block') return told('backendBreakerOpen', opensAtMs(state, backend, nowMs));
  // Tokens are estimated: where nobody else is left it is asked again, and what it answers is the client's.
  if (state.tooLong !== null && isAsLong(ask.need, state.tooLong)) {
    return { reason: 'promptTooLong', untilMs: null, isGuess: true };
  }
  return null;
}

function shortage(state: DeploymentState, ask: Ask, nowMs: number): Obstacle | null {
  if (isProbed(state, nowMs)) return { reason: 'probing', untilMs: state.probeUntilMs, isGuess: true };
  const opensMs = quotaOpensAtMs(state, ask.need, nowMs, ask.isPromised);
  if (opensMs <= nowMs) return null;
  const isGuess = state.quotas.every((quota) => quota.isGuess(nowMs));
  if (opensMs === Number.POSITIVE_INFINITY) return { reason: 'tooLarge', untilMs: null, isGuess };
  return { reason: 'noHeadroom', untilMs: opensMs, isGuess };
}

function told(reason: PassedOverReason, untilMs: number | null): Obstacle {
  return { reason, untilMs, isGuess: false };
}
