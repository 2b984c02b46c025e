import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stat } from './stat.ts';

const shown = ({ count, total, average, minimum, maximum }: Stat) => ({ count, total, average, minimum, maximum });

test('Stat: has count and sum of nothing, and no mean of it', () => {
  assert.deepEqual(shown(new Stat()), { count: 0, total: 0, average: null, minimum: null, maximum: null });
});

test('Stat: keeps of its samples what the aggregations need, merged or one by one', () => {
  const [all, one, other] = [new Stat(), new Stat(), new Stat()];
  for (const [value, part] of [
    [3, one],
    [1, one],
    [8, other],
  ] as const) {
    all.add(value);
    part.add(value);
  }
  one.merge(other);
  assert.deepEqual(shown(all), { count: 3, total: 12, average: 4, minimum: 1, maximum: 8 });
  assert.deepEqual(shown(one), shown(all));
});

test('Stat: what was reached for a moment raises the maximum alone', () => {
  const stat = new Stat();
  stat.add(50);
  stat.reached(120);
  stat.reached(10);
  assert.deepEqual(shown(stat), { count: 1, total: 50, average: 50, minimum: 50, maximum: 120 });
});
