/** How often each user may do something: a bucket of marks that fills up again evenly. */
export interface RateOptions {
  /** At once, and again within `perMs`. */
  readonly marks: number;
  /** Milliseconds. */
  readonly perMs: number;
  readonly nowMs: () => number;
}

/** Users that are remembered; beyond, the longest unused are forgotten. */
export const REMEMBERED_MAX = 10_000;

export class Rate {
  readonly #options: RateOptions;
  readonly #buckets = new Map<string, { marks: number; atMs: number }>();

  constructor(options: RateOptions) {
    this.#options = options;
  }

  /** @returns 0 where it may be done, and is counted; else how long it may not. Milliseconds. */
  take(who: string): number {
    const { marks: full, perMs, nowMs } = this.#options;
    const now = nowMs();
    const last = this.#buckets.get(who) ?? { marks: full, atMs: now };
    const marks = Math.min(full, last.marks + ((now - last.atMs) * full) / perMs);
    this.#buckets.delete(who);
    this.#buckets.set(who, { marks: marks >= 1 ? marks - 1 : marks, atMs: now });
    this.#forget();
    return marks >= 1 ? 0 : Math.ceil(((1 - marks) * perMs) / full);
  }

  /** One that was taken, and is not to count. */
  giveBack(who: string): void {
    const bucket = this.#buckets.get(who);
    if (bucket !== undefined) bucket.marks = Math.min(this.#options.marks, bucket.marks + 1);
  }

  #forget(): void {
    for (const who of this.#buckets.keys()) {
      if (this.#buckets.size <= REMEMBERED_MAX) return;
      this.#buckets.delete(who);
    }
  }
}
