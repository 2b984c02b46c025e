import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { seededUnit, systemUnit } from './chance.ts';

test('seededUnit: the same seed gives the same numbers, in [0, 1)', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const [a, b] = [seededUnit(seed), seededUnit(seed)];
      for (let i = 0; i < 100; i++) {
        const value = a();
        assert.equal(value, b());
        assert.ok(value >= 0 && value < 1);
      }
    }),
    { seed: 20260228 },
  );
});

test('seededUnit: gives these numbers for ever, so that a recorded run can be played again', () => {
  const unit = seededUnit(1);
  assert.deepEqual([unit(), unit(), unit()], [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
});

test('seededUnit: spreads evenly for neighbouring seeds', () => {
  for (let seed = 0; seed < 20; seed++) {
    const unit = seededUnit(seed);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const bin = Math.floor(unit() * 10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // Nine degrees of freedom: 33.7 is passed once in ten thousand.
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    assert.ok(chiSquare < 33.7, `seed ${seed}: ${counts.join(' ')}`);
  }
});

test('systemUnit: is in [0, 1) and moves', () => {
  const values = new Set(Array.from({ length: 100 }, systemUnit));
  assert.ok(values.size > 90);
  for (const value of values) assert.ok(value >= 0 && value < 1);
});
