import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf } from './difference.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';
import { linesOf, missText, NAMED_MAX } from './text.ts';

const wrong = (id: string) => outcomeWith({ id, question: `${id}?`, score: { ...NO_SCORE, hit5: 0 } });

test('linesOf: figures with counts, times, kinds, and what is wrong', () => {
  const lines = linesOf({ result: resultWith(outcomeWith(), wrong('b')), difference: null, floors: null, misses: [] });
  assert.deepEqual(lines, [
    '2 questions, answers: http://localhost:3000',
    '',
    'hit5       0.500  of 2',
    'time       first word p50 10 ms, p95 10 ms; whole p50 20 ms, p95 20 ms',
    '',
    'plain           1 of 2 right',
    '',
    'Wrong:',
    '  b: b?',
  ]);
});

test('linesOf: names as many questions as the limit, and counts the rest', () => {
  const many = Array.from({ length: NAMED_MAX + 2 }, (_, at) => wrong(`q${at}`));
  const lines = linesOf({ result: resultWith(...many), difference: null, floors: null, misses: [] });
  assert.equal(lines.filter((line) => line.startsWith('  q')).length, NAMED_MAX);
  assert.equal(lines.at(-1), '  and 2 more');
});

test('linesOf: what changed since the earlier run, and floors that are missed', () => {
  const result = resultWith(wrong('a'));
  const difference = differenceOf(resultWith(outcomeWith({ id: 'a', question: 'a?' })), result);
  const lines = linesOf({ result, difference, floors: null, misses: [{ metric: 'hit5', floor: 0.8, mean: 0 }] });
  assert.ok(lines.includes('Since the earlier run: 1 broken, 0 mended, 0 new, 0 gone'));
  assert.ok(lines.includes('hit5       1.000 → 0.000'));
  assert.equal(lines.at(-1), 'hit5: 0.000, below its floor 0.800');
});

test('missText: a figure that was not measured is called that', () => {
  assert.equal(missText({ metric: 'numbers', floor: 1, mean: null }), 'numbers: not measured, below its floor 1.000');
});
