/**
 * One belief of how a quota's window moves. Several are held side by side and compared with what Azure's headers say (see window.ts);
 * the one that errs least is believed. Source: wire reference §6.2 (shape not settled), §11 no. 4.
 */

/** Where a counter stood right after a request was counted. Opaque: only its own counter can read it. */
export interface Mark {
  /** Counted so far, without the corrections made so far. */
  readonly base: number;
  /** Of a fixed window: which one. Of a sliding one: how much has left it since the beginning. */
  readonly epoch: number;
}

/** What Azure said of the moment of a request. */
export interface Sighting {
  readonly mark: Mark;
  /** When the request was sent. Milliseconds since 1970. */
  readonly sentMs: number;
  /** Counted by Azure, the request included. */
  readonly used: number;
  /** A difference up to this is noise. */
  readonly tolerance: number;
  /** Up to so much of a difference may be the request's own. */
  readonly own: number;
}

/** How far a counter was off: what Azure counted less what was believed. null: the sighting is older than the last one, or says nothing. */
export interface Surprise {
  readonly error: number;
  /** A window had ended unnoticed: the error tells nothing of what requests cost. */
  readonly jumped: boolean;
  /** It ended when it was believed that it might: nothing is wrong with the counter. */
  readonly foreseen: boolean;
}

/** What is no longer counted of a request. */
export interface GivenBack {
  readonly amount: number;
  /** Of the request. */
  readonly mark: Mark;
  /** When it was sent. Milliseconds since 1970. */
  readonly sentMs: number;
  /**
   * Azure counted it until now, so that what headers tell of moments before holds it; else it never did, and the count was wrong from the
   * beginning.
   */
  readonly wasCounted: boolean;
}

export interface Counter {
  readonly shape: 'fixed' | 'sliding';
  /** Whether what an answer did not use is given back. */
  readonly refunds: boolean;
  /** Believed to be counted at present. */
  used(nowMs: number): number;
  add(cost: number, nowMs: number): void;
  mark(): Mark;
  see(sighting: Sighting, nowMs: number): Surprise | null;
  giveBack(given: GivenBack, nowMs: number): void;
  /** When at most `room` is counted; `nowMs` where that is now. @param room 0 or more. */
  fallsToMs(room: number, nowMs: number): number;
  /** The same at the best: when it may already be so, as far as is known. */
  mayFallToMs(room: number, nowMs: number): number;
  /** When the present window ends; null: not known well, or it has no end. */
  endsMs(nowMs: number): number | null;
}
