/**
 * How many second tries may be made beside slow first ones. Each request that could have one earns a part of one, and a few can be saved
 * up: so the share holds for the last requests as well as for all, and when everything is slow the load does not double.
 */

/** Second tries that can be saved up. */
export const HEDGES_SAVED_MAX = 10;

export class HedgeBudget {
  /** In hundredths of a second try: whole numbers, so that nothing is lost to rounding. */
  #saved = 0;

  /** A request that could have one. @param percent of such requests that may. */
  earn(percent: number): void {
    this.#saved = Math.min(this.#saved + percent, 100 * HEDGES_SAVED_MAX);
  }

  /** @returns whether there is one to be spent, and spends it. */
  take(): boolean {
    if (this.#saved < 100) return false;
    this.#saved -= 100;
    return true;
  }
}
