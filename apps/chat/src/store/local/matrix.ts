/** All vectors of the local store in memory, one after the other, each of length 1: the nearest are found by looking at every one. */

/** Of a passage: {@link place} as in the table, and how near it is, from -1 to 1. */
export interface Near {
  readonly place: number;
  readonly score: number;
}

/** Numbers that one step of {@link dot} takes. */
const STRIDE = 8;

/** Rows in one piece of memory: it grows by pieces, so that nothing that is there is copied when more comes. */
const BLOCK_ROWS = 1_024;

export class Matrix {
  readonly dimensions: number;
  /** Numbers of a row in memory: filled up with zeros, so that no row needs a rest of its own. */
  readonly #width: number;
  readonly #blockRows: number;
  readonly #blocks: Float32Array[] = [];
  readonly #places: number[] = [];

  constructor(dimensions: number, blockRows = BLOCK_ROWS) {
    this.dimensions = dimensions;
    this.#width = Math.ceil(dimensions / STRIDE) * STRIDE;
    this.#blockRows = blockRows;
  }

  get count(): number {
    return this.#places.length;
  }

  add(place: number, vector: Float32Array): void {
    const row = this.#places.push(place) - 1;
    if (row === this.#blocks.length * this.#blockRows) {
      this.#blocks.push(new Float32Array(this.#blockRows * this.#width));
    }
    this.#row(row).set(unitOf(vector));
  }

  /** Forgets those places; the last rows move into the gaps. */
  remove(isGone: (place: number) => boolean): void {
    let at = 0;
    while (at < this.#places.length) {
      if (!isGone(this.#places[at] ?? 0)) at += 1;
      else this.#moveLastTo(at);
    }
    this.#blocks.length = Math.ceil(this.#places.length / this.#blockRows);
  }

  /** @param among whether a place may be told at all: asked before it can take the room of one that may. @returns the nearest first. */
  nearest(vector: Float32Array, top: number, among: (place: number) => boolean): readonly Near[] {
    const asked = new Float32Array(this.#width);
    asked.set(unitOf(vector));
    const best: Near[] = [];
    let floor = Number.NEGATIVE_INFINITY;
    for (const [number, block] of this.#blocks.entries()) {
      const first = number * this.#blockRows;
      const rows = Math.min(this.#blockRows, this.#places.length - first);
      for (let row = 0; row < rows; row++) {
        const place = this.#places[first + row] ?? 0;
        if (!among(place)) continue;
        const score = dot(block, row * this.#width, asked);
        if (best.length === top && score <= floor) continue;
        insert(best, { place, score }, top);
        floor = best[best.length - 1]?.score ?? floor;
      }
    }
    return best;
  }

  #row(row: number): Float32Array {
    const from = (row % this.#blockRows) * this.#width;
    const block = this.#blocks[Math.floor(row / this.#blockRows)];
    return block === undefined ? new Float32Array(0) : block.subarray(from, from + this.#width);
  }

  #moveLastTo(row: number): void {
    const last = this.#places.length - 1;
    this.#row(row).set(this.#row(last));
    this.#places[row] = this.#places[last] ?? 0;
    this.#places.pop();
    // What was there is deleted, not merely out of sight.
    this.#row(last).fill(0);
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
