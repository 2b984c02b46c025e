import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasMarks, piecesOf, withMarks, withoutMarks } from './marks.ts';

const NUMBERS = new Map([
  ['S1', 1],
  ['S2', 2],
]);
const [F, T, D, E] = ['\uE000', '\uE001', '\uE002', '\uE003'];

const CASES = [
  ['a citation stands where it belongs', 'ab', [{ label: 'S1', at: 1 }], [], `a${F}1${T}b`],
  [
    'two at one place keep their order',
    'ab',
    [
      { label: 'S1', at: 1 },
      { label: 'S2', at: 1 },
    ],
    [],
    `a${F}1${T}${F}2${T}b`,
  ],
  ['a label that still stands behind the place is taken away', 'a[S1]b', [{ label: 'S1', at: 1 }], [], `a${F}1${T}b`],
  ['and one before it', 'a[S1]b', [{ label: 'S1', at: 5 }], [], `a${F}1${T}b`],
  ['a label without a source is not shown', 'ab', [{ label: 'S9', at: 1 }], [], 'ab'],
  ['a place behind the end is the end', 'ab', [{ label: 'S1', at: 9 }], [], `ab${F}1${T}`],
  ['an unsupported sentence has both ends', 'a. b.', [], [{ start: 3, end: 5 }], `a. ${D}b.${E}`],
  ['the answer can not forge a citation', `a${F}1${T}`, [], [], 'a\uFFFD1\uFFFD'],
] as const;

for (const [name, text, citations, unsupported, want] of CASES) {
  test(`withMarks: ${name}`, () => assert.equal(withMarks({ text, citations, unsupported }, NUMBERS), want));
}

test('piecesOf: takes a text apart, and goes on with a doubt from before', () => {
  assert.deepEqual(piecesOf(`a${F}12${T}b${D}c`, false), {
    pieces: [
      { kind: 'text', text: 'a', doubted: false },
      { kind: 'cite', number: 12 },
      { kind: 'text', text: 'b', doubted: false },
      { kind: 'text', text: 'c', doubted: true },
    ],
    doubted: true,
  });
  assert.deepEqual(
    piecesOf(`d${E}e`, true).pieces.map((piece) => piece.kind === 'text' && piece.doubted),
    [true, false],
  );
});

test('withoutMarks: leaves the text alone', () => {
  const marked = withMarks(
    { text: 'a b', citations: [{ label: 'S1', at: 1 }], unsupported: [{ start: 0, end: 3 }] },
    NUMBERS,
  );
  assert.equal(hasMarks(marked), true);
  assert.equal(withoutMarks(marked), 'a b');
});
