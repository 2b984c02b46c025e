import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recent } from './recent.ts';

test('Recent: what is used stays, what was used longest ago makes room', () => {
  const recent = new Recent<string, number>(4);
  recent.set('a', 1);
  for (const key of ['b', 'c', 'd', 'e', 'f', 'g']) {
    recent.set(key, 0);
    assert.equal(recent.get('a'), 1, key);
  }
  assert.equal(recent.get('b'), undefined);
});

test('Recent: never keeps more than its maximum, and keeps the newest half of it, whatever comes (seed 61)', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 40 })), { maxLength: 300 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 12 }), (given, valuesMax) => {
      const recent = new Recent<number, number>(valuesMax);
      const order: number[] = [];
      for (const [sets, key] of given) {
        if (sets) recent.set(key, key);
        if (recent.get(key) !== undefined) order.push(key);
        const kept = [...recent.values()];
        assert.ok(kept.length <= valuesMax, `${kept.length} of ${valuesMax}`);
        assert.equal(new Set(kept).size, kept.length);
        const newest = [...new Set(order.toReversed())].slice(0, Math.floor(valuesMax / 2));
        for (const each of newest) assert.ok(kept.includes(each), `${each} is gone`);
      }
    }),
    { seed: 61, numRuns: 200 },
  );
});
