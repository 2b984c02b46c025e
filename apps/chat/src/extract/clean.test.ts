import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { COMBINING_MAX, cleanText, flowing, lineByLine, markdownTable, oneLine } from './clean.ts';

const CASES: ReadonlyArray<readonly [name: string, given: string, want: string]> = [
  ['line ends of three systems become one', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
  ['hidden marks go', 'pass\u200bword \u202eabc\u202c\ufeff', 'password abc'],
  ['tag characters, which only a model reads, go', 'a\u{e0049}\u{e0067}b', 'ab'],
  ['variation selectors, which can hold any bytes, go', 'a\ufe00\ufe01b😀\u{e0101}\u{e01ef}', 'ab😀'],
  ['of those for pictures one stays', '❤\ufe0f\u{e0001}\ufe0e\ufe0f', '❤\ufe0f'],
  ['control characters go, tab and line feed stay', 'a\u0000\u0007\tb\nc', 'a\tb\nc'],
  ['a soft hyphen goes', 'Donau\u00addampf', 'Donaudampf'],
  ['blanks of any width become one kind', 'a\u00a0b\u2009c\u3000d', 'a b c d'],
  ['letters are composed', 'Scha\u0308fer', 'Schäfer'],
  ['half of a pair becomes a mark of replacement', 'a\ud800b', 'a\ufffdb'],
  ['joiners that scripts and pictures need stay', '👩\u200d🍳', '👩\u200d🍳'],
];

for (const [name, given, want] of CASES) {
  test(`cleanText: ${name}`, () => assert.equal(cleanText(given), want));
}

test('cleanText: cleaning what is clean changes nothing, seed 20261121', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 50 });
  fc.assert(
    fc.property(texts, (text) => assert.equal(cleanText(cleanText(text)), cleanText(text))),
    { seed: 20261121 },
  );
});

test('oneLine: is one line without blanks around it', () => assert.equal(oneLine(' a \n\n b\t'), 'a b'));
test('flowing: takes line breaks for blanks', () => assert.equal(flowing('a\nb'), 'a b'));
test('lineByLine: keeps lines, not their blank ends, nor runs of empty ones', () =>
  assert.equal(lineByLine('\n a  \n\n\n\nb\n'), ' a\n\nb'));

test('markdownTable: fills short rows, escapes bars, keeps a cell one line', () =>
  assert.equal(markdownTable([['a', 'b|c'], ['1\n2']]), '| a | b\\|c |\n| --- | --- |\n| 1 2 |  |'));

test('cleanText: keeps as many marks on a letter as the limit, and not one more', () => {
  const marked = (marks: number) => `x${'\u0316'.repeat(marks)}y`;
  assert.equal(cleanText(marked(COMBINING_MAX)), marked(COMBINING_MAX));
  assert.equal(cleanText(marked(COMBINING_MAX + 1)), marked(COMBINING_MAX));
});
