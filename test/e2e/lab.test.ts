/** The first half of the shipped scenarios; the others are in lab-others.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedNames } from '@spillway/planner';
import { testPromises } from './lab-promises.ts';

testPromises('first');

test('lab: at least 20 scenarios ship', () => {
  assert.ok(shippedNames().length >= 20);
});
