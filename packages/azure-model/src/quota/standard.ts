/** The quota of a Standard deployment: its limits, how they are counted, and what lowers them for a while. */
import { type ModelFacts, requestsPerMinuteOf } from '@spillway/protocol';
import type { QuotaMode } from './estimate.ts';
import { FixedWindow } from './fixed-window.ts';
import { SlidingWindow } from './sliding-window.ts';
import {
  type Counters,
  type Counting,
  type Exceeded,
  type Left,
  MINUTE_MS,
  type Obstacle,
  type QuotaWindow,
  type StandardLimits,
  type WindowState,
} from './window.ts';

/**
 * What a Standard deployment of this capacity is allowed. @param capacity thousands of tokens per minute, as in Azure's
 * `sku.capacity`; units of requests for models that are limited by requests alone; 0: neither is limited.
 */
export function standardLimits(facts: ModelFacts, capacity: number, requestsPerMinute?: number): StandardLimits {
  const thousands = Math.round(capacity * 1000);
  const derived = capacity === 0 ? Number.POSITIVE_INFINITY : requestsPerMinuteOf(facts, thousands);
  return {
    tokensPerMinute: capacity === 0 || facts.capacityUnit === 'requests' ? Number.POSITIVE_INFINITY : thousands,
    requestsPerMinute: requestsPerMinute ?? derived,
    requestWindowMs: facts.requestWindowSeconds * 1000,
  };
}

/**
 * As a deployment was seen to be limited in 2024: 10 requests in 10 s for each 10,000 tokens per minute (simulator reference R-06,
 * S-61); one that is limited by requests alone counts them over a minute.
 */
export function limitsMeasuredIn2024(capacity: number, requestsPerMinute?: number): StandardLimits {
  if (capacity === 0) {
    const limit = requestsPerMinute ?? Number.POSITIVE_INFINITY;
    return { tokensPerMinute: Number.POSITIVE_INFINITY, requestsPerMinute: limit, requestWindowMs: MINUTE_MS };
  }
  const tokensPerMinute = Math.round(capacity * 1000);
  const derived = Math.ceil(tokensPerMinute / 1000) * 6;
  return { tokensPerMinute, requestsPerMinute: requestsPerMinute ?? derived, requestWindowMs: 10_000 };
}

/** What a Standard deployment is allowed, in the given way of counting. */
export function limitsOf(
  mode: QuotaMode,
  facts: ModelFacts,
  capacity: number,
  requestsPerMinute?: number,
): StandardLimits {
  return mode === 'measured-2024' && (capacity === 0 || facts.capacityUnit === 'thousandTokens')
    ? limitsMeasuredIn2024(capacity, requestsPerMinute)
    : standardLimits(facts, capacity, requestsPerMinute);
}

export type Admission =
  | { readonly kind: 'admitted'; readonly left: Left }
  | { readonly kind: 'refused'; readonly exceeded: Exceeded; readonly waitMs: number; readonly left: Left };

export interface StandardSettings {
  /** As configured. */
  readonly limits: StandardLimits;
  readonly mode: QuotaMode;
  /** Absent: as the mode has it. */
  readonly counting?: Counting;
  /** Of deployments that draw on one quota: counted there too. */
  readonly shared: StandardQuota | null;
}

/** The counters as they stand, for people. */
export interface StandardState extends WindowState {
  /** Held shut by an operator until then; null where it is not. Milliseconds since 1970. */
  readonly throttledUntilMs: number | null;
  /** Limits lowered until then; null where they are not. */
  readonly loweredUntilMs: number | null;
}

export class StandardQuota {
  readonly kind = 'standard';
  readonly settings: StandardSettings;
  readonly #window: QuotaWindow;
  #throttledUntilMs = Number.NEGATIVE_INFINITY;
  #loweredUntilMs = Number.NEGATIVE_INFINITY;

  constructor(settings: StandardSettings) {
    this.settings = settings;
    this.#window = windowOf(settings);
  }

  /** Those in force: below the configured ones while they are lowered. */
  limitsAt(nowMs: number): StandardLimits {
    if (nowMs >= this.#loweredUntilMs) this.#window.limits = this.settings.limits;
    return this.#window.limits;
  }

  /** Says whether a request is served, and counts it: here, and in the quota that is shared. The longer wait names the limit. */
  admit(costTokens: number, nowMs: number): Admission {
    const { shared } = this.settings;
    const obstacle = this.obstacle(costTokens, nowMs);
    const admitted = obstacle === null;
    this.#window.count(costTokens, nowMs, admitted);
    if (shared !== null) shared.#window.count(costTokens, nowMs, admitted);
    const left = shared === null ? this.#window.left() : leastOf(this.#window.left(), shared.#window.left());
    if (admitted) return { kind: 'admitted', left };
    return { kind: 'refused', ...obstacle, left: spent(left, obstacle.exceeded) };
  }

  /** Why a request would not be served now, here and in the quota that is shared; null where it would. Counts nothing. */
  obstacle(costTokens: number, nowMs: number): Obstacle | null {
    const { shared } = this.settings;
    const own = this.#obstacle(costTokens, nowMs);
    return shared === null ? own : longer(own, shared.#obstacle(costTokens, nowMs));
  }

  /** Changes what a request counts that was let in then, here and in the quota that is shared. @param byTokens below 0 gives back. */
  correct(byTokens: number, sinceMs: number, nowMs: number): void {
    this.#window.correct(byTokens, sinceMs, nowMs);
    this.settings.shared?.correct(byTokens, sinceMs, nowMs);
  }

  /**
   * Lowers the tokens per minute for a time, and the requests with them, as Azure does under demand (simulator reference R-11). A
   * limit that is not there is not lowered, and none is ever raised.
   */
  lower(tokensPerMinute: number, untilMs: number): void {
    const { limits } = this.settings;
    const tokens = Math.min(limits.tokensPerMinute, Math.max(0, tokensPerMinute));
    this.#window.limits = { ...limits, tokensPerMinute: tokens, requestsPerMinute: requestsAt(tokens, limits) };
    this.#loweredUntilMs = untilMs;
  }

  /** Refuses everything until then, as a deployment whose quota was spent elsewhere. */
  throttleUntil(untilMs: number): void {
    this.#throttledUntilMs = untilMs;
  }

  set(counters: Counters, nowMs: number): void {
    this.#window.set(counters, nowMs);
  }

  /** Empties the counters, and lifts what an operator laid on it. */
  reset(): void {
    this.#window.reset();
    this.#throttledUntilMs = Number.NEGATIVE_INFINITY;
    this.#loweredUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** What remains, here and in the quota that is shared; nothing is counted. */
  left(nowMs: number): Left {
    const { shared } = this.settings;
    this.limitsAt(nowMs);
    this.#window.state(nowMs);
    return shared === null ? this.#window.left() : leastOf(this.#window.left(), shared.left(nowMs));
  }

  state(nowMs: number): StandardState {
    this.limitsAt(nowMs);
    return {
      ...this.#window.state(nowMs),
      throttledUntilMs: nowMs < this.#throttledUntilMs ? this.#throttledUntilMs : null,
      loweredUntilMs: nowMs < this.#loweredUntilMs ? this.#loweredUntilMs : null,
    };
  }

  #obstacle(costTokens: number, nowMs: number): Obstacle | null {
    this.limitsAt(nowMs);
    const obstacle = this.#untilRaised(this.#window.obstacle(costTokens, nowMs), costTokens, nowMs);
    if (nowMs >= this.#throttledUntilMs) return obstacle;
    return longer({ exceeded: 'tokens', waitMs: this.#throttledUntilMs - nowMs }, obstacle);
  }

  /** What is too large for the lowered limit alone need not wait for a day. */
  #untilRaised(obstacle: Obstacle | null, costTokens: number, nowMs: number): Obstacle | null {
    const tooLarge = obstacle !== null && costTokens > this.#window.limits.tokensPerMinute;
    if (!tooLarge || costTokens > this.settings.limits.tokensPerMinute) return obstacle;
    return { exceeded: 'tokens', waitMs: this.#loweredUntilMs - nowMs };
  }
}

function windowOf({ limits, mode, counting }: StandardSettings): QuotaWindow {
  const window = counting?.window ?? (mode === 'measured-2024' ? 'sliding' : 'fixed');
  return window === 'sliding' ? new SlidingWindow(limits, counting) : new FixedWindow(limits, counting);
}

/** At least one; as many as ever where no limit of tokens gives the measure. */
function requestsAt(
  tokensPerMinute: number,
  { tokensPerMinute: configured, requestsPerMinute }: StandardLimits,
): number {
  if (!Number.isFinite(configured) || !Number.isFinite(requestsPerMinute)) return requestsPerMinute;
  return Math.max(1, Math.round((requestsPerMinute * tokensPerMinute) / configured));
}

function longer(one: Obstacle | null, other: Obstacle | null): Obstacle | null {
  if (one === null || other === null) return one ?? other;
  return other.waitMs > one.waitMs ? other : one;
}

function leastOf(own: Left, shared: Left): Left {
  return {
    tokens: Math.min(own.tokens, shared.tokens),
    requests: Math.min(own.requests, shared.requests),
    requestsOfSlice: Math.min(own.requestsOfSlice, shared.requestsOfSlice),
  };
}

/** What was exceeded shows as 0 left, also where only a slice of it is spent. */
function spent(left: Left, exceeded: Exceeded): Left {
  return exceeded === 'tokens' ? { ...left, tokens: 0 } : { ...left, requests: 0, requestsOfSlice: 0 };
}
