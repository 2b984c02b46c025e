import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Crowd } from './crowd.ts';

test('Crowd: counts each client alone, and forgets one that has nothing under way', () => {
  const crowd = new Crowd();
  assert.deepEqual([crowd.enters('a'), crowd.enters('a'), crowd.enters('b')], [1, 2, 1]);
  crowd.leaves('a');
  assert.equal(crowd.enters('a'), 2);
  for (const client of ['a', 'a', 'b']) crowd.leaves(client);
  assert.equal(crowd.size, 0);
});

test('Crowd: callers without a name are not counted', () => {
  const crowd = new Crowd();
  assert.deepEqual([crowd.enters(null), crowd.enters(null)], [0, 0]);
  crowd.leaves(null);
  assert.equal(crowd.size, 0);
});
