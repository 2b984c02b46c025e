import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COVERAGE_MIN, coverage, holds, squeezed } from './match.ts';
import { DEPOSIT, passage } from './testing.ts';

const COVERED: ReadonlyArray<readonly [name: string, passage: string, text: string, want: number]> = [
  ['all words', 'one two three', 'Three, two: ONE.', 1],
  ['half of them', 'one two', 'one three', 0.5],
  ['a word twice wants it twice', 'very very', 'very well', 0.5],
  ['words of any script', 'Schlüssel ja löyly', 'löyly SCHLÜSSEL', 2 / 3],
  ['composed and decomposed letters', 'Schl\u00fcssel', 'Schlu\u0308ssel', 1],
  ['no words at all', '…', 'text', 0],
];
for (const [name, wanted, text, want] of COVERED) {
  test(`coverage: ${name}`, () => assert.equal(coverage(wanted, text), want));
}

const gold = { file: 'a.pdf', page: 2, passage: 'one two three four five' };
const HELD: ReadonlyArray<readonly [name: string, ...parts: Parameters<typeof passage>, want: boolean]> = [
  ['same page and words', 'S1', 'a.pdf', gold.passage, 2, true],
  ['another document', 'S1', 'b.pdf', gold.passage, 2, false],
  ['another page', 'S1', 'a.pdf', gold.passage, 3, false],
  ['a source without page', 'S1', 'a.pdf', gold.passage, null, true],
  ['as little as may be', 'S1', 'a.pdf', 'one two three', 2, true],
  ['less than that', 'S1', 'a.pdf', 'one two', 2, false],
];
for (const [name, label, path, text, page, want] of HELD) {
  test(`holds: ${name}: ${want}`, () => assert.equal(holds(passage(label, path, text, page), gold), want));
}

test('holds: a passage that goes over the page is on both', () => {
  const found = { path: 'a.pdf', pageFrom: 1, pageTo: 2, text: gold.passage };
  assert.ok(holds(found, gold));
  assert.ok(!holds(found, { ...gold, page: 3 }));
});

test('COVERAGE_MIN: is reached by three words of five', () => assert.equal(COVERAGE_MIN, 3 / 5));
test('squeezed: white space alone is changed', () =>
  assert.equal(squeezed(`\n ${DEPOSIT.replace(' ', '\n\t')}`), DEPOSIT));
