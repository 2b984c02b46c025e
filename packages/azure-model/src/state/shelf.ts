/** Objects of one kind in a resource's store, as what they are: whatever else a restart brings back under that kind is passed over. */
import type { PutOptions, PutOutcome, Store } from './store.ts';

export interface Identified {
  readonly id: string;
}

export class Shelf<Value extends Identified> {
  readonly #store: Store;
  readonly #kind: string;
  readonly #is: (value: unknown) => value is Value;

  constructor(store: Store, kind: string, is: (value: unknown) => value is Value) {
    this.#store = store;
    this.#kind = kind;
    this.#is = is;
  }

  get(id: string): Value | null {
    const value = this.#store.get(this.#kind, id)?.value;
    return this.#is(value) ? value : null;
  }

  bytes(id: string): Uint8Array | null {
    return this.#store.get(this.#kind, id)?.bytes ?? null;
  }

  /** Oldest first. */
  list(): readonly Value[] {
    return this.#store.list(this.#kind).flatMap(({ value }) => (this.#is(value) ? [value] : []));
  }

  put(value: Value, nowMs: number, options: PutOptions = {}): PutOutcome {
    return this.#store.put(this.#kind, value.id, value, nowMs, options);
  }

  /** @returns whether there was one. */
  remove(id: string): boolean {
    return this.#store.remove(this.#kind, id);
  }

  /** An id that no object has: after a restart the same seed draws the same ids again. */
  freshId(draw: () => string): string {
    let id = draw();
    while (this.#store.get(this.#kind, id) !== null) id = draw();
    return id;
  }
}
