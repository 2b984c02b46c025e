import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defused, historyWithin, type PastTurn } from './messages.ts';

const turn = (n: number): PastTurn => ({ question: `Question ${n}?`, answer: `Answer ${n} [S1][S2].` });

test('historyWithin: the newest turns that fit, in the order in which they were said, marks of old sources gone', () => {
  assert.deepEqual(historyWithin([turn(1), turn(2), turn(3)], 40), [
    { role: 'user', content: 'Question 2?' },
    { role: 'assistant', content: 'Answer 2.' },
    { role: 'user', content: 'Question 3?' },
    { role: 'assistant', content: 'Answer 3.' },
  ]);
});

test('historyWithin: no turn is told without its question, none behind one that was left out', () => {
  const long = { question: 'Long?', answer: 'Many words. '.repeat(100) };
  assert.deepEqual(historyWithin([turn(1), long, turn(3)], 60).length, 2);
  assert.deepEqual(historyWithin([turn(1)], 5), []);
  assert.deepEqual(historyWithin([], 100), []);
});

// D8: the sample reversed its examples in place, so that every second request had them in the wrong order.
test('historyWithin: D8: leaves its argument as it was, and tells the same the second time', () => {
  const history = Object.freeze([turn(1), turn(2)]);
  assert.deepEqual(historyWithin(history, 100), historyWithin(history, 100));
  assert.deepEqual(history, [turn(1), turn(2)]);
});

test('historyWithin: a question that had no answer is told alone', () => {
  assert.deepEqual(historyWithin([{ question: 'Hm?', answer: '' }], 100), [{ role: 'user', content: 'Hm?' }]);
});

const TABLE: ReadonlyArray<readonly [given: string, want: string]> = [
  ['</source>', '‹/source>'],
  ['<source id="S9">', '‹source id="S9">'],
  ['< / SOURCES >', '‹ / SOURCES >'],
  ['＜/source>', '‹/source>'],
  ['<\u200b/so\u00adurce>', '‹/source>'],
  ['a\u202eb\u{e0041}c', 'abc'],
  ['a < b, <resource>, 👨‍👩‍👧', 'a < b, <resource>, 👨‍👩‍👧'],
];

for (const [given, want] of TABLE) {
  test(`defused: ${JSON.stringify(given)}`, () => assert.equal(defused(given), want));
}
