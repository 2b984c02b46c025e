/**
 * Which prompts' beginnings a deployment reads again and again, as far as is seen here: of the keys that came last, when they came, in a
 * table of fixed size in which a newer key takes the place of an older one. A conversation asks once in a while; instructions that all
 * requests of an application share are hot, and wherever they are read that often they are cached as well as at their home.
 */

/** Places in the table; a power of two. */
export const HOT_KEYS = 1024;
/** How many readings make a key hot, if the first of them is not longer ago than that. Milliseconds. */
const READINGS = 3;
const HOT_MS = 10_000;

export class HotKeys {
  readonly #keys = new Int32Array(HOT_KEYS);
  /** Of each key its last readings, the latest first. Milliseconds since 1970. */
  readonly #readMs = new Float64Array(HOT_KEYS * READINGS).fill(Number.NEGATIVE_INFINITY);

  /** @param key of 32 bits, well mixed. */
  read(key: number, nowMs: number): void {
    const place = placeOf(key);
    const first = place * READINGS;
    const last = first + READINGS - 1;
    if (this.#keys[place] !== (key | 0)) this.#readMs.fill(Number.NEGATIVE_INFINITY, first, last + 1);
    this.#keys[place] = key;
    this.#readMs.copyWithin(first + 1, first, last);
    this.#readMs[first] = nowMs;
  }

  isHot(key: number, nowMs: number): boolean {
    const place = placeOf(key);
    return this.#keys[place] === (key | 0) && nowMs - (this.#readMs[(place + 1) * READINGS - 1] ?? 0) <= HOT_MS;
  }
}

function placeOf(key: number): number {
  return key & (HOT_KEYS - 1);
}
