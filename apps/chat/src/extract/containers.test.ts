import assert from 'node:assert/strict';
import test from 'node:test';
import { readMarkdown } from './markdown.ts';
import { readWith } from './testing/told.ts';

const read = (text: string, containerWorkMax: number) =>
  readWith((limits, to) => readMarkdown(text, limits, to), { containerWorkMax });

/** `work` as it is counted for the whole text. */
const CASES: ReadonlyArray<readonly [name: string, text: string, work: number]> = [
  ['a list, however many its items', '- a\n- b\n- c\n- d', 7],
  ['quotes, each more than the one before', '> a\n\n> b\n\n> c', 57],
  ['lists within items', '- a\n  - b\n- c\n  - d', 63],
  ['what is opened in one line', '> - 1. a', 69],
  ['a quote above an empty line only', '> \n\na', 7],
  ['no marks in code', '- a\n\n```\n> b\n- c\n```', 7],
  ['notes', '[^1]: a\n[^2]: b', 54],
];

for (const [name, text, work] of CASES) {
  test(`containerCount: counts ${name}`, () => {
    read(text, work);
    assert.throws(() => read(text, work - 1), /quotes and lists so far, too many .*; split the document/);
  });
}

test('containerCount: nothing is open in plain paragraphs', () =>
  assert.deepEqual(read('a\n\nb\n\n# c', 0), ['p a', 'p b', 'h1 c']));
