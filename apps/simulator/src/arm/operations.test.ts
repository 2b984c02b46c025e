import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS_MAX, Operations } from './operations.ts';

test('Operations: each is found by its id in any case, and the oldest are forgotten', () => {
  const operations = new Operations();
  const first = operations.begin(1, 2);
  assert.equal(operations.get(first.id.toUpperCase()), first);
  for (let n = 0; n < OPERATIONS_MAX; n++) operations.begin(1, 2);
  assert.equal(operations.get(first.id), null);
});
