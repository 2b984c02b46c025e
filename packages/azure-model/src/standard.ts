/**
 * How a Standard deployment counts: tokens in fixed minutes, requests in shorter slices. Both run from the deployment's first
 * request, and a refused request counts like any other, which is why blind retries make things worse.
 * Source: wire reference §6.2 (tokens), §6.4 (slices), §6.5 (what is left after the present request). What a request costs is
 * estimate.ts's matter.
 */
import { type ModelFacts, requestsPerMinuteOf } from '@spillway/protocol';

export interface StandardLimits {
  readonly tokensPerMinute: number;
  readonly requestsPerMinute: number;
  /** Length of the slices in which requests are counted; a minute is a whole number of them. Milliseconds. */
  readonly requestWindowMs: number;
}

export const MINUTE_MS = 60_000;

/**
 * Wait told to a request that is larger than a whole minute's tokens: no wait can help it. Milliseconds.
 * Source: wire reference §3.4, "the 86,400-second case"; its cause is our inference.
 */
export const TOO_LARGE_WAIT_MS = 86_400_000;

/** @param capacity thousands of tokens per minute, as in Azure's `sku.capacity`. */
export function standardLimits(facts: ModelFacts, capacity: number, requestsPerMinute?: number): StandardLimits {
  const tokensPerMinute = Math.round(capacity * 1000);
  return {
    tokensPerMinute,
    requestsPerMinute: requestsPerMinute ?? requestsPerMinuteOf(facts, tokensPerMinute),
    requestWindowMs: facts.requestWindowSeconds * 1000,
  };
}

/** Which limit refused: Azure's messages say "token" and "call". */
export type Exceeded = 'tokens' | 'requests';

export type Admission =
  | { readonly kind: 'admitted'; readonly left: Left }
  | { readonly kind: 'refused'; readonly exceeded: Exceeded; readonly waitMs: number; readonly left: Left };

/** What remains of the present minute, this request deducted; never below 0. */
export interface Left {
  readonly tokens: number;
  readonly requests: number;
}

/** The counters as they stand, for people. */
export interface WindowState {
  readonly tokens: number;
  readonly requests: number;
  readonly requestsInSlice: number;
  readonly requestsPerSlice: number;
  /** null before the first request. Milliseconds since 1970. */
  readonly endsAtMs: number | null;
  readonly sliceEndsAtMs: number | null;
  /** Held shut by an operator until then; null where it is not. */
  readonly throttledUntilMs: number | null;
}

export class StandardWindow {
  readonly limits: StandardLimits;
  readonly #requestsPerSlice: number;
  #originMs: number | null = null;
  #minute = 0;
  #slice = 0;
  #tokens = 0;
  #requests = 0;
  #requestsInSlice = 0;
  #throttledUntilMs = Number.NEGATIVE_INFINITY;

  constructor(limits: StandardLimits) {
    this.limits = limits;
    this.#requestsPerSlice = Math.ceil((limits.requestsPerMinute * limits.requestWindowMs) / MINUTE_MS);
  }

  /** Counts a request, whatever becomes of it, and says whether it is served. */
  admit(costTokens: number, nowMs: number): Admission {
    const originMs = this.#roll(nowMs);
    this.#tokens += costTokens;
    this.#requests++;
    this.#requestsInSlice++;
    if (nowMs < this.#throttledUntilMs) return this.#refused('tokens', this.#throttledUntilMs - nowMs);
    if (costTokens > this.limits.tokensPerMinute) return this.#refused('tokens', TOO_LARGE_WAIT_MS);
    if (this.#tokens > this.limits.tokensPerMinute) {
      return this.#refused('tokens', originMs + (this.#minute + 1) * MINUTE_MS - nowMs);
    }
    if (this.#requestsInSlice > this.#requestsPerSlice) {
      return this.#refused('requests', originMs + (this.#slice + 1) * this.limits.requestWindowMs - nowMs);
    }
    return { kind: 'admitted', left: this.#left() };
  }

  /** Refuses everything until then, as a deployment whose quota was spent elsewhere. */
  throttleUntil(untilMs: number): void {
    this.#throttledUntilMs = untilMs;
  }

  /** Empties the counters and lifts a throttle; the next request begins a new minute. */
  reset(): void {
    this.#originMs = null;
    this.#tokens = 0;
    this.#requests = 0;
    this.#requestsInSlice = 0;
    this.#throttledUntilMs = Number.NEGATIVE_INFINITY;
  }

  state(nowMs: number): WindowState {
    if (this.#originMs !== null) this.#roll(nowMs);
    const originMs = this.#originMs;
    return {
      tokens: this.#tokens,
      requests: this.#requests,
      requestsInSlice: this.#requestsInSlice,
      requestsPerSlice: this.#requestsPerSlice,
      endsAtMs: originMs === null ? null : originMs + (this.#minute + 1) * MINUTE_MS,
      sliceEndsAtMs: originMs === null ? null : originMs + (this.#slice + 1) * this.limits.requestWindowMs,
      throttledUntilMs: nowMs < this.#throttledUntilMs ? this.#throttledUntilMs : null,
    };
  }

  /** Begins a new minute or slice where the old one is over. @returns when the first minute began. */
  #roll(nowMs: number): number {
    if (this.#originMs === null) {
      this.#originMs = nowMs;
      this.#minute = 0;
      this.#slice = 0;
      return nowMs;
    }
    const slice = Math.floor((nowMs - this.#originMs) / this.limits.requestWindowMs);
    if (slice <= this.#slice) return this.#originMs;
    this.#slice = slice;
    this.#requestsInSlice = 0;
    const minute = Math.floor((nowMs - this.#originMs) / MINUTE_MS);
    if (minute > this.#minute) {
      this.#minute = minute;
      this.#tokens = 0;
      this.#requests = 0;
    }
    return this.#originMs;
  }

  #left(): Left {
    return {
      tokens: Math.max(0, this.limits.tokensPerMinute - this.#tokens),
      requests: Math.max(0, this.limits.requestsPerMinute - this.#requests),
    };
  }

  /** What was exceeded shows as 0 left, also where only a slice of it is spent. */
  #refused(exceeded: Exceeded, waitMs: number): Admission {
    const left = this.#left();
    return {
      kind: 'refused',
      exceeded,
      waitMs,
      left: exceeded === 'tokens' ? { ...left, tokens: 0 } : { ...left, requests: 0 },
    };
  }
}
