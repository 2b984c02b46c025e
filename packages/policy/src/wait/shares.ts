/**
 * Places of which there are only so many, and what each client has of them: the last quarter is for those who have less than a quarter,
 * so that one client's flood does not shut out the others. Callers who are not told apart have no share to keep to.
 */

/** Of all places. */
const KEPT_SHARE = 0.25;

export class Shares {
  readonly #byClient = new Map<string, number>();

  /** @param taken places by all together. */
  mayTake(client: string | null, taken: number, placesMax: number): boolean {
    if (taken >= placesMax) return false;
    if (client === null || taken < placesMax * (1 - KEPT_SHARE)) return true;
    return (this.#byClient.get(client) ?? 0) < placesMax * KEPT_SHARE;
  }

  take(client: string | null): void {
    if (client !== null) this.#byClient.set(client, (this.#byClient.get(client) ?? 0) + 1);
  }

  /** Once for each place that was taken. A client that has none is forgotten. */
  giveBack(client: string | null): void {
    if (client === null) return;
    const left = (this.#byClient.get(client) ?? 0) - 1;
    if (left > 0) this.#byClient.set(client, left);
    else this.#byClient.delete(client);
  }
}
