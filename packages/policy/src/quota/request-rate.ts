/**
 * What is believed of a deployment's limit of requests. Azure spreads it over slices of 1, 10 or 60 seconds, and seldom says which:
 * the model's published one is assumed, headers and refusals correct it. Source: wire reference §6.4, §11 no. 4.
 */
import type { RetryHint } from '@spillway/protocol';
import type { Counter } from './counter.ts';
import type { Rate } from './quota.ts';
import type { Reading } from './reading.ts';
import { type Marks, WindowBelief } from './window.ts';

const MINUTE_MS = 60_000;
/** Slices that are known to exist. Milliseconds. */
const PERIODS_MS = [1_000, 10_000, MINUTE_MS];
const UNCOUNTED: Marks = [];

export class RequestRate {
  #perMinute: number | null;
  #window: WindowBelief;
  #isTaught = false;
  /** As headers say, where that is read as the limit of a slice; null: of the minute. */
  #toldOfSlice: number | null = null;
  /** Whether nothing but headers tells of a limit, and it may as well be the minute's. */
  #isUnclear = false;

  constructor(perMinute: number | null, periodMs: number) {
    this.#perMinute = perMinute;
    this.#window = new WindowBelief(periodMs, false);
  }

  /** Whether the length of the slices was told, by headers or by a refusal. */
  get isTaught(): boolean {
    return this.#isTaught;
  }

  /** @param owed requests that were promised a place, and go before. */
  opensAtMs(nowMs: number, owed = 0): number {
    const limit = this.#perSlice;
    if (limit === null) return nowMs;
    const room = limit - 1 - owed;
    if (room >= 0) return this.#window.fallsToMs(room, nowMs);
    // Those before take what frees itself at once, and so it frees itself again a slice later.
    const turns = Math.ceil(-room / limit);
    const rest = this.#window.counter.shape === 'sliding' ? room + turns * limit : 0;
    return this.#window.fallsToMs(rest, nowMs) + turns * this.#window.periodMs;
  }

  /**
   * Whether a shut slice is a guess: nobody told how long it is, or it may have ended by now by some belief that may be right. Of short
   * ones nobody ever tells when they end, and a guess would be sent in vain again and again.
   */
  isGuess(nowMs: number, owed: number): boolean {
    const limit = this.#perSlice;
    if (!this.#isTaught || limit === null) return true;
    const room = limit - 1 - owed;
    return room >= 0 && this.#window.periodMs >= MINUTE_MS && this.#window.mayHaveRoom(room, nowMs);
  }

  /** null: not limited, as far as is known. */
  get rate(): Rate | null {
    const perPeriod = this.#perSlice;
    return perPeriod === null ? null : { perPeriod, periodMs: this.#window.periodMs };
  }

  /** Whether room is known to come back one by one. Nobody says of a short slice whether it slides: it opens when the last of both does. */
  get isByDrops(): boolean {
    const { isPlain, counter } = this.#window;
    return isPlain && counter.shape === 'sliding';
  }

  /** Share of the present slice that is left. */
  free(nowMs: number): number {
    const limit = this.#perSlice;
    return limit === null ? 1 : Math.max(0, 1 - this.#window.used(nowMs) / limit);
  }

  /** Of the present slice; null: not limited, as far as is known. */
  remaining(nowMs: number): number | null {
    const limit = this.#perSlice;
    return limit === null ? null : Math.max(0, Math.round(limit - this.#window.used(nowMs)));
  }

  add(nowMs: number): Marks {
    return this.#perMinute === null ? UNCOUNTED : this.#window.add(1, nowMs);
  }

  giveBack(marks: Marks, sentMs: number, nowMs: number, to: (counter: Counter) => boolean): void {
    this.#window.giveBack(marks, { amount: 1, sentMs, wasCounted: false }, nowMs, to);
  }

  learn({ limitRequests, renewalRequestsMs }: Reading): void {
    if (renewalRequestsMs !== null) {
      this.#isTaught = true;
      this.#slices(renewalRequestsMs);
    }
    if (limitRequests === null || limitRequests === this.#toldOfSlice) return;
    if (this.#perMinute === null) this.#isUnclear = true;
    if (this.#isUnclear || this.#toldOfSlice !== null) {
      this.#toldOfSlice = limitRequests;
      this.#perMinute = this.#ofSlices(limitRequests);
      return;
    }
    if (limitRequests === this.#perMinute) return;
    // The header counts by the minute or by the slice: what equals a slice's share of the known rate, rounded up, is of a slice.
    if (limitRequests === this.#perSlice) this.#toldOfSlice = limitRequests;
    else this.#perMinute = limitRequests;
  }

  see(marks: Marks, sentMs: number, remaining: number, nowMs: number): void {
    const limit = this.#perSlice;
    // Where slices are shorter than a minute, `remaining` may be of the minute: it says nothing of the slice then.
    if (limit === null || this.#window.periodMs < MINUTE_MS || remaining > limit) return;
    this.#window.see(
      marks,
      { sentMs, used: limit - remaining, tolerance: Math.max(2, 0.02 * limit), own: 0, limit },
      nowMs,
    );
  }

  refused(hint: RetryHint | null, nowMs: number): void {
    if (hint === null || hint.waitMs > MINUTE_MS) return;
    const { waitMs } = hint;
    this.#doubt(nowMs);
    const fits = PERIODS_MS.find((periodMs) => waitMs <= periodMs) ?? MINUTE_MS;
    // A wait is never longer than the slice; one that is much shorter than it was believed to be tells of a shorter one.
    if (fits > this.#window.periodMs || !this.#expected(nowMs)) this.#slices(fits);
    this.#isTaught = true;
    this.#window.endsBy(nowMs + waitMs, hint.source === 'retry-after-ms' ? 50 : 1_000);
  }

  /** Of two readings the larger is believed, until a refusal comes where only the smaller one explains it. */
  #doubt(nowMs: number): void {
    const told = this.#toldOfSlice;
    if (!this.#isUnclear || told === null || this.#window.periodMs >= MINUTE_MS) return;
    const shareOfMinute = Math.ceil((told * this.#window.periodMs) / MINUTE_MS);
    // Twice: a slice may have begun in the midst of those that are counted.
    if (this.#window.used(nowMs) > 2 * shareOfMinute + 1) return;
    this.#isUnclear = false;
    this.#toldOfSlice = null;
    this.#perMinute = told;
  }

  /** Whether by what was believed the slice was nearly spent. */
  #expected(nowMs: number): boolean {
    return this.free(nowMs) < 0.2;
  }

  get #perSlice(): number | null {
    if (this.#perMinute === null) return null;
    return Math.max(1, Math.ceil((this.#perMinute * this.#window.periodMs) / MINUTE_MS));
  }

  #slices(periodMs: number): void {
    if (periodMs === this.#window.periodMs) return;
    this.#window = new WindowBelief(periodMs, false);
    if (this.#isUnclear && this.#toldOfSlice !== null) this.#perMinute = this.#ofSlices(this.#toldOfSlice);
  }

  /** @returns per minute. */
  #ofSlices(limit: number): number {
    return (limit * MINUTE_MS) / this.#window.periodMs;
  }
}
