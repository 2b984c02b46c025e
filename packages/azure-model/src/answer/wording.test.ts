import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidatesIn, UserWords } from './wording.ts';

test('candidatesIn: texts in quotation marks, then names', () => {
  assert.deepEqual(candidatesIn('Send "see you" to Ana Lima, Rome and Oslo. I wait.'), [
    'see you',
    'Ana Lima',
    'Rome',
    'Oslo',
  ]);
  assert.deepEqual(candidatesIn('What can I do?'), []);
});

test('UserWords: gives names one after the other, then nothing', () => {
  const words = new UserWords('A flight from Rome to Oslo', 0, null);
  assert.deepEqual([words.textFor('from'), words.textFor('to'), words.textFor('via')], ['Rome', 'Oslo', null]);
  assert.equal(new UserWords('A flight from Rome to Oslo', 1, null).textFor('city'), 'Oslo');
});

test('UserWords: keywords for a query, all of it for a question, the answer where there is one', () => {
  const words = new UserWords('What does the plan cover?', 0, 'Teeth.');
  assert.deepEqual(
    ['search_query', 'question', 'answer'].map((name) => words.textFor(name)),
    ['plan cover', 'What does the plan cover?', 'Teeth.'],
  );
  assert.equal(new UserWords('hi', 0, null).textFor('query'), null);
  assert.deepEqual([words.isAboutAll('queries'), words.isAboutAll('city')], [true, false]);
});

test('UserWords: the value of an enumeration that the user speaks of', () => {
  const words = new UserWords('in Fahrenheit, please', 0, null);
  assert.equal(words.among(['celsius', 'fahrenheit']), 'fahrenheit');
  assert.equal(words.among(['kelvin', 5, '']), undefined);
});
