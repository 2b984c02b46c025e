/** The tries of an exchange that are under way: one, or, where the first is slow, two, of which only one will be passed on. */
import type { Attempt } from './attempt.ts';

export class Race {
  #latest: Attempt | null = null;
  #first: Attempt | null = null;

  /** The one whose answer is passed on, once that is known; until then the one begun last. */
  get attempt(): Attempt | null {
    return this.#latest;
  }

  get all(): readonly Attempt[] {
    return [this.#first, this.#latest].filter((attempt) => attempt !== null);
  }

  has(attempt: Attempt): boolean {
    return attempt === this.#latest || attempt === this.#first;
  }

  begins(attempt: Attempt): void {
    this.#first = this.#latest;
    this.#latest = attempt;
  }

  /** It has come to nothing. @returns whether another one is under way, which goes on alone. */
  loses(attempt: Attempt): boolean {
    this.#latest = this.#otherThan(attempt);
    this.#first = null;
    return this.#latest !== null;
  }

  /** It decides what the client gets. @returns the other one, to be called off; null where it was alone. */
  wins(attempt: Attempt): Attempt | null {
    const other = this.#otherThan(attempt);
    this.#latest = attempt;
    this.#first = null;
    return other;
  }

  end(): void {
    this.#latest = null;
    this.#first = null;
  }

  #otherThan(attempt: Attempt): Attempt | null {
    return attempt === this.#latest ? this.#first : this.#latest;
  }
}
