/**
 * Objects of one kind that are kept without being asked for one by one: the oldest make room for new ones, and go when their time is
 * over. What lasts of them is the store's matter.
 */
import { OBJECTS_MAX, type Store } from './store.ts';

/** Of all objects of an archive together. UTF-16 units. */
export const ARCHIVE_CHARS_MAX = 64 * 1024 * 1024;

export interface ArchiveOptions<Value> {
  readonly kind: string;
  /** How long an object is kept. Milliseconds. */
  readonly retentionMs: number;
  /** What a kept object says; null where it is none of this archive. */
  readonly read: (value: unknown) => Value | null;
  /** UTF-16 units. */
  readonly charsOf: (value: Value) => number;
  /** Called with the id of each object that is gone, for whatever reason. */
  readonly gone?: (id: string) => void;
}

interface Place<Value> {
  readonly value: Value;
  readonly createdMs: number;
  readonly chars: number;
}

export interface Found<Value> {
  readonly id: string;
  readonly value: Value;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
}

export class Archive<Value> {
  readonly #store: Store;
  readonly #options: ArchiveOptions<Value>;
  /** Oldest first. */
  readonly #places = new Map<string, Place<Value>>();
  #chars = 0;

  constructor(store: Store, options: ArchiveOptions<Value>) {
    this.#store = store;
    this.#options = options;
    for (const { id, createdMs, value } of store.list(options.kind)) {
      const read = options.read(value);
      if (read === null) continue;
      const chars = options.charsOf(read);
      this.#places.set(id, { value: read, createdMs, chars });
      this.#chars += chars;
    }
  }

  /** Oldest first. */
  *all(nowMs: number): Iterable<Found<Value>> {
    this.#dropOld(nowMs);
    for (const [id, { value, createdMs }] of this.#places) yield { id, value, createdMs };
  }

  get(id: string, nowMs: number): Found<Value> | null {
    this.#dropOld(nowMs);
    const place = this.#places.get(id);
    return place === undefined ? null : { id, value: place.value, createdMs: place.createdMs };
  }

  /** Puts a new object, or one in the place of that id: its time of creation then stays. */
  put(id: string, value: Value, nowMs: number): void {
    this.#dropOld(nowMs);
    const before = this.#places.get(id);
    const chars = this.#options.charsOf(value);
    this.#chars -= before?.chars ?? 0;
    this.#makeRoom(before === undefined ? 1 : 0, chars, id);
    this.#places.set(id, { value, createdMs: before?.createdMs ?? nowMs, chars });
    this.#chars += chars;
    this.#store.put(this.#options.kind, id, value, nowMs, { whenFull: 'dropOldest' });
  }

  /** @returns whether there was one. */
  remove(id: string): boolean {
    const place = this.#places.get(id);
    if (place === undefined) return false;
    this.#places.delete(id);
    this.#chars -= place.chars;
    this.#store.remove(this.#options.kind, id);
    this.#options.gone?.(id);
    return true;
  }

  #dropOld(nowMs: number): void {
    for (const [id, { createdMs }] of this.#places) {
      if (createdMs + this.#options.retentionMs > nowMs) return;
      this.remove(id);
    }
  }

  /** Drops the oldest until so much more has room. What is longer than all that has room is kept alone. */
  #makeRoom(objects: number, chars: number, staying: string): void {
    for (const id of this.#places.keys()) {
      if (this.#places.size + objects <= OBJECTS_MAX && this.#chars + chars <= ARCHIVE_CHARS_MAX) return;
      if (id !== staying) this.remove(id);
    }
  }
}
