/** A clock held by hand. It starts at an odd moment and carries fractions, so that code which assumes round or small times shows it. */
import type { Clock, Timer } from './clock.ts';
import { positiveDelay } from './clock.ts';
import { HeapTimer, TimerHeap } from './timer-heap.ts';

/** Timers that may run at one moment, without time moving on; more of them is a loop that never ends. */
export const TIMERS_PER_MOMENT_MAX = 1_000_000;

export class FakeClock implements Clock {
  readonly #timers = new TimerHeap();
  #nowMs: number;
  #order = 0;

  constructor(startMs = Date.UTC(2026, 1, 28, 23, 59, 58) + 987.25) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = new HeapTimer(this.#timers, this.#nowMs + positiveDelay(delayMs), this.#order++, run);
    this.#timers.add(timer);
    return timer;
  }

  /** Timers not yet run. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves time on and runs each timer that falls due, those set meanwhile among them, in order of its time, with the clock
   * standing at that time. A timer may advance the clock itself, as a process that stalls does: what falls due meanwhile runs
   * late or not before the next call.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`advance: ${ms} is not a duration; time does not run backwards, and has no end`);
    }
    const endMs = this.#nowMs + ms;
    let atThisMoment = 0;
    for (let next = this.#timers.first; next !== undefined && next.atMs <= endMs; next = this.#timers.first) {
      atThisMoment = next.atMs > this.#nowMs ? 1 : atThisMoment + 1;
      if (atThisMoment > TIMERS_PER_MOMENT_MAX) {
        throw new Error(
          `advance: more than ${TIMERS_PER_MOMENT_MAX} timers at one moment; one sets the next without delay`,
        );
      }
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#timers.remove(next);
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }
}
