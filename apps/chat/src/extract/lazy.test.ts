import assert from 'node:assert/strict';
import test from 'node:test';
import { LAZY_LINES_MAX, withoutLongLaziness } from './lazy.ts';

const lazy = (lines: number) => 'a\n'.repeat(lines);

const KEPT: ReadonlyArray<readonly [name: string, text: string]> = [
  ['as many as the limit', `> q\n${lazy(LAZY_LINES_MAX)}`],
  ['more of a paragraph, where nothing is open', lazy(LAZY_LINES_MAX + 1)],
  ['more below an empty line', `- q\n \n${lazy(LAZY_LINES_MAX + 1)}`],
  ['more, of several items', `1. q\n${lazy(600)}2. q\n${lazy(600)}`],
];

for (const [name, text] of KEPT) {
  test(`withoutLongLaziness: keeps ${name}`, () => assert.equal(withoutLongLaziness(text), text));
}

test('withoutLongLaziness: one more is a paragraph of its own', () => {
  const text = `> q\n${lazy(LAZY_LINES_MAX + 1)}`;
  assert.equal(withoutLongLaziness(text), `> q\n${lazy(LAZY_LINES_MAX)}\na\n`);
});
