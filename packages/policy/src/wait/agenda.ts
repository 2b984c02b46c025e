/** What is due when: a binary heap of things that know their place in it, so that any of them can leave or move in O(log n). */

/** The fields belong to the agenda; `place` is -1 outside of it. */
export interface Entry {
  atMs: number;
  place: number;
}

export class Agenda<Item extends Entry> {
  readonly #heap: Item[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The one due first; null where there is none. */
  get first(): Item | null {
    return this.#heap[0] ?? null;
  }

  /** Infinity where there is nothing. Milliseconds since 1970. */
  get nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Enters it, or moves it where it is in already. */
  set(item: Item, atMs: number): void {
    item.atMs = atMs;
    if (item.place < 0) {
      item.place = this.#heap.length;
      this.#heap.push(item);
    }
    this.#settle(item);
  }

  /** Without effect on one that is not in it. */
  drop(item: Item): void {
    const { place } = item;
    if (place < 0) return;
    item.place = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#put(last, place);
    this.#settle(last);
  }

  #settle(item: Item): void {
    this.#rise(item);
    this.#sink(item);
  }

  #rise(item: Item): void {
    while (item.place > 0) {
      const above = this.#heap[(item.place - 1) >> 1];
      if (above === undefined || above.atMs <= item.atMs) return;
      this.#swap(item, above);
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const left = this.#heap[2 * item.place + 1];
      const right = this.#heap[2 * item.place + 2];
      const below = left !== undefined && right !== undefined && right.atMs < left.atMs ? right : left;
      if (below === undefined || below.atMs >= item.atMs) return;
      this.#swap(item, below);
    }
  }

  #swap(one: Item, other: Item): void {
    const place = one.place;
    this.#put(one, other.place);
    this.#put(other, place);
  }

  #put(item: Item, place: number): void {
    this.#heap[place] = item;
    item.place = place;
  }
}
