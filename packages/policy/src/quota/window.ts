/**
 * What is believed to be counted in a window of a quota. How the window moves, and whether unused tokens come back, Azure does not say:
 * several counters run side by side, and what headers tell decides which is believed. As long as two are about as good, the one
 * that leaves less room holds.
 */
import type { Counter, GivenBack, Mark, Sighting, Surprise } from './counter.ts';
import { FixedCounter } from './fixed-counter.ts';
import { SlidingCounter } from './sliding-counter.ts';

/**
 * Held against each kind of counter before it was ever compared: the documented way comes first (wire §6.2), and that unused tokens
 * come back is the exception. Shares of the limit.
 */
const FIRST_SCORES = { fixed: 0.05, sliding: 0.06, refunding: 0.2 };
/** How long a comparison is remembered. Periods. */
const MEMORY_PERIODS = 1.5;
/** How long it takes to learn what others send. Periods. */
const DRIFT_PERIODS = 1;
/** Held against a belief that needs others to explain what it sees: part of what it needs. */
const DRIFT_WEIGHT = 0.3;
/** A counter is believed beside the best one while its score is not this much worse: times, and share of the limit. */
const NEAR_TIMES = 1.6;
const NEAR_SHARE = 0.03;

/** A score of the best belief from which on none is right. Share of the limit. */
const DOUBTFUL = 0.5;

interface Runner {
  readonly counter: Counter;
  /**
   * Speaks for it while it does not know when its window ends: what fits into every period of that length fits into each window too,
   * whenever it begins.
   */
  readonly steady: Counter;
  /**
   * Sums of errors, with their sign, and of their squares; older ones fade. Shares of the limit. Noise comes and goes, while a wrong
   * belief errs in one direction, or by a whole window at once.
   */
  errors: number;
  squares: number;
  /**
   * What others send besides, as far as this counter would need them to be right: shares of the limit in a period; never below 0, since
   * others give nothing back. The belief that needs least of it is the likeliest.
   */
  drift: number;
}

/** Where all counters stood when a request was counted. */
export type Marks = readonly Mark[];

/** It never was sent: nobody counts it. */
export function everyCounter(): boolean {
  return true;
}

/** An answer used less than it was charged. */
export function refundingCounter({ refunds }: Counter): boolean {
  return refunds;
}

/** It was refused: documented minutes count that too, sliding ones were never seen to (wire §6.2; simulator reference R-06). */
export function slidingCounter({ shape }: Counter): boolean {
  return shape === 'sliding';
}

export class WindowBelief {
  readonly periodMs: number;
  readonly #fixed: readonly FixedCounter[];
  readonly #runners: readonly Runner[];
  #best: Runner;
  #near: readonly Runner[];
  #seenMs = Number.NaN;
  /** What {@link used} found last, and when; NaN: something has moved since. */
  #keptMs = Number.NaN;
  #keptUsed = 0;

  /** @param mayRefund whether unused tokens may come back; never so for requests. */
  constructor(periodMs: number, mayRefund: boolean) {
    this.periodMs = periodMs;
    const refunding = mayRefund ? [false, true] : [false];
    const pairs = refunding.map((refunds) => {
      return { fixed: new FixedCounter(periodMs, refunds), sliding: new SlidingCounter(periodMs, refunds) };
    });
    this.#fixed = pairs.map(({ fixed }) => fixed);
    this.#runners = [
      ...pairs.map(({ fixed, sliding }) => runner(fixed, sliding)),
      ...pairs.map(({ sliding }) => runner(sliding, sliding)),
    ];
    const [first] = this.#runners;
    if (first === undefined) throw new RangeError('a window needs a counter');
    this.#best = first;
    this.#near = this.#runners.filter(({ counter }) => !counter.refunds);
  }

  /** The counter that is believed. */
  get counter(): Counter {
    return this.#best.counter;
  }

  /** Whether one belief of how the window moves stands alone. */
  get isPlain(): boolean {
    return this.#near.length === 1;
  }

  /** Whether even the best belief errs so much that what it says is no more than a guess. */
  get isDoubtful(): boolean {
    return scoreOf(this.#best) > DOUBTFUL;
  }

  add(cost: number, nowMs: number): Marks {
    this.#keptMs = Number.NaN;
    return this.#runners.map(({ counter }) => {
      counter.add(cost, nowMs);
      return counter.mark();
    });
  }

  /** Believed to be counted; where several beliefs are near, the most. Asked for several times in one moment, and so kept for it. */
  used(nowMs: number): number {
    if (nowMs === this.#keptMs) return this.#keptUsed;
    let used = 0;
    for (const one of this.#near) used = Math.max(used, speaker(one, nowMs).used(nowMs));
    this.#keptMs = nowMs;
    this.#keptUsed = used;
    return used;
  }

  /** The least that is believed to be counted, where several beliefs are near: what speaks for a larger limit must hold by each. */
  usedAtLeast(nowMs: number): number {
    let used = Number.POSITIVE_INFINITY;
    for (const one of this.#near) used = Math.min(used, speaker(one, nowMs).used(nowMs));
    return used;
  }

  fallsToMs(room: number, nowMs: number): number {
    if (this.used(nowMs) <= room) return nowMs;
    let fallsMs = nowMs;
    for (const one of this.#near) fallsMs = Math.max(fallsMs, speaker(one, nowMs).fallsToMs(room, nowMs));
    return fallsMs;
  }

  /** Whether by some belief that may be right there is room now. */
  mayHaveRoom(room: number, nowMs: number): boolean {
    return this.#near.some(({ counter }) => counter.mayFallToMs(room, nowMs) <= nowMs);
  }

  /** @returns by how much the believed counter was off; null: it could not be compared. */
  see(marks: Marks, sighting: Omit<Sighting, 'mark'> & { readonly limit: number }, nowMs: number): Surprise | null {
    const { limit, ...seen } = sighting;
    this.#keptMs = Number.NaN;
    const passedMs = this.#passed(nowMs);
    let surprise: Surprise | null = null;
    for (const [i, one] of this.#runners.entries()) {
      const mark = marks[i];
      const knew = one.counter.endsMs(nowMs) !== null || one.counter.shape === 'sliding';
      const found = mark === undefined ? null : one.counter.see({ mark, ...seen }, nowMs);
      // One that did not claim to know when its window ends, or that it had not ended yet, is not blamed for having missed it.
      if (found !== null && !(found.jumped && (found.foreseen || !knew)))
        score(one, found.error / limit, passedMs / this.periodMs);
      if (one === this.#best) surprise = found;
    }
    this.#elect();
    return surprise;
  }

  /** Since the last comparison. Milliseconds. */
  #passed(nowMs: number): number {
    const passedMs = Number.isNaN(this.#seenMs) ? 0 : Math.max(0, nowMs - this.#seenMs);
    this.#seenMs = nowMs;
    return passedMs;
  }

  /** A refusal told when there will be room again. */
  endsBy(endMs: number, slackMs: number): void {
    this.#keptMs = Number.NaN;
    for (const one of this.#fixed) one.endsBy(endMs, slackMs);
  }

  /** @param to those counters alone that believe in it; see {@link everyCounter}. */
  giveBack(marks: Marks, given: Omit<GivenBack, 'mark'>, nowMs: number, to: (counter: Counter) => boolean): void {
    this.#keptMs = Number.NaN;
    for (const [i, { counter }] of this.#runners.entries()) {
      const mark = marks[i];
      if (mark !== undefined && to(counter)) counter.giveBack({ ...given, mark }, nowMs);
    }
  }

  #elect(): void {
    let best = this.#best;
    for (const one of this.#runners) if (scoreOf(one) < scoreOf(best)) best = one;
    this.#best = best;
    const most = scoreOf(best) * NEAR_TIMES + NEAR_SHARE;
    this.#near = this.#runners.filter((one) => scoreOf(one) <= most);
  }
}

function speaker({ counter, steady }: Runner, nowMs: number): Counter {
  return counter !== steady && counter.endsMs(nowMs) === null ? steady : counter;
}

function runner(counter: Counter, steady: Counter): Runner {
  return {
    counter,
    steady,
    errors: FIRST_SCORES[counter.shape] + (counter.refunds ? FIRST_SCORES.refunding : 0),
    squares: 0,
    drift: 0,
  };
}

/** @param periods since the comparison before. */
function score(one: Runner, share: number, periods: number): void {
  const bounded = Math.max(-1, Math.min(1, share));
  const surprise = bounded - one.drift * periods;
  one.drift = Math.max(
    0,
    one.drift + (1 - Math.exp(-periods / DRIFT_PERIODS)) * (periods > 0 ? surprise / periods : 0),
  );
  const kept = Math.exp(-periods / MEMORY_PERIODS);
  one.errors = kept * one.errors + surprise;
  one.squares = kept * one.squares + surprise * surprise;
}

function scoreOf({ errors, squares, drift }: Runner): number {
  return Math.abs(errors) + Math.sqrt(squares) + DRIFT_WEIGHT * drift;
}
