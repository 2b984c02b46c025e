import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cosine, normalised, topRows } from './vectors.ts';

const v = (...numbers: readonly number[]) => Float32Array.from(numbers);

const TABLE: ReadonlyArray<readonly [a: Float32Array, b: Float32Array, want: number]> = [
  [v(1, 0), v(5, 0), 1],
  [v(1, 0), v(0, 2), 0],
  [v(1, 1), v(-2, -2), -1],
  [v(0, 0), v(1, 0), 0],
];

for (const [a, b, want] of TABLE) {
  test(`cosine: of ${a} and ${b} is ${want}`, () => assert.ok(Math.abs(cosine(a, b) - want) < 1e-6));
}

test('cosine: vectors of unequal sizes are not compared', () => {
  assert.throws(() => cosine(v(1), v(1, 2)), /1 and 2 numbers/);
});

test('normalised: has length 1 and leaves its argument alone; zeros stay zeros', () => {
  const given = v(3, 4);
  assert.deepEqual(
    [...normalised(given)].map((x) => x.toFixed(3)),
    ['0.600', '0.800'],
  );
  assert.deepEqual([...given], [3, 4]);
  assert.deepEqual([...normalised(v(0, 0))], [0, 0]);
});

test('topRows: for any matrix the same rows as sorting all of them', () => {
  const numbers = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 60 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 4 }), (given, top, without) => {
      const matrix = v(...given.slice(0, given.length - (given.length % 3)));
      const rows = Array.from({ length: matrix.length / 3 }, (_, row) => row).filter((row) => row !== without);
      const score = (row: number) => (matrix[3 * row] ?? 0) + 2 * (matrix[3 * row + 1] ?? 0);
      const want = rows.map((row) => ({ row, score: score(row) })).sort((a, b) => b.score - a.score || a.row - b.row);
      const got = topRows(matrix, v(1, 2, 0), top, (row) => row !== without);
      assert.deepEqual(got, want.slice(0, top));
    }),
  );
});
