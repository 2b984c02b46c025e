/**
 * "Not before": how long a deployment is left alone after a 429. A throttle is no failure and has nothing to do with the breaker.
 * Source: wire reference §3.4, §3.5, §10 nos. 1–4.
 */
import type { HintSource, RetryHint } from '@spillway/protocol';
import type { ThrottleSettings } from './fleet.ts';

export type ThrottleSource = HintSource | 'default';

export interface Throttle {
  /** Milliseconds since 1970; 0 when it never was throttled. */
  readonly untilMs: number;
  readonly source: ThrottleSource | null;
}

export const NEVER_THROTTLED: Throttle = { untilMs: 0, source: null };

/** A hint is capped, a missing one stands for the default; a throttle is never shortened by a later, smaller hint. */
export function throttle(
  before: Throttle,
  hint: RetryHint | null,
  nowMs: number,
  settings: ThrottleSettings,
): Throttle {
  const waitMs = Math.min(hint?.waitMs ?? settings.defaultMs, settings.capMs);
  const untilMs = nowMs + waitMs;
  return untilMs > before.untilMs ? { untilMs, source: hint?.source ?? 'default' } : before;
}

export function isThrottled(state: Throttle, nowMs: number): boolean {
  return state.untilMs > nowMs;
}
