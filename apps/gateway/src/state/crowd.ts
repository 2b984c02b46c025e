/** How many exchanges each client has under way, so that one cannot take all there is. One that has none is forgotten. */
export class Crowd {
  readonly #underWay = new Map<string, number>();

  /** @param client null: nobody that is known by name. @returns how many it has now, this one included; 0 for nobody. */
  enters(client: string | null): number {
    if (client === null) return 0;
    const count = (this.#underWay.get(client) ?? 0) + 1;
    this.#underWay.set(client, count);
    return count;
  }

  leaves(client: string | null): void {
    if (client === null) return;
    const count = (this.#underWay.get(client) ?? 0) - 1;
    if (count > 0) this.#underWay.set(client, count);
    else this.#underWay.delete(client);
  }

  /** Clients with anything under way. */
  get size(): number {
    return this.#underWay.size;
  }
}
