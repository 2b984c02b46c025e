import assert from 'node:assert/strict';
import test from 'node:test';
import { readPlain } from './plain.ts';
import { readWith } from './testing/told.ts';

const CASES: ReadonlyArray<readonly [name: string, given: string, want: readonly string[]]> = [
  ['paragraphs are divided by empty lines', 'a\nb\r\n\r\n \nc', ['p a b', 'p c']],
  ['underlined lines are headings', 'A\n===\nb\n\nC\n---\n', ['h1 A', 'p b', 'h2 C']],
  ['capitals on a line of their own are a heading', 'KEYS AND CODES\n\nText.', ['h2 KEYS AND CODES', 'p Text.']],
  ['marks make a list', '- a\n- b\n\n1) c', ['list - a\n- b', 'list 1) c']],
  ['a number at the beginning of a sentence makes none', '2026 was warm.', ['p 2026 was warm.']],
];

for (const [name, given, want] of CASES) {
  test(`readPlain: ${name}`, () =>
    assert.deepEqual(
      readWith((_, to) => readPlain(given, to)),
      want,
    ));
}
