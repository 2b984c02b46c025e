/**
 * Counts in windows that begin anew at fixed moments. When they do is not told: it lies between two moments, which what Azure says of
 * each request brings closer together. Until the later of the two the old window is believed to last, and what was sent since the
 * earlier one is counted in the new window too: so the belief errs towards less room, never towards more.
 */
import type { Counter, GivenBack, Mark, Sighting, Surprise } from './counter.ts';

/** Between sending and being counted. Milliseconds. */
const TRANSIT_MS = 25;

export class FixedCounter implements Counter {
  readonly shape = 'fixed';
  readonly refunds: boolean;
  readonly #periodMs: number;
  #used = 0;
  #corrected = 0;
  #epoch = 0;
  /** The next window begins after this, and not after that. */
  #earliestMs = Number.NaN;
  #latestMs = Number.NaN;
  /** Counted since the earliest moment. */
  #sinceEarliest = 0;
  /** Counted when the present window was believed to begin, and its corrections. */
  #usedBefore = 0;
  #correctedBefore = 0;
  #lastSentMs = Number.NEGATIVE_INFINITY;

  constructor(periodMs: number, refunds: boolean) {
    this.#periodMs = periodMs;
    this.refunds = refunds;
  }

  used(nowMs: number): number {
    this.#roll(nowMs);
    return this.#used;
  }

  add(cost: number, nowMs: number): void {
    if (Number.isNaN(this.#latestMs)) this.#begins(nowMs, nowMs + this.#periodMs);
    this.#roll(nowMs);
    this.#used += cost;
    if (nowMs >= this.#earliestMs) this.#sinceEarliest += cost;
  }

  mark(): Mark {
    return { base: this.#used - this.#corrected, epoch: this.#epoch };
  }

  see(sighting: Sighting, nowMs: number): Surprise | null {
    this.#roll(nowMs);
    const { mark, sentMs, used, tolerance } = sighting;
    if (sentMs < this.#lastSentMs) return null;
    const lastSentMs = this.#lastSentMs;
    this.#lastSentMs = sentMs;
    if (mark.epoch !== this.#epoch) return this.#seenLate(sighting);
    const believed = mark.base + this.#corrected;
    const error = used - believed;
    const after = this.#used - believed;
    // Had a window begun since the earliest moment, what was counted before it would be missed, if that is more than noise.
    const isBlind = this.#used - this.#sinceEarliest <= tolerance;
    this.#correct(error);
    if (error < -tolerance) {
      const foreseen = sentMs >= this.#earliestMs;
      this.#beganBetween(Math.max(lastSentMs, sentMs - this.#periodMs), sentMs);
      return { error, jumped: true, foreseen };
    }
    const isOldWindow = error > tolerance && Math.abs(error - this.#usedBefore) <= tolerance;
    if (isOldWindow) this.#begins(sentMs, sentMs + this.#periodMs);
    else if (sentMs > this.#earliestMs && !isBlind) this.#begins(sentMs, this.#latestMs);
    else if (sentMs > this.#earliestMs && !this.isSettled) this.#begins(sentMs, sentMs + this.#periodMs);
    const since = sentMs === this.#earliestMs ? after : this.#sinceEarliest + (sentMs > this.#earliestMs ? error : 0);
    this.#sinceEarliest = Math.max(0, Math.min(this.#used, since));
    return { error, jumped: isOldWindow, foreseen: false };
  }

  /** A refusal told when the window ends. @param slackMs it may be so much sooner. */
  endsBy(endMs: number, slackMs: number): void {
    this.#narrow(endMs - slackMs, endMs);
  }

  giveBack({ amount, mark, wasCounted }: GivenBack, nowMs: number): void {
    this.#roll(nowMs);
    if (mark.epoch !== this.#epoch) return;
    const given = Math.min(amount, this.#used);
    if (wasCounted) this.#used -= given;
    else this.#correct(-given);
  }

  fallsToMs(room: number, nowMs: number): number {
    this.#roll(nowMs);
    return this.#used <= room ? nowMs : this.#latestMs;
  }

  mayFallToMs(room: number, nowMs: number): number {
    this.#roll(nowMs);
    if (this.#used <= room) return nowMs;
    return this.#sinceEarliest <= room ? Math.max(nowMs, this.#earliestMs) : this.#latestMs;
  }

  endsMs(nowMs: number): number | null {
    this.#roll(nowMs);
    return this.isSettled ? this.#latestMs : null;
  }

  /** Whether the window's end is known well enough to plan with. */
  get isSettled(): boolean {
    return this.#latestMs - this.#earliestMs <= this.#periodMs / 4;
  }

  #correct(error: number): void {
    this.#used = Math.max(0, this.#used + error);
    this.#corrected += error;
  }

  /** Sent before the window was believed to begin, and told of after: it may still say on which side it fell. */
  #seenLate({ mark, sentMs, used, tolerance }: Sighting): null {
    const wasMs = this.#earliestMs - this.#periodMs;
    if (mark.epoch !== this.#epoch - 1 || sentMs < wasMs) return null;
    const error = used - (mark.base + this.#correctedBefore);
    if (error < -tolerance)
      this.#begins(this.#earliestMs, Math.min(this.#latestMs, sentMs + TRANSIT_MS + this.#periodMs));
    else if (error <= tolerance) this.#begins(Math.min(sentMs + this.#periodMs, this.#latestMs), this.#latestMs);
    return null;
  }

  /** The present window began unnoticed, between these moments. */
  #beganBetween(afterMs: number, untilMs: number): void {
    this.#narrow(afterMs + this.#periodMs, untilMs + TRANSIT_MS + this.#periodMs);
    this.#usedBefore = 0;
  }

  /** The next window begins between these moments: what was known before is kept as far as it agrees. */
  #narrow(earliestMs: number, latestMs: number): void {
    const early = Math.max(earliestMs, this.#earliestMs);
    const late = Math.min(latestMs, this.#latestMs);
    if (early < late) this.#begins(early, late);
    else this.#begins(earliestMs, latestMs);
  }

  #begins(earliestMs: number, latestMs: number): void {
    this.#earliestMs = earliestMs;
    this.#latestMs = latestMs;
    this.#sinceEarliest = 0;
  }

  #roll(nowMs: number): void {
    if (!(nowMs >= this.#latestMs)) return;
    const windows = 1 + Math.floor((nowMs - this.#latestMs) / this.#periodMs);
    this.#usedBefore = windows === 1 ? this.#used : 0;
    this.#correctedBefore = this.#corrected;
    this.#used = windows === 1 ? this.#sinceEarliest : 0;
    this.#epoch += windows;
    this.#begins(this.#earliestMs + windows * this.#periodMs, this.#latestMs + windows * this.#periodMs);
  }
}
