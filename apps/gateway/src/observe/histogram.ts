/** Durations counted by bucket, as Prometheus has it: each bucket holds what took at most its bound. */

/** Upper bounds in seconds, ascending. */
export type Bounds = readonly number[];

export class Histogram {
  readonly bounds: Bounds;
  readonly #boundsMs: Float64Array;
  /** One for each bound, and a last one for what took longer than all of them. Not cumulative. */
  readonly #counts: Float64Array;
  #sumMs = 0;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
    this.#boundsMs = Float64Array.from(bounds, (bound) => bound * 1000);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observeMs(durationMs: number): void {
    const boundsMs = this.#boundsMs;
    let bucket = 0;
    while (bucket < boundsMs.length && durationMs > (boundsMs[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += durationMs;
  }

  /** Takes over what another one with the same bounds has counted. */
  add(other: Histogram): void {
    for (let i = 0; i < this.#counts.length; i++) this.#counts[i] = (this.#counts[i] ?? 0) + (other.#counts[i] ?? 0);
    this.#sumMs += other.#sumMs;
  }

  get sumSeconds(): number {
    return this.#sumMs / 1000;
  }

  /** For each bound how many took at most that long; the last one is all there were. */
  cumulative(): readonly number[] {
    let below = 0;
    return Array.from(this.#counts, (count) => {
      below += count;
      return below;
    });
  }
}
