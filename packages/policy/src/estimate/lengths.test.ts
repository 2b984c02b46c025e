import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lengths } from './lengths.ts';

test('Lengths: of nothing there is no quantile', () => {
  assert.equal(new Lengths().quantile(0.99), null);
});

test('Lengths: a quantile is never too short, and at most a twelfth too long, for any lengths (seed 62)', () => {
  const any = fc.array(fc.integer({ min: 1, max: 900_000 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(any, fc.constantFrom(0.5, 0.99, 0.999, 1), (given, share) => {
      const lengths = new Lengths();
      for (const each of given) lengths.add(each);
      const exact = given.toSorted((a, b) => a - b)[Math.ceil(share * given.length) - 1] ?? 0;
      const told = lengths.quantile(share) ?? 0;
      assert.ok(told >= exact && told <= exact * 1.095, `${told} for ${exact}`);
    }),
    { seed: 62, numRuns: 300 },
  );
});

test('Lengths: forgets: of 10,000 old answers and 60,000 new ones hardly an old one counts', () => {
  const lengths = new Lengths();
  for (let i = 0; i < 10_000; i++) lengths.add(4_000);
  for (let i = 0; i < 60_000; i++) lengths.add(100);
  assert.equal(lengths.quantile(0.999), 107);
  assert.ok(lengths.total <= 10_000);
});

test('Lengths: an answer of no token, and one longer than any, count as the shortest and the longest', () => {
  const lengths = new Lengths();
  lengths.add(0);
  assert.equal(lengths.quantile(1), 1);
  lengths.add(1e12);
  assert.ok((lengths.quantile(1) ?? 0) > 900_000);
});
