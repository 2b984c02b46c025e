/**
 * How deep a provisioned deployment's bucket is, and what it takes for an answer without a bound: learned from how far the utilisation
 * that headers state moves when so much was added, drained and settled. Neither is published (wire §11 no. 2).
 */

/** Assumed at first: the bucket holds what drains in a minute; an answer without a bound counts for so many output tokens. */
const SECONDS_FIRST = 60;
const UNBOUNDED_FIRST = 1_000;
const SECONDS_MIN = 5;
const SECONDS_MAX = 600;
const UNBOUNDED_MAX = 130_000;
/** What is left of older comparisons with each new one. */
const KEPT = 0.995;
/**
 * A comparison that is off by more counts less, by the square: others may have sent in between. One of them, after half a minute
 * without an answer, would else weigh more than hundreds between answers that follow one another. Share of the bucket.
 */
const OFF_MAX = 0.05;

interface Level {
  readonly tokens: number;
  readonly unbounded: number;
}

export class DepthBelief {
  readonly #perMinute: number;
  readonly #weight: number;
  /** Least squares of two figures: utilisation for each minute's worth of tokens, and for each answer without a bound. */
  #aa = 0;
  #ab = 0;
  #bb = 0;
  #au = 0;
  #bu = 0;
  #perMinutesWorth: number;
  #perUnbounded: number;
  #last: { readonly level: Level; readonly utilisation: number } | null = null;

  constructor(tokensPerMinute: number, outputWeight: number) {
    this.#perMinute = tokensPerMinute;
    this.#weight = outputWeight;
    this.#perMinutesWorth = MINUTE_SECONDS / SECONDS_FIRST;
    const share = tokensPerMinute > 0 ? (outputWeight * UNBOUNDED_FIRST) / tokensPerMinute : 0;
    this.#perUnbounded = share * this.#perMinutesWorth;
    // The first belief counts like a few comparisons of a hundredth of the bucket each.
    this.#prior(share);
  }

  /** Normalised tokens at 100 %. */
  get tokens(): number {
    return this.#perMinute / this.#perMinutesWorth;
  }

  /** Normalised tokens that an answer without a bound is taken for. */
  get unboundedTokens(): number {
    return this.#perUnbounded * this.tokens;
  }

  utilisationOf({ tokens, unbounded }: Level): number {
    if (this.#perMinute <= 0) return 0;
    return (tokens / this.#perMinute) * this.#perMinutesWorth + unbounded * this.#perUnbounded;
  }

  /** @param level what had flowed in and out at the moment of which the header tells; from one to the next counts. */
  learn(level: Level, utilisation: number): void {
    const last = this.#last;
    this.#last = { level, utilisation };
    if (last === null || this.#perMinute <= 0) return;
    const a = (level.tokens - last.level.tokens) / this.#perMinute;
    const b = level.unbounded - last.level.unbounded;
    const u = utilisation - last.utilisation;
    const off = Math.abs(u - a * this.#perMinutesWorth - b * this.#perUnbounded);
    const weight = off <= OFF_MAX ? 1 : (OFF_MAX / off) ** 2;
    this.#aa = KEPT * this.#aa + weight * a * a;
    this.#ab = KEPT * this.#ab + weight * a * b;
    this.#bb = KEPT * this.#bb + weight * b * b;
    this.#au = KEPT * this.#au + weight * a * u;
    this.#bu = KEPT * this.#bu + weight * b * u;
    this.#solve();
  }

  /** Where no header tells: how deep it was found to be. What an answer without a bound is taken for stays. Normalised tokens. */
  assume(tokens: number): void {
    if (this.#perMinute <= 0 || tokens === this.tokens) return;
    const { unboundedTokens } = this;
    this.#perMinutesWorth = clampWorth(this.#perMinute / Math.max(1, tokens));
    this.#perUnbounded = unboundedTokens / this.tokens;
  }

  /** What comes next cannot be compared with what was: the bucket was empty in between. */
  forgetLast(): void {
    this.#last = null;
  }

  #prior(share: number): void {
    const weight = 1e-3;
    this.#aa = weight;
    this.#au = weight * this.#perMinutesWorth;
    const few = weight * Math.max(share * share, 1e-9);
    this.#bb = few / Math.max(share * share, 1e-9) / 10;
    this.#bu = this.#bb * this.#perUnbounded;
  }

  #solve(): void {
    const det = this.#aa * this.#bb - this.#ab * this.#ab;
    if (!(det > 1e-12 * this.#aa * this.#bb)) return;
    const a = (this.#au * this.#bb - this.#bu * this.#ab) / det;
    const b = (this.#bu * this.#aa - this.#au * this.#ab) / det;
    this.#perMinutesWorth = clampWorth(a);
    const most = (this.#weight * UNBOUNDED_MAX * this.#perMinutesWorth) / this.#perMinute;
    this.#perUnbounded = Math.min(most, Math.max(0, b));
  }
}

const MINUTE_SECONDS = 60;

function clampWorth(perMinutesWorth: number): number {
  return Math.min(MINUTE_SECONDS / SECONDS_MIN, Math.max(MINUTE_SECONDS / SECONDS_MAX, perMinutesWorth));
}
