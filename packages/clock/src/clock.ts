/**
 * Time as an argument: whoever needs it is handed a clock, so that tests and the planner hold it by hand.
 * The wall clock may jump; this one does not run backwards.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC, with fractions, never smaller than before. */
  nowMs(): number;
  /** Calls `run` once, not before `delayMs` from now. A timer does not keep the process alive. */
  after(delayMs: number, run: () => void): Timer;
}

/** The machine's clock: its wall time at start, advanced by the monotonic counter. */
export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
