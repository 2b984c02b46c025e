import assert from 'node:assert/strict';
import test from 'node:test';
import { seededUnit } from '@spillway/clock';
import { Matrix } from './matrix.ts';

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

test('Matrix: finds what comparing each vector by hand finds, while vectors come and go (seed 7)', () => {
  const unit = seededUnit(7);
  for (const dimensions of [1, 7, 8, 9, 33]) {
    const matrix = new Matrix(dimensions, 16);
    const kept = new Map<number, Float32Array>();
    const vector = () => Float32Array.from({ length: dimensions }, () => unit() - 0.5);
    for (let place = 0; place < 300; place++) {
      const added = vector();
      matrix.add(place, added);
      kept.set(place, added);
      if (place % 50 !== 49) continue;
      const rest = Math.floor(unit() * 5);
      matrix.remove((gone) => gone % 5 === rest);
      for (const gone of [...kept.keys()]) if (gone % 5 === rest) kept.delete(gone);
    }
    assert.equal(matrix.count, kept.size);
    const asked = vector();
    const odd = (place: number) => place % 2 === 1;
    const want = [...kept]
      .filter(([place]) => odd(place))
      .map(([place, row]) => ({ place, score: cosine(row, asked) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 10);
    const found = matrix.nearest(asked, 10, odd);
    assert.equal(found.length, 10);
    for (const [at, { place, score }] of found.entries()) {
      assert.ok(Math.abs(score - (want[at]?.score ?? 9)) < 1e-5, `${dimensions}: ${at}`);
      assert.ok(Math.abs(score - cosine(kept.get(place) ?? assert.fail(`${place} is gone`), asked)) < 1e-5);
    }
  }
});

test('Matrix: a vector of zeros, or with a number that is none, is near to nothing', () => {
  const matrix = new Matrix(2);
  matrix.add(1, new Float32Array([0, 0]));
  matrix.add(2, new Float32Array([Number.NaN, 1]));
  matrix.add(3, new Float32Array([-1, 0.1]));
  assert.deepEqual(
    matrix.nearest(new Float32Array([1, 0]), 3, () => true).map(({ place }) => place),
    [1, 2, 3],
  );
  assert.equal(matrix.nearest(new Float32Array([0, 0]), 1, () => true)[0]?.score, 0);
});
