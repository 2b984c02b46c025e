/**
 * Which deployment serves a request: of those that may be used, the lowest priority number; among equals by weight.
 * Says why each other one was passed over.
 */
import { type Allowance, type BoundReason, notAllowed } from './allowance.ts';
import { admit } from './breaker.ts';
import type { Deployment, Pool } from './fleet.ts';
import { type States, usableFromMs } from './state.ts';
import { isThrottled } from './throttle.ts';

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
  /** A deployment with a lower priority number may be used. */
  | 'higherPriorityNumber'
  /** Of equal priority; the draw by weight fell on another. */
  | 'notDrawn';

export interface PassedOver {
  readonly deployment: Deployment;
  readonly reason: PassedOverReason;
  /** Until when, in milliseconds since 1970, where the reason has an end; else null. */
  readonly untilMs: number | null;
}

export type Decision =
  | { readonly kind: 'send'; readonly deployment: Deployment; readonly passedOver: readonly PassedOver[] }
  | { readonly kind: 'none'; readonly passedOver: readonly PassedOver[] };

export interface Ask extends Bounds {
  /** Ids of deployments this exchange has tried. */
  readonly tried: readonly string[];
}

/** Which deployments may serve at all, whatever state they are in. */
export interface Bounds {
  /** Id of the only deployment that may serve; null for any. */
  readonly pinnedTo: string | null;
  /** Name of the only backend that can serve: it keeps what the request names (wire §1.6); null for any. */
  readonly ownedBy: string | null;
  /** What the client may use; null: everything. */
  readonly allowance: Allowance | null;
}

/** @returns why it may not; null where it may. */
export function outOfBounds(
  deployment: Deployment,
  { pinnedTo, ownedBy, allowance }: Bounds,
): 'notPinned' | 'ownedElsewhere' | BoundReason | null {
  if (pinnedTo !== null && pinnedTo !== deployment.id) return 'notPinned';
  const reason = allowance === null ? null : notAllowed(deployment, allowance);
  if (reason !== null) return reason;
  return ownedBy !== null && ownedBy !== deployment.backend.name ? 'ownedElsewhere' : null;
}

/** The moment and the dice: `unit` is a number in [0, 1). */
export interface At {
  readonly nowMs: number;
  readonly unit: number;
}

export function pick(pool: Pool, states: States, ask: Ask, at: At): Decision {
  const passedOver: PassedOver[] = [];
  const candidates: Deployment[] = [];
  for (const deployment of pool.members) {
    const obstacle = obstacleOf(deployment, states, ask, at.nowMs);
    if (obstacle === null) candidates.push(deployment);
    else passedOver.push(obstacle);
  }
  const deployment = draw(lowestPriority(candidates, passedOver), at.unit, passedOver);
  return deployment === null ? { kind: 'none', passedOver } : { kind: 'send', deployment, passedOver };
}

function obstacleOf(deployment: Deployment, states: States, ask: Ask, nowMs: number): PassedOver | null {
  const reason = outOfBounds(deployment, ask);
  if (reason !== null) return { deployment, reason, untilMs: null };
  if (ask.tried.includes(deployment.id)) return { deployment, reason: 'tried', untilMs: null };
  const state = states.deployment(deployment);
  if (state.paused) return { deployment, reason: 'paused', untilMs: null };
  if (isThrottled(state.throttle, nowMs)) return { deployment, reason: 'throttled', untilMs: state.throttle.untilMs };
  if (admit(state.breaker, nowMs) === 'block') return blocked(deployment, 'breakerOpen', states, nowMs);
  const backend = states.backend(deployment.backend);
  if (admit(backend.breaker, nowMs) === 'block') return blocked(deployment, 'backendBreakerOpen', states, nowMs);
  return null;
}

function blocked(deployment: Deployment, reason: PassedOverReason, states: States, nowMs: number): PassedOver {
  return { deployment, reason, untilMs: usableFromMs(states, deployment, nowMs) };
}

function lowestPriority(candidates: readonly Deployment[], passedOver: PassedOver[]): readonly Deployment[] {
  let lowest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) lowest = Math.min(lowest, candidate.priority);
  return candidates.filter((deployment) => {
    if (deployment.priority === lowest) return true;
    passedOver.push({ deployment, reason: 'higherPriorityNumber', untilMs: null });
    return false;
  });
}

/** Shares by weight: `unit` falls into one of the intervals laid end to end. */
function draw(candidates: readonly Deployment[], unit: number, passedOver: PassedOver[]): Deployment | null {
  let total = 0;
  for (const candidate of candidates) total += candidate.weight;
  let left = unit * total;
  let drawn: Deployment | null = null;
  for (const deployment of candidates) {
    left -= deployment.weight;
    if (drawn === null && left < 0) drawn = deployment;
    else passedOver.push({ deployment, reason: 'notDrawn', untilMs: null });
  }
  return drawn ?? lastOf(candidates, passedOver);
}

/** Rounding may leave `unit` a hair past the last interval. */
function lastOf(candidates: readonly Deployment[], passedOver: PassedOver[]): Deployment | null {
  const last = candidates.at(-1) ?? null;
  if (last !== null) passedOver.pop();
  return last;
}
