import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmptyWord, stemsOf, wordsOf } from './words.ts';

const SAME: ReadonlyArray<readonly [string, string]> = [
  ['cover', 'covers'],
  ['cover', 'covered'],
  ['cover', 'covering'],
  ['include', 'including'],
  ['policy', 'policies'],
  ['box', 'boxes'],
  ['employee', 'employees'],
  ["plan's", 'plan'],
  ['Übung', 'übung'],
];

for (const [a, b] of SAME) {
  test(`stemsOf: ${a} and ${b} have one stem`, () => assert.deepEqual(stemsOf(a), stemsOf(b)));
}

test('stemsOf: leaves out words without meaning', () => {
  assert.deepEqual(stemsOf('What is the deductible of my plan?'), ['deductibl', 'plan']);
  assert.deepEqual(stemsOf('How are you?'), []);
});

test('wordsOf: every word as it stands', () => {
  assert.deepEqual(wordsOf("It's 25 °C, said Ana."), ["It's", '25', 'C', 'said', 'Ana']);
});

test('isEmptyWord: single letters too, but no digits', () => {
  assert.deepEqual(['the', 'c', '7', 'tea'].map(isEmptyWord), [true, true, false, false]);
});
