/** What happens next: events by time, and those of one moment in the order in which they were planned. */

interface Planned<Event> {
  readonly atMs: number;
  readonly number: number;
  readonly event: Event;
}

export class Heap<Event> {
  readonly #heap: Planned<Event>[] = [];
  #count = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Infinity where nothing is planned. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  plan(atMs: number, event: Event): void {
    const planned = { atMs, number: this.#count++, event };
    let place = this.#heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above];
      if (other === undefined || isBefore(other, planned)) break;
      this.#heap[place] = other;
      place = above;
    }
    this.#heap[place] = planned;
  }

  /** Takes out the first. */
  next(): { readonly atMs: number; readonly event: Event } | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(planned: Planned<Event>): void {
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      const [left, right] = [this.#heap[below], this.#heap[below + 1]];
      if (left !== undefined && right !== undefined && isBefore(right, left)) below++;
      const least = this.#heap[below];
      if (least === undefined || isBefore(planned, least)) break;
      this.#heap[place] = least;
      place = below;
    }
    this.#heap[place] = planned;
  }
}

function isBefore(one: Planned<unknown>, other: Planned<unknown>): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number);
}
