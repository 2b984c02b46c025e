/**
 * How a deployment comes back: by and by after a failure, and one request first after a throttle that was a guess. Breakers have
 * probes of their own (see breaker.ts).
 */
import { NEVER_THROTTLED, type Throttle } from './throttle.ts';

/** Time in which what is back from a failure comes to its full share. Milliseconds. */
export const SLOW_START_MS = 10_000;
const WARMTH_MIN = 0.1;

export interface Returning {
  /** Since when it is back from a failure; null: it never was away, or long ago. Milliseconds since 1970. */
  backSinceMs: number | null;
}

/** Above 0, up to 1. */
export function warmthOf({ backSinceMs }: Returning, nowMs: number): number {
  if (backSinceMs === null) return 1;
  return Math.min(1, Math.max(WARMTH_MIN, (nowMs - backSinceMs) / SLOW_START_MS));
}

/** Of two things that must both be warm. */
export function coolest(a: Returning, b: Returning, nowMs: number): number {
  if (a.backSinceMs === null && b.backSinceMs === null) return 1;
  return Math.min(warmthOf(a, nowMs), warmthOf(b, nowMs));
}

/** After an attempt's end. @param hasClosed its breaker has just closed. */
export function warm(state: Returning, hasClosed: boolean, nowMs: number): void {
  if (hasClosed) state.backSinceMs = nowMs;
  else if (state.backSinceMs !== null && nowMs - state.backSinceMs >= SLOW_START_MS) state.backSinceMs = null;
}

/** A probe of which nothing is heard holds up the others no longer than this. Milliseconds. */
export const THROTTLE_PROBE_MS_MAX = 5_000;

export interface Throttled {
  throttle: Throttle;
  /** Until when others wait for the first request after a throttle that was a guess; 0: for none. Milliseconds since 1970. */
  probeUntilMs: number;
}

/** How long a throttle that was a guess holds even where nobody else is left. Milliseconds. */
export const GUESS_HELD_MS = 1_000;

/** Azure did not say how long to wait, and nothing has got through since. */
function isUnproven({ throttle }: Throttled): boolean {
  return throttle.source === 'default';
}

/** Its first request after a guess is under way. */
export function isProbed(state: Throttled, nowMs: number): boolean {
  return state.probeUntilMs > nowMs && isUnproven(state);
}

/** It is throttled by a guess, which yields before a request is refused; one at a time finds out, and no more than one in a second. */
export function yields(state: Throttled, nowMs: number): boolean {
  return isUnproven(state) && !isProbed(state, nowMs) && nowMs >= state.throttle.atMs + GUESS_HELD_MS;
}

/** @returns whether the request that is about to be sent is the first one. */
export function beginThrottleProbe(state: Throttled, nowMs: number): boolean {
  if (!isUnproven(state) || state.probeUntilMs > nowMs) return false;
  state.probeUntilMs = nowMs + THROTTLE_PROBE_MS_MAX;
  return true;
}

/** @param hasPassed the quota let it in. */
export function endThrottleProbe(state: Throttled, hasPassed: boolean): void {
  state.probeUntilMs = 0;
  if (hasPassed && isUnproven(state)) state.throttle = NEVER_THROTTLED;
}
