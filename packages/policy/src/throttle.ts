/**
 * "Not before": how long a deployment is left alone after a 429. A throttle is no failure and has nothing to do with the breaker.
 * Source: wire reference §3.4, §3.5, §10 nos. 1–4.
 */
import type { HintSource, RetryHint } from '@spillway/protocol';
import type { ThrottleSettings } from './fleet.ts';

/** default: the 429 gave no hint; how long it holds is a guess. */
export type ThrottleSource = HintSource | 'default';

export interface Throttle {
  /** Milliseconds since 1970; 0 when it never was throttled. */
  readonly untilMs: number;
  readonly source: ThrottleSource | null;
  /** When the refusal came that set it. Milliseconds since 1970. */
  readonly atMs: number;
}

export const NEVER_THROTTLED: Throttle = { untilMs: 0, source: null, atMs: 0 };

/**
 * A hint that is this long or longer is about one request, larger than the whole quota; the deployment may well serve others at once
 * (wire §3.4: 86,400 s). Milliseconds.
 */
export const LONG_HINT_MS = 3_600_000;

/** A wait that we made up is lengthened by up to this share of it, so that replicas do not come back together. */
const SPREAD = 0.2;

/** @param unit in [0, 1). */
export function spread(waitMs: number, unit: number): number {
  return waitMs * (1 + SPREAD * unit);
}

/**
 * A hint is capped, a missing one stands for the default; a throttle is never shortened by a later, smaller hint.
 * @param unit in [0, 1): spreads the default. Azure's own hints are kept to the millisecond.
 */
export function throttle(
  before: Throttle,
  hint: RetryHint | null,
  nowMs: number,
  settings: ThrottleSettings,
  unit = 0,
): Throttle {
  const waitMs = Math.min(hint?.waitMs ?? spread(settings.defaultMs, unit), settings.capMs);
  const untilMs = nowMs + waitMs;
  return untilMs > before.untilMs ? { untilMs, source: hint?.source ?? 'default', atMs: nowMs } : before;
}

export function isThrottled(state: Throttle, nowMs: number): boolean {
  return state.untilMs > nowMs;
}
