/** Values by name, of which only the newest stay: for what is learned of whoever comes, without a limit to who may. */

/**
 * Two maps that take turns: what is asked for moves to the young one, and when that is full the old one goes. So what was used least
 * recently makes room, roughly in order, and finding costs one look, not a move.
 */
export class Recent<Key, Value> {
  readonly #youngMax: number;
  #young = new Map<Key, Value>();
  #old: ReadonlyMap<Key, Value> = new Map();

  /** @param valuesMax kept at a time; 2 or more. At least half of them stay, however many come. */
  constructor(valuesMax: number) {
    this.#youngMax = Math.max(1, Math.floor(valuesMax / 2));
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#youngMax && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Those used longest ago first, roughly. */
  *values(): Iterable<Value> {
    for (const [key, value] of this.#old) if (!this.#young.has(key)) yield value;
    yield* this.#young.values();
  }
}
