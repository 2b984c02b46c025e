import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf, moved } from './difference.ts';
import { NO_SCORE, outcomeWith, resultWith } from './testing.ts';

const right = (id: string) => outcomeWith({ id, question: `${id}?` });
const wrong = (id: string) => outcomeWith({ id, question: `${id}?`, score: { ...NO_SCORE, hit5: 0 } });

test('differenceOf: tells what broke, what was mended, and what only one run asked', () => {
  const before = resultWith(right('same'), right('breaks'), wrong('mends'), right('gone'));
  const after = resultWith(right('same'), wrong('breaks'), right('mends'), wrong('new'));
  const { broken, mended, added, gone, figures } = differenceOf(before, after);
  assert.deepEqual(
    [broken.map(({ id }) => id), mended.map(({ id }) => id), added, gone],
    [['breaks'], ['mends'], ['new'], ['gone']],
  );
  assert.deepEqual(figures, [{ metric: 'hit5', before: 2 / 3, after: 2 / 3 }]);
});

test('differenceOf: names each question whose figures moved, what broke first', () => {
  const low = (id: string, mrr: number) =>
    outcomeWith({ id, question: `${id}?`, score: { ...NO_SCORE, hit5: 1, mrr } });
  const before = resultWith(right('same'), wrong('mends'), low('sinks', 1), low('rises', 0.5), right('breaks'));
  const after = resultWith(right('same'), right('mends'), low('sinks', 0.5), low('rises', 1), wrong('breaks'));
  assert.deepEqual(
    differenceOf(before, after).changed.map(({ change, before: then, after: now }) => [change, then.id, now.id]),
    [
      ['broken', 'breaks', 'breaks'],
      ['worse', 'sinks', 'sinks'],
      ['better', 'rises', 'rises'],
      ['mended', 'mends', 'mends'],
    ],
  );
});

test('differenceOf: a question in other words is another one', () => {
  const { broken, added, gone } = differenceOf(
    resultWith(right('a')),
    resultWith({ ...wrong('a'), question: 'otherwise?' }),
  );
  assert.deepEqual([broken, added, gone], [[], ['a'], ['a']]);
});

test('moved: a figure that is only now measured has moved', () => {
  assert.ok(moved({ metric: 'hit5', before: null, after: 1 }));
  assert.ok(!moved({ metric: 'hit5', before: 1, after: 1 }));
});
