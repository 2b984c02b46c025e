/** A mean that follows what comes. */

/** Of a value: what the first guess counts for. */
const GUESS_WEIGHT = 0.25;

/** Values before it is known what does not belong. */
const VALUES_TO_TRUST = 8;
/** What is off by more than so many mean deviations, and by more than this share of the mean, counts as if it were not further off. */
const DEVIATIONS_MAX = 4;
const SHARE_MAX = 0.25;

export class RunningMean {
  readonly #memory: number;
  #mean: number;
  #deviation: number;
  #count = 0;

  /** @param guess stands until something is known. @param memory values after which an old one hardly counts. */
  constructor(guess: number, memory: number) {
    this.#mean = guess;
    this.#deviation = guess;
    this.#memory = memory;
  }

  get mean(): number {
    return this.#mean;
  }

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.#count++;
    const gain = Math.max(1 / (this.#count + GUESS_WEIGHT), 1 / this.#memory);
    const off = value - this.#mean;
    this.#mean += gain * off;
    this.#deviation += gain * (Math.abs(off) - this.#deviation);
  }

  /** A single value that does not belong moves little; what goes on being off is news, and is followed faster and faster. */
  addWithin(value: number): void {
    if (this.#count < VALUES_TO_TRUST) return this.add(value);
    const limit = Math.max(DEVIATIONS_MAX * this.#deviation, SHARE_MAX * Math.abs(this.#mean));
    this.add(this.#mean + Math.max(-limit, Math.min(limit, value - this.#mean)));
  }
}
