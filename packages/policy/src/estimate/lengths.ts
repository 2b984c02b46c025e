/** How long answers are: a histogram that forgets, in steps of a twelfth of their size. */

/** Steps for each doubling. */
const STEPS_PER_OCTAVE = 8;
/** Longest answer told apart: of some million tokens. */
const STEPS = 20 * STEPS_PER_OCTAVE;
/** When so many are counted, each counts half from then on. */
const COUNTED_MAX = 10_000;

export class Lengths {
  /** How many answers are of each step. */
  readonly #counts = new Float32Array(STEPS);
  #total = 0;

  /** Answers that count; older ones count less. */
  get total(): number {
    return this.#total;
  }

  /** @param tokens of one answer. */
  add(tokens: number): void {
    if (this.#total >= COUNTED_MAX) this.#halve();
    const step = stepOf(tokens);
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total++;
  }

  /** Length that this share of the answers does not exceed, at most a twelfth too long. @returns null where nothing is counted. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    const wanted = share * this.#total;
    let below = 0;
    for (let step = 0; step < STEPS; step++) {
      below += this.#counts[step] ?? 0;
      // Halves add up with an error: a millionth of an answer is none.
      if (below >= wanted - 1e-6) return topOf(step);
    }
    return topOf(STEPS - 1);
  }

  #halve(): void {
    for (let step = 0; step < STEPS; step++) this.#counts[step] = (this.#counts[step] ?? 0) / 2;
    this.#total /= 2;
  }
}

function stepOf(tokens: number): number {
  return Math.min(STEPS - 1, Math.max(0, Math.ceil(STEPS_PER_OCTAVE * Math.log2(Math.max(1, tokens)))));
}

/** Longest answer of a step. Tokens. */
function topOf(step: number): number {
  return Math.floor(2 ** (step / STEPS_PER_OCTAVE) + 1e-9);
}
