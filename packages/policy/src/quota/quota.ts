/**
 * What is believed of a quota: how much of it is left, and when it opens. Fed by what is sent, by what Azure's headers say, by what
 * answers used and by refusals. A belief: the truth is Azure's alone (wire §6, §7), and each forecast states how far off it was.
 */
import type { Usage } from '@spillway/protocol';
import type { Need } from '../need.ts';
import type { Reading } from './reading.ts';

/** What a request that was sent is held to cost, until its answer tells. Made by {@link Quota.reserve}; the rest is the quota's own. */
export interface Reservation {
  readonly need: Need;
  /** Standard: tokens. Provisioned: normalised tokens. */
  readonly charge: number;
  /** Milliseconds since 1970. */
  readonly sentMs: number;
}

/**
 * How a request that was reserved for ended. served: with an answer, whose usage may be known. refused: with a 429. unsent: it never
 * left. lost: it left, and what became of it is not known.
 */
export type Settlement =
  | { readonly kind: 'served'; readonly usage: Usage }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'lost' };

/** What a limit lets in. */
export interface Rate {
  readonly perPeriod: number;
  /** Length of its windows. Milliseconds. */
  readonly periodMs: number;
}

/** How the room of a limit that was spent comes back. */
export interface Filling {
  /** Which of the two was spent, for longer than the other. */
  readonly of: 'tokens' | 'requests';
  /**
   * Drop by drop, as a leaky bucket or a sliding window does, so that whoever takes a drop delays all who wait for it; else all at
   * once, and what is left before is nobody's loss.
   */
  readonly byDrops: boolean;
  /** null: unknown, or not limited. */
  readonly tokens: Rate | null;
  /** null: unknown, or not limited. */
  readonly requests: Rate | null;
}

/** For people and metrics. Tokens: as counted against the quota; of provisioned deployments normalised. */
export interface QuotaReport {
  readonly kind: 'standard' | 'provisioned';
  /** As configured; null where it is not. Tokens per minute. */
  readonly configuredTokensPerMinute: number | null;
  /** Believed to be in force: as configured, as Azure's headers say, or as refusals taught. Tokens per minute; null: unknown. */
  readonly usableTokensPerMinute: number | null;
  /** What set `usableTokensPerMinute`. */
  readonly usableFrom: 'configured' | 'headers' | 'refusals' | 'unknown';
  /** Of the present window. Tokens; null: unknown. */
  readonly remainingTokens: number | null;
  /** Of the present slice or minute; null: unknown, or not limited. */
  readonly remainingRequests: number | null;
  /** Of a provisioned deployment, 1 is 100 %; null for others. */
  readonly utilisation: number | null;
  /** How the window is believed to move; null: not told apart yet, or provisioned. */
  readonly window: 'fixed' | 'sliding' | null;
  /** When the present window is believed to end. Milliseconds since 1970; null: unknown. */
  readonly windowEndsMs: number | null;
  /** How far the forecast was off lately, on average. Tokens; null: never compared. */
  readonly errorTokens: number | null;
  /** Tokens a minute that others are believed to send to the same deployment. */
  readonly othersTokensPerMinute: number;
}

export interface Quota {
  readonly kind: 'standard' | 'provisioned';
  /**
   * Earliest moment at which such a request is believed to be let in. @returns nowMs or earlier where that is now; Infinity where it
   * never will be. Milliseconds since 1970. @param owedTokens held for requests that were promised a place.
   * @param owedRequests how many these are; on average, and so not always whole. Default 0.
   */
  opensAtMs(need: Need, nowMs: number, owedTokens: number, owedRequests?: number): number;
  /** How that fills again which the last {@link opensAtMs} found spent; where it found room, how its tokens do. */
  filling(nowMs: number): Filling;
  /** Whether the last {@link opensAtMs} rests on a guess, not on what Azure told. */
  isGuess(nowMs: number): boolean;
  /** What such a request is believed to be charged on arrival: in what {@link opensAtMs} takes as owed. Tokens. */
  chargeOf(need: Need): number;
  /** Share that is left: 0 to 1; 1 where nothing is known. */
  free(nowMs: number): number;
  reserve(need: Need, nowMs: number): Reservation;
  /** An answer's head has come: 2xx with what is left, or 429. Once for each reservation at most, before it is settled. */
  read(reservation: Reservation, reading: Reading, nowMs: number): void;
  /** Once for each reservation. */
  settle(reservation: Reservation, settlement: Settlement, nowMs: number): void;
  report(nowMs: number): QuotaReport;
}
