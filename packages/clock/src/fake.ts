/** A clock held by hand. It starts at an odd moment and carries fractions, so that code which assumes round or small times shows it. */
import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Timers that one `advance` may run; more of them is a loop that never ends. */
const TIMERS_PER_ADVANCE_MAX = 10_000_000;

export class FakeClock implements Clock {
  #nowMs: number;
  #order = 0;
  #pending: Pending[] = [];

  constructor(startMs = Date.UTC(2026, 1, 28, 23, 59, 58) + 987.25) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const pending = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#pending.push(pending);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== pending);
      },
    };
  }

  /** Timers not yet run. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Moves time on and runs each timer that falls due, in order of its time, with the clock standing at that time. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`advance: ${ms} is not a duration; time does not run backwards`);
    const endMs = this.#nowMs + ms;
    for (let ran = 0; ; ran++) {
      const next = this.#earliest();
      if (next === null || next.atMs > endMs) break;
      if (ran === TIMERS_PER_ADVANCE_MAX) throw new Error(`advance: more than ${TIMERS_PER_ADVANCE_MAX} timers ran`);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#pending = this.#pending.filter((other) => other !== next);
      next.run();
    }
    this.#nowMs = endMs;
  }

  #earliest(): Pending | null {
    let best: Pending | null = null;
    for (const p of this.#pending) {
      if (best === null || p.atMs < best.atMs || (p.atMs === best.atMs && p.order < best.order)) best = p;
    }
    return best;
  }
}
