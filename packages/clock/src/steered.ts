/**
 * Time that people steer: paused, stepped, or faster or slower than that of the clock beneath it. Never runs backwards, and only
 * ever goes on by what the clock beneath it tells or by a step.
 */
import type { Clock, Timer } from './clock.ts';
import { positiveDelay } from './clock.ts';
import { HeapTimer, TimerHeap } from './timer-heap.ts';

/** Times as fast as the clock beneath. */
export const SPEED_MAX = 1000;

/** Longest single step: 31 days. Milliseconds. */
export const STEP_MS_MAX = 31 * 24 * 3_600_000;

/** Timers that run in one step. More would hold the process up for seconds, and may be a loop that never ends. */
export const TIMERS_PER_STEP_MAX = 1_000_000;

export class SteeredClock implements Clock {
  readonly #base: Clock;
  readonly #timers = new TimerHeap();
  #order = 0;
  #speed = 1;
  #paused = false;
  /** Steps under way, one within another; time stands still between the moments of a step. */
  #stepping = 0;
  /** The time here when that of the base was {@link #baseMs}; while time stands still, the time. */
  #hereMs: number;
  #baseMs: number;
  /** The one timer of the base: for the moment here at which the next timer is due. */
  #armed: { readonly atMs: number; readonly timer: Timer } | null = null;

  constructor(base: Clock) {
    this.#base = base;
    this.#baseMs = base.nowMs();
    this.#hereMs = this.#baseMs;
  }

  nowMs(): number {
    if (this.#standing) return this.#hereMs;
    return this.#hereMs + (this.#base.nowMs() - this.#baseMs) * this.#speed;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = new HeapTimer(this.#timers, this.nowMs() + positiveDelay(delayMs), this.#order++, run);
    this.#timers.add(timer);
    this.#arm();
    return { cancel: () => this.#cancel(timer) };
  }

  /** Times as fast as the clock beneath; 1 from the start. Kept while paused. */
  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** @param speed above 0, at most {@link SPEED_MAX}. @throws RangeError for others. */
  setSpeed(speed: number): void {
    if (!(speed > 0 && speed <= SPEED_MAX)) {
      throw new RangeError(`speed: ${speed} is not above 0 and at most ${SPEED_MAX}; pause to make time stand still`);
    }
    this.#steer(() => {
      this.#speed = speed;
    });
  }

  /** Time stands still, and nothing falls due, until {@link resume} or a {@link step}. */
  pause(): void {
    this.#steer(() => {
      this.#paused = true;
    });
  }

  resume(): void {
    this.#steer(() => {
      this.#paused = false;
    });
  }

  /**
   * Moves time on at once, paused or not, and runs each timer that falls due, those set meanwhile among them, in order, with the clock
   * standing at its time. All within this call: what the network does takes its turn after it.
   * @param ms from 0 to {@link STEP_MS_MAX}. @throws RangeError for others; Error where more than {@link TIMERS_PER_STEP_MAX} timers
   * ran, time then stands where the last one was due; otherwise what the timers threw, once all have run.
   */
  step(ms: number): void {
    if (!(ms >= 0 && ms <= STEP_MS_MAX)) {
      throw new RangeError(`step: ${ms} is not from 0 to ${STEP_MS_MAX} ms; take several steps for more`);
    }
    const thrown: unknown[] = [];
    const endMs = this.nowMs() + ms;
    this.#steer(() => {
      this.#stepping++;
      try {
        this.#runUntil(endMs, thrown);
        this.#hereMs = Math.max(this.#hereMs, endMs);
      } finally {
        this.#stepping--;
      }
    });
    rethrow(thrown);
  }

  get #standing(): boolean {
    return this.#paused || this.#stepping > 0;
  }

  /** Changes how time goes on from this moment. */
  #steer(change: () => void): void {
    this.#hereMs = this.nowMs();
    this.#disarm();
    try {
      change();
    } finally {
      this.#baseMs = this.#base.nowMs();
      this.#arm();
    }
  }

  #runUntil(endMs: number, thrown: unknown[]): void {
    let ran = 0;
    for (let next = this.#timers.first; next !== undefined && next.atMs <= endMs; next = this.#timers.first) {
      if (++ran > TIMERS_PER_STEP_MAX) {
        throw new Error(
          `step: more than ${TIMERS_PER_STEP_MAX} timers; time stands ${endMs - this.#hereMs} ms before the end of the step, and goes on from there`,
        );
      }
      this.#hereMs = Math.max(this.#hereMs, next.atMs);
      this.#run(next, thrown);
    }
  }

  readonly #onDue = (): void => {
    const atMs = this.#armed?.atMs ?? 0;
    this.#armed = null;
    // The base keeps its word to the last bit of its own time; of a time so many times as fast that bit is a fraction of a millisecond.
    if (this.nowMs() < atMs) {
      this.#hereMs = atMs;
      this.#baseMs = this.#base.nowMs();
    }
    const thrown: unknown[] = [];
    this.#runDue(this.nowMs(), this.#order, thrown);
    this.#arm();
    rethrow(thrown);
  };

  /** Timers set meanwhile wait for the next turn, so that one which sets the next without delay does not hold up the process. */
  #runDue(nowMs: number, orderEnd: number, thrown: unknown[]): void {
    for (let next = this.#timers.first; next !== undefined; next = this.#timers.first) {
      if (next.atMs > nowMs || next.order >= orderEnd || this.#standing) return;
      this.#run(next, thrown);
    }
  }

  #run(timer: HeapTimer, thrown: unknown[]): void {
    this.#timers.remove(timer);
    try {
      timer.run();
    } catch (error) {
      thrown.push(error);
    }
  }

  #cancel(timer: HeapTimer): void {
    timer.cancel();
    if (this.#timers.size === 0) this.#disarm();
  }

  #disarm(): void {
    this.#armed?.timer.cancel();
    this.#armed = null;
  }

  #arm(): void {
    const first = this.#timers.first;
    if (first === undefined || this.#standing) return;
    if (this.#armed !== null && this.#armed.atMs <= first.atMs) return;
    this.#disarm();
    const timer = this.#base.after((first.atMs - this.nowMs()) / this.#speed, this.#onDue);
    this.#armed = { atMs: first.atMs, timer };
  }
}

function rethrow(thrown: readonly unknown[]): void {
  if (thrown.length === 1) throw thrown[0];
  if (thrown.length > 1) throw new AggregateError(thrown, `${thrown.length} timers threw`);
}
