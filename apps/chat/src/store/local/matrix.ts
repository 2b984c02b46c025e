/** All vectors of the local store in memory, one after the other, each of length 1: the nearest are found by looking at every one. */

/** Of a passage: {@link place} as in the table, and how near it is, from -1 to 1. */
export interface Near {
  readonly place: number;
  readonly score: number;
}

/** Numbers that one step of {@link dot} takes. */
const STRIDE = 8;

export class Matrix {
  readonly dimensions: number;
  /** Numbers of a row in memory: filled up with zeros, so that no row needs a rest of its own. */
  readonly #width: number;
  #rows: Float32Array;
  #places: Float64Array;
  #count = 0;

  constructor(dimensions: number, rowsExpected: number) {
    this.dimensions = dimensions;
    this.#width = Math.ceil(dimensions / STRIDE) * STRIDE;
    const room = Math.max(64, rowsExpected);
    this.#rows = new Float32Array(room * this.#width);
    this.#places = new Float64Array(room);
  }

  get count(): number {
    return this.#count;
  }

  add(place: number, vector: Float32Array): void {
    if (this.#count === this.#places.length) this.#grow();
    this.#rows.set(unitOf(vector), this.#count * this.#width);
    this.#places[this.#count] = place;
    this.#count += 1;
  }

  /** Forgets those places; the last rows move into the gaps. */
  remove(isGone: (place: number) => boolean): void {
    let at = 0;
    while (at < this.#count) {
      if (!isGone(this.#places[at] ?? 0)) at += 1;
      else this.#moveLastTo(at);
    }
  }

  /** @param among whether a place may be told at all: asked before it can take the room of one that may. @returns the nearest first. */
  nearest(vector: Float32Array, top: number, among: (place: number) => boolean): readonly Near[] {
    const asked = new Float32Array(this.#width);
    asked.set(unitOf(vector));
    const best: Near[] = [];
    let floor = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < this.#count; row++) {
      const place = this.#places[row] ?? 0;
      if (!among(place)) continue;
      const score = dot(this.#rows, row * this.#width, asked);
      if (best.length === top && score <= floor) continue;
      insert(best, { place, score }, top);
      floor = best[best.length - 1]?.score ?? floor;
    }
    return best;
  }

  #grow(): void {
    const rows = new Float32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    const places = new Float64Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
  }

  #moveLastTo(row: number): void {
    const last = this.#count - 1;
    this.#rows.copyWithin(row * this.#width, last * this.#width, (last + 1) * this.#width);
    this.#places[row] = this.#places[last] ?? 0;
    // What was there is deleted, not merely out of sight.
    this.#rows.fill(0, last * this.#width, (last + 1) * this.#width);
    this.#count = last;
  }
}

/** Sorted by score, at most `top`; the one that was there first wins a tie. */
function insert(best: Near[], near: Near, top: number): void {
  let at = best.length;
  while (at > 0 && (best[at - 1]?.score ?? 0) < near.score) at -= 1;
  best.splice(at, 0, near);
  if (best.length > top) best.pop();
}

function unitOf(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  // A vector of zeros is near to nothing; one with a number that is none is, too.
  const length = Math.sqrt(squares);
  return Number.isFinite(length) && length > 0
    ? vector.map((value) => value / length)
    : new Float32Array(vector.length);
}

/** Four sums side by side: the additions of one need not wait for those of another. */
function dot(rows: Float32Array, from: number, asked: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const width = asked.length;
  for (let i = 0; i < width; i += STRIDE) {
    const at = from + i;
    a += numberAt(rows, at) * numberAt(asked, i) + numberAt(rows, at + 4) * numberAt(asked, i + 4);
    b += numberAt(rows, at + 1) * numberAt(asked, i + 1) + numberAt(rows, at + 5) * numberAt(asked, i + 5);
    c += numberAt(rows, at + 2) * numberAt(asked, i + 2) + numberAt(rows, at + 6) * numberAt(asked, i + 6);
    d += numberAt(rows, at + 3) * numberAt(asked, i + 3) + numberAt(rows, at + 7) * numberAt(asked, i + 7);
  }
  return a + b + c + d;
}

/** Within bounds by construction; the `?? 0` is for the compiler, and costs nothing that can be measured. */
function numberAt(numbers: Float32Array, at: number): number {
  return numbers[at] ?? 0;
}
