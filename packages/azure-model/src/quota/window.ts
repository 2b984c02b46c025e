/** What every way of counting a Standard quota has in common. Source: wire reference §6.2, §6.4; simulator reference. */

export const MINUTE_MS = 60_000;

/**
 * Wait told to a request that is larger than a whole minute's tokens: no wait can help it. Milliseconds.
 * Source: wire reference §3.4, "the 86,400-second case"; its cause is our inference.
 */
export const TOO_LARGE_WAIT_MS = 86_400_000;

export interface StandardLimits {
  /** Infinity: tokens are not limited. */
  readonly tokensPerMinute: number;
  /** Infinity: requests are not limited. */
  readonly requestsPerMinute: number;
  /** Length of the slices in which requests are counted; a minute is a whole number of them. Milliseconds. */
  readonly requestWindowMs: number;
}

/** Requests that a slice takes. */
export function requestsPerSlice({ requestsPerMinute, requestWindowMs }: StandardLimits): number {
  return Math.ceil((requestsPerMinute * requestWindowMs) / MINUTE_MS);
}

/** Which limit refused: Azure's messages say "token" and "call". */
export type Exceeded = 'tokens' | 'requests';

export interface Obstacle {
  readonly exceeded: Exceeded;
  readonly waitMs: number;
}

/** What remains, the present request deducted; never below 0. */
export interface Left {
  readonly tokens: number;
  readonly requests: number;
  /** Of the present slice. */
  readonly requestsOfSlice: number;
}

/** Counters as an operator sets them; what is absent stays. */
export interface Counters {
  /** Tokens that the present minute has counted. */
  readonly tokens?: number;
  /** Requests that the present minute has counted; those of the present slice are set to the same, up to what a slice takes. */
  readonly requests?: number;
}

/** The counters as they stand, for people. */
export interface WindowState {
  readonly tokens: number;
  readonly requests: number;
  readonly requestsInSlice: number;
  readonly requestsPerSlice: number;
  /** When the present minute ends; of a sliding one, when its oldest request leaves it. null where there is none. Milliseconds since 1970. */
  readonly endsAtMs: number | null;
  readonly sliceEndsAtMs: number | null;
}

/** What the reference leaves unconfirmed of counting (wire §6.2, §11 no. 4). */
export interface Counting {
  readonly window: 'fixed' | 'sliding';
  /** Whether a refused request counts like any other. */
  readonly countsRefused: boolean;
  /** When the first fixed minute began; null: with the first request. Milliseconds since 1970. */
  readonly originMs: number | null;
}

/** Asks and counts are apart, so that a request which another quota refuses can be counted as refused here too. */
export interface QuotaWindow {
  /** May be set at any time: lowered for a while, or changed by an operator. */
  limits: StandardLimits;
  /** Why a request of this cost would not be let in now; null where it would. */
  obstacle(costTokens: number, nowMs: number): Obstacle | null;
  /** Counts a request, let in or refused; not before its {@link obstacle} was asked for the same moment. */
  count(costTokens: number, nowMs: number, admitted: boolean): void;
  /**
   * Changes what a request that was let in counts, as when its estimate gives way to what it used. Nothing where it has left the minute.
   * @param byTokens below 0 gives back. @param sinceMs when it was counted.
   */
  correct(byTokens: number, sinceMs: number, nowMs: number): void;
  left(): Left;
  set(counters: Counters, nowMs: number): void;
  reset(): void;
  state(nowMs: number): WindowState;
}
