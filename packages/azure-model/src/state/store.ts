/**
 * What a resource keeps between requests: responses, files, batches and so on, by kind and id. It belongs to one resource alone: an id
 * of another one is not found here. Whoever wants it to survive a restart gives a `Keeper`.
 */

/** One object. */
export interface Kept<Value = unknown> {
  readonly id: string;
  /** When it was put first. Milliseconds since 1970. */
  readonly createdMs: number;
  /** As JSON has it: never changed in place, only put anew. */
  readonly value: Value;
  /** Contents of a file; null for others. */
  readonly bytes: Uint8Array | null;
}

/** Writes through to something that lasts. */
export interface Keeper {
  /** All that was kept before, oldest first. */
  load(): Iterable<Kept & { readonly kind: string }>;
  put(kind: string, object: Kept): void;
  remove(kind: string, id: string): void;
}

/** Objects of one kind. Azure allows 100 to 10,000 files and stores; responses are kept 30 days there. */
export const OBJECTS_MAX = 10_000;
/** All contents together. Bytes. */
export const STORED_BYTES_MAX = 512 * 1024 * 1024;
/** All that objects say besides contents. About UTF-16 units: names and texts by their length, each of them and all else a few more. */
export const STORED_CHARS_MAX = 256 * 1024 * 1024;
/** By so much an object that is there may grow even then: what is under way is to end. The same units. */
export const GROWTH_CHARS_MAX = 64 * 1024;

/** full: nothing was kept, since there are OBJECTS_MAX, STORED_BYTES_MAX or STORED_CHARS_MAX already. */
export type PutOutcome = 'kept' | 'full';

export interface PutOptions {
  readonly bytes?: Uint8Array | null;
  /** What becomes of one object too many; dropOldest is for whoever bounds the characters of its kind itself. Default refuse. */
  readonly whenFull?: 'refuse' | 'dropOldest';
}

export class Store {
  readonly #kinds = new Map<string, Map<string, Kept>>();
  readonly #keeper: Keeper | null;
  #bytes = 0;
  #chars = 0;

  constructor(keeper: Keeper | null = null) {
    this.#keeper = keeper;
    for (const { kind, ...object } of keeper?.load() ?? []) {
      this.#of(kind).set(object.id, object);
      this.#bytes += object.bytes?.length ?? 0;
      this.#chars += charsOf(object.value);
    }
  }

  /** Of that kind, oldest first. */
  list(kind: string): readonly Kept[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])];
  }

  get(kind: string, id: string): Kept | null {
    return this.#kinds.get(kind)?.get(id) ?? null;
  }

  /** Puts a new object, or one in the place of that id; its time of creation and, unless given, its contents then stay. */
  put(kind: string, id: string, value: unknown, nowMs: number, options: PutOptions = {}): PutOutcome {
    const objects = this.#of(kind);
    const before = objects.get(id);
    const bytes = options.bytes === undefined ? (before?.bytes ?? null) : options.bytes;
    const more = (bytes?.length ?? 0) - (before?.bytes?.length ?? 0);
    if (this.#bytes + more > STORED_BYTES_MAX) return 'full';
    const moreChars = charsOf(value) - (before === undefined ? 0 : charsOf(before.value));
    const free = before === undefined ? 0 : GROWTH_CHARS_MAX;
    const tooMany = moreChars > free && this.#chars + moreChars > STORED_CHARS_MAX;
    if (tooMany && options.whenFull !== 'dropOldest') return 'full';
    if (before === undefined && objects.size >= OBJECTS_MAX) {
      if (options.whenFull !== 'dropOldest') return 'full';
      const oldest = objects.keys().next().value;
      if (oldest !== undefined) this.remove(kind, oldest);
    }
    const object = { id, createdMs: before?.createdMs ?? nowMs, value, bytes };
    objects.set(id, object);
    this.#bytes += more;
    this.#chars += moreChars;
    this.#keeper?.put(kind, object);
    return 'kept';
  }

  /** @returns whether there was one. */
  remove(kind: string, id: string): boolean {
    const objects = this.#kinds.get(kind);
    const object = objects?.get(id);
    if (objects === undefined || object === undefined) return false;
    objects.delete(id);
    this.#bytes -= object.bytes?.length ?? 0;
    this.#chars -= charsOf(object.value);
    this.#keeper?.remove(kind, id);
    return true;
  }

  #of(kind: string): Map<string, Kept> {
    const there = this.#kinds.get(kind);
    if (there !== undefined) return there;
    const made = new Map<string, Kept>();
    this.#kinds.set(kind, made);
    return made;
  }
}

/** What a number, a name, or an end of a text costs besides. */
const PART_CHARS = 8;

function charsOf(value: unknown): number {
  if (typeof value === 'string') return PART_CHARS + value.length;
  if (typeof value !== 'object' || value === null) return PART_CHARS;
  let chars = PART_CHARS;
  if (Array.isArray(value)) for (const part of value) chars += charsOf(part);
  else for (const [name, part] of Object.entries(value)) chars += name.length + charsOf(part);
  return chars;
}
