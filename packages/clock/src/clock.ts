/**
 * Time as an argument: whoever needs it is handed a clock, so that tests and the planner hold it by hand.
 * The wall clock may jump; this one does not run backwards.
 */

export interface Timer {
  /** The timer will not run. Without effect on one that has run. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC, with fractions, never smaller than before. */
  nowMs(): number;
  /**
   * Calls `run` once, not before `delayMs` from now, and never within this call; Infinity stands for never.
   * A timer does not keep the process alive.
   */
  after(delayMs: number, run: () => void): Timer;
}

/** What a clock is made of. `set` may fire early, as Node's timers do by up to a millisecond. */
export interface Machine {
  nowMs(): number;
  /** Runs once after `delayMs`, a whole number from 1 to `MACHINE_DELAY_MS_MAX`; returns what takes that back. */
  set(delayMs: number, run: () => void): () => void;
}

/** Longest delay of Node's timers, some 25 days; a longer one would fire at once. Source: Node.js documentation, `setTimeout`. */
export const MACHINE_DELAY_MS_MAX = 2 ** 31 - 1;

/** A clock that keeps the promise of `after` on a machine which does not. */
export function clockOf(machine: Machine): Clock {
  return {
    nowMs: () => machine.nowMs(),
    after(delayMs, run) {
      const dueMs = machine.nowMs() + positiveDelay(delayMs);
      const arm = () => {
        const restMs = Math.ceil(dueMs - machine.nowMs());
        return machine.set(Math.min(MACHINE_DELAY_MS_MAX, Math.max(1, restMs)), fire);
      };
      const fire = () => {
        if (machine.nowMs() < dueMs) disarm = arm();
        else run();
      };
      let disarm = arm();
      return { cancel: () => disarm() };
    },
  };
}

/** A delay that is not a number is a mistake of the caller's that would otherwise fire at once, or never. */
export function positiveDelay(delayMs: number): number {
  if (Number.isNaN(delayMs)) throw new RangeError('after: NaN is not a delay');
  return Math.max(0, delayMs);
}

/** The machine's clock: its wall time at start, advanced by the monotonic counter. */
export const systemClock: Clock = clockOf({
  nowMs: () => performance.timeOrigin + performance.now(),
  set(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    handle.unref();
    return () => clearTimeout(handle);
  },
});
