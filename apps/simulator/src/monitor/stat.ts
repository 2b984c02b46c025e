/** Samples of one measure, folded: all that Azure Monitor keeps of a minute, and all that its aggregations need. */

export class Stat {
  #count = 0;
  #total = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  get total(): number {
    return this.#total;
  }

  /** null where there is no sample. */
  get average(): number | null {
    return this.#count === 0 ? null : this.#total / this.#count;
  }

  get minimum(): number | null {
    return this.#minimum === Number.POSITIVE_INFINITY ? null : this.#minimum;
  }

  get maximum(): number | null {
    return this.#maximum === Number.NEGATIVE_INFINITY ? null : this.#maximum;
  }

  add(value: number): void {
    this.#count++;
    this.#total += value;
    if (value < this.#minimum) this.#minimum = value;
    if (value > this.#maximum) this.#maximum = value;
  }

  /** A value that was reached for a moment: the maximum knows it, the average does not. */
  reached(value: number): void {
    if (value > this.#maximum) this.#maximum = value;
  }

  /** Takes over the samples of another one. */
  merge(other: Stat): void {
    this.#count += other.#count;
    this.#total += other.#total;
    this.#minimum = Math.min(this.#minimum, other.#minimum);
    this.#maximum = Math.max(this.#maximum, other.#maximum);
  }
}
