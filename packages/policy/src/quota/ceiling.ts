/**
 * A limit that is lower than the one that was granted, learned from refusals that came with headroom left: regional demand, or a
 * temporary adjustment that no header tells (wire §3.4). Raised again step by step; where it was right, the next step waits longer.
 */

/** First time that a learned limit is kept before it is raised. Milliseconds. */
const KEPT_MS = 120_000;
const KEPT_MS_MAX = 960_000;
/** Steps by which it is raised, and how near a refusal must be to the last to confirm it. Share of the granted limit. */
const STEP = 0.1;
const NEAR = 0.12;
/** Between the first refusal and the one that confirms it: another window. Milliseconds. */
const CONFIRMED_MS_MIN = 45_000;
/** Never lower than this. Share of the granted limit. */
const SHARE_MIN = 0.05;

export class Ceiling {
  /** Of the granted limit; 1 is all of it. */
  #share = 1;
  #raiseAtMs = Number.POSITIVE_INFINITY;
  #keptMs = KEPT_MS;
  /** Where the last refusal was that nothing has refuted. Share of the granted limit. */
  #suspect: { readonly used: number; readonly sinceMs: number } | null = null;
  /** It was raised since it was learned. */
  #raised = false;

  share(nowMs: number): number {
    while (nowMs >= this.#raiseAtMs) this.#raise();
    return this.#share;
  }

  /**
   * Refused with this much counted, although the granted limit leaves room. One such refusal may be chance; when the next window is
   * refused at the same height, and nothing was let in above it in between, it is a limit. @param used share of the granted limit.
   */
  refused(used: number, nowMs: number): void {
    const near = this.#suspect !== null && Math.abs(used - this.#suspect.used) <= NEAR ? this.#suspect : null;
    const lowest = Math.min(used, near?.used ?? used);
    this.#suspect = { used: lowest, sinceMs: near?.sinceMs ?? nowMs };
    if (near === null || nowMs - near.sinceMs < CONFIRMED_MS_MIN || lowest >= this.share(nowMs)) return;
    if (this.#raised) this.#keptMs = Math.min(KEPT_MS_MAX, this.#keptMs * 2);
    this.#raised = false;
    this.#share = Math.max(SHARE_MIN, lowest);
    this.#raiseAtMs = nowMs + this.#keptMs;
  }

  /** Let in with this much counted: what was suspected below is refuted. */
  admitted(used: number): void {
    if (this.#suspect !== null && used > this.#suspect.used + STEP / 4) this.#suspect = null;
    if (used > this.#share) this.#share = Math.min(1, used);
  }

  /** The granted limit itself has changed: nothing is known any more. */
  reset(): void {
    this.#share = 1;
    this.#raiseAtMs = Number.POSITIVE_INFINITY;
    this.#keptMs = KEPT_MS;
    this.#suspect = null;
    this.#raised = false;
  }

  #raise(): void {
    this.#share = Math.min(1, this.#share + STEP);
    this.#raised = true;
    if (this.#share < 1) this.#raiseAtMs += this.#keptMs;
    else {
      this.#raiseAtMs = Number.POSITIVE_INFINITY;
      this.#keptMs = KEPT_MS;
      this.#raised = false;
    }
  }
}
