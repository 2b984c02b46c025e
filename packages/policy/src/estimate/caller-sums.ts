/** What each client reserved and used, summed for metrics: sums that never fall, so no client is forgotten; there are only so many. */

export interface CallerSums {
  /** Name; {@link NOBODY} without client keys, {@link OTHERS} for all who came when no more were told apart. */
  readonly client: string;
  /** Asked for as longest answers, by requests with a bound that were answered. Tokens. */
  readonly reservedTokens: number;
  /** Of these, used. Tokens. */
  readonly usedTokens: number;
}

/** Clients told apart. */
export const CALLERS_MAX = 100;
export const NOBODY = 'none';
export const OTHERS = 'other';

export class CallerBook {
  readonly #sums = new Map<string, { client: string; reservedTokens: number; usedTokens: number }>();

  add(client: string | null, reservedTokens: number, usedTokens: number): void {
    const sums = this.#of(client ?? NOBODY);
    sums.reservedTokens += reservedTokens;
    sums.usedTokens += usedTokens;
  }

  /** In the order in which they came. */
  all(): readonly CallerSums[] {
    return [...this.#sums.values()];
  }

  #of(client: string): { reservedTokens: number; usedTokens: number } {
    const known = this.#sums.get(client);
    if (known !== undefined) return known;
    if (client !== OTHERS && this.#sums.size >= CALLERS_MAX) return this.#of(OTHERS);
    const sums = { client, reservedTokens: 0, usedTokens: 0 };
    this.#sums.set(client, sums);
    return sums;
  }
}
