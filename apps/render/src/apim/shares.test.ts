import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prioritiesOf, weightsOf } from './shares.ts';

const PRIORITIES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[7], [1]],
  [
    [1, 20, 1, 5],
    [1, 3, 1, 2],
  ],
  [
    [0, 1_000_000],
    [1, 2],
  ],
];
for (const [given, want] of PRIORITIES) {
  test(`prioritiesOf: ${given.join(', ') || 'none'} are ${want.join(', ') || 'none'}`, () =>
    assert.deepEqual(prioritiesOf(given), want));
}

test('prioritiesOf: the range of API Management is not left', () => {
  const many = prioritiesOf(Array.from({ length: 150 }, (_, i) => i));
  assert.deepEqual([many[98], many[99], many[149]], [99, 100, 100]);
});

const WEIGHTS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [1, 3],
    [1, 3],
  ],
  [
    [100, 1],
    [100, 1],
  ],
  [
    [0.5, 0.25],
    [100, 50],
  ],
  [
    [400, 100],
    [100, 25],
  ],
  [
    [1_000_000, 1],
    [100, 1],
  ],
];
for (const [given, want] of WEIGHTS) {
  test(`weightsOf: ${given.join(', ')} are ${want.join(', ')}`, () => assert.deepEqual(weightsOf(given), want));
}
