import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUOTA_TOKENS_PER_MINUTE } from './load.ts';
import { ANSWERS, deploymentsOf, RESOURCES, THROTTLED } from './resources.ts';

function capacities(name: string): readonly (number | undefined)[] {
  return RESOURCES.map((resource) => deploymentsOf(resource).find((each) => each.name === name)?.capacity);
}

test('deploymentsOf: the load has the same quota everywhere, the chat app a thousand where nothing is throttled', () => {
  const small = QUOTA_TOKENS_PER_MINUTE / 1000;
  assert.deepEqual(capacities('chat'), [small, small, small]);
  assert.deepEqual(capacities(ANSWERS), [small, small, 1_000]);
  assert.deepEqual(THROTTLED, ['openai1', 'openai2']);
});
