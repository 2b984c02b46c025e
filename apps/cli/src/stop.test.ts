import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Presses, SAME_PRESS_MS } from './stop.ts';

test('Presses: takes the copies of one press that npm and the starter pass on for one, and a later one as insisting', () => {
  const presses = new Presses();
  assert.equal(presses.press(1_000), 'first');
  assert.equal(presses.press(1_000), 'same');
  assert.equal(presses.press(1_000 + SAME_PRESS_MS - 1), 'same');
  assert.equal(presses.press(1_000 + SAME_PRESS_MS), 'again');
});
