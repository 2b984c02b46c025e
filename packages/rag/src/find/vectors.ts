/** Vectors compared exactly; fast enough for some ten thousand. */

export interface Ranked {
  readonly id: string;
  /** Larger is better; comparable only within one ranking. */
  readonly score: number;
}

/** -1 to 1; 0 where either has no length. Vectors of unequal sizes are an error of the caller. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and ${b.length} numbers are not compared`);
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/** Of length 1, so that {@link topRows} is a plain product; zeros stay zeros. */
export function normalised(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return sum === 0 ? vector.slice() : vector.map((x) => x / Math.sqrt(sum));
}

export interface Row {
  readonly row: number;
  readonly score: number;
}

/**
 * The rows of a matrix nearest to a vector, best first; equal ones in the matrix' order. All of them normalised before.
 * @param matrix rows of as many numbers as the vector, one after the other.
 * @param admits whether a row may be found at all.
 */
export function topRows(
  matrix: Float32Array,
  vector: Float32Array,
  top: number,
  admits: (row: number) => boolean = () => true,
): readonly Row[] {
  const size = vector.length;
  const best: Row[] = [];
  if (top <= 0 || size === 0) return best;
  const rows = Math.floor(matrix.length / size);
  for (let row = 0; row < rows; row++) {
    if (!admits(row)) continue;
    const score = product(matrix, row * size, vector);
    if (best.length === top && score <= (best.at(-1)?.score ?? 0)) continue;
    insert(best, { row, score });
    if (best.length > top) best.pop();
  }
  return best;
}

function product(matrix: Float32Array, offset: number, vector: Float32Array): number {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += (matrix[offset + i] ?? 0) * (vector[i] ?? 0);
  return dot;
}

/** Behind those that are as good. */
function insert(best: Row[], row: Row): void {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((best[middle]?.score ?? 0) >= row.score) low = middle + 1;
    else high = middle;
  }
  best.splice(low, 0, row);
}
