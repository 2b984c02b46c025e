/** Durations counted by bucket, as Prometheus has it: each bucket holds what took at most its bound. */

/** Upper bounds of the gateway's `spillway_attempt_duration_seconds`, so that both can be laid over one another. Seconds, ascending. */
export const DURATION_BOUNDS: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
/** The same of `spillway_time_to_first_byte_seconds`. */
export const FIRST_BYTE_BOUNDS: readonly number[] = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

export class Histogram {
  readonly bounds: readonly number[];
  /** One for each bound, and a last one for what took longer than all of them. Not cumulative. */
  readonly #counts: Float64Array;
  #sumMs = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observeMs(ms: number): void {
    const seconds = ms / 1000;
    let bucket = 0;
    while (bucket < this.bounds.length && seconds > (this.bounds[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += ms;
  }

  get sumSeconds(): number {
    return this.#sumMs / 1000;
  }

  /** For each bound how many took at most so long; the last one is how many there were. */
  cumulative(): readonly number[] {
    let below = 0;
    return Array.from(this.#counts, (count) => {
      below += count;
      return below;
    });
  }
}
