/**
 * What Azure charges for a request on arrival. Documented as prompt estimate plus maximum answer (wire §6.2), but what is taken for a
 * missing maximum, how a prompt is estimated and whether choices multiply is not told: these are learned from how far `remaining`
 * falls from one answer to the next, together with what others send to the same deployment. A Kalman filter of five figures.
 */
import type { Need } from '../need.ts';

const FIGURES = 5;

/** Sums since the beginning of what may be charged, and the moment: two of them tell what was sent in between. */
export interface Tally {
  /** Prompt tokens. */
  readonly prompt: number;
  /** Tokens of bounded answers, of one choice each. */
  readonly bounded: number;
  /** The same, of the further choices. */
  readonly further: number;
  /** Answers without a bound; further ones of a request as far as they are believed to count. */
  readonly unbounded: number;
  readonly atMs: number;
}

export class ChargeBelief {
  /** Weights of prompt, bounded and further answers; tokens for an unbounded one; tokens per ms from others. */
  readonly #figures: Float64Array;
  readonly #spread = new Float64Array(FIGURES * FIGURES);
  readonly #spreadMax: readonly number[];
  readonly #limitPerMs: number;
  /** The same as the first four figures: asked for so often that they are kept by name. */
  #perPrompt = 1;
  #perBounded = 1;
  #perFurther = 1;
  #perUnbounded: number;
  #prompt = 0;
  #bounded = 0;
  #further = 0;
  #unbounded = 0;

  /** @param limitPerMs tokens that the quota grants in a millisecond: the measure of what others may send. */
  constructor(unboundedTokens: number, limitPerMs: number) {
    this.#limitPerMs = limitPerMs;
    this.#perUnbounded = unboundedTokens;
    this.#figures = Float64Array.of(1, 1, 1, unboundedTokens, 0);
    this.#spreadMax = [0.2 ** 2, 0.1 ** 2, 0.7 ** 2, 500 ** 2, (0.3 * limitPerMs) ** 2];
    for (const [i, max] of this.#spreadMax.entries()) this.#spread[i * FIGURES + i] = max;
  }

  /** Asked for each deployment whenever one is picked. Tokens. */
  of({ promptTokens, answerTokensMax, choices }: Need): number {
    const further = choices === 1 ? 0 : this.#perFurther * (choices - 1);
    const answer =
      answerTokensMax === null ? this.#perUnbounded * (1 + further) : answerTokensMax * (this.#perBounded + further);
    return Math.max(1, this.#perPrompt * promptTokens + answer);
  }

  /** What others are believed to send. Tokens per millisecond. */
  get othersPerMs(): number {
    return this.#figure(4);
  }

  add({ promptTokens, answerTokensMax, choices }: Need, nowMs: number): Tally {
    this.#prompt += promptTokens;
    this.#bounded += answerTokensMax ?? 0;
    this.#further += (answerTokensMax ?? 0) * (choices - 1);
    this.#unbounded += answerTokensMax === null ? 1 + this.#perFurther * (choices - 1) : 0;
    return {
      prompt: this.#prompt,
      bounded: this.#bounded,
      further: this.#further,
      unbounded: this.#unbounded,
      atMs: nowMs,
    };
  }

  /** Charged for what was sent between the two. Tokens. */
  between(from: Tally, to: Tally): number {
    return (
      this.#figure(0) * (to.prompt - from.prompt) +
      this.#figure(1) * (to.bounded - from.bounded) +
      this.#figure(2) * (to.further - from.further) +
      this.#figure(3) * (to.unbounded - from.unbounded)
    );
  }

  /** Azure counted so much more than was believed of our own requests, between the two. @param noise variance of the comparison. Tokens². */
  learn(from: Tally, to: Tally, error: number, noise: number): void {
    const passedMs = Math.max(0, to.atMs - from.atMs);
    const seen = [
      to.prompt - from.prompt,
      to.bounded - from.bounded,
      to.further - from.further,
      to.unbounded - from.unbounded,
      passedMs,
    ];
    const gain = seen.map((_, i) => seen.reduce((sum, value, j) => sum + this.#spreadAt(i, j) * value, 0));
    const surprise = error - this.othersPerMs * passedMs;
    const variance = noise + seen.reduce((sum, value, i) => sum + value * (gain[i] ?? 0), 0);
    for (let i = 0; i < FIGURES; i++) {
      const step = (gain[i] ?? 0) / variance;
      this.#figures[i] = this.#bounds(i, this.#figure(i) + step * surprise);
      for (let j = 0; j < FIGURES; j++) {
        const place = i * FIGURES + j;
        this.#spread[place] = (this.#spread[place] ?? 0) - step * (gain[j] ?? 0);
      }
    }
    this.#perPrompt = this.#figure(0);
    this.#perBounded = this.#figure(1);
    this.#perFurther = this.#figure(2);
    this.#perUnbounded = this.#figure(3);
    this.#forget();
  }

  /** What was learned may have changed: its certainty fades, up to what it was at first. */
  #forget(): void {
    for (const [i, max] of this.#spreadMax.entries()) {
      const place = i * FIGURES + i;
      this.#spread[place] = Math.min(max, Math.max(0, this.#spread[place] ?? 0) + max * FADES);
    }
  }

  #bounds(i: number, value: number): number {
    return Math.min(FIGURE_MAX[i] ?? this.#limitPerMs, Math.max(0, value));
  }

  #figure(i: number): number {
    return this.#figures[i] ?? 0;
  }

  #spreadAt(i: number, j: number): number {
    return this.#spread[i * FIGURES + j] ?? 0;
  }
}

/** Of the first certainty, with each comparison. */
const FADES = 1e-4;
/** The longest answers of today's models have some 130,000 tokens. */
const FIGURE_MAX = [2, 1.5, 1.5, 130_000];
