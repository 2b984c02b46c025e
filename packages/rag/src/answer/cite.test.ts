import assert from 'node:assert/strict';
import { test } from 'node:test';
import { citationsOf, pageFragment, withMarks } from './cite.ts';
import { labelled } from './prompt.ts';

const SOURCES = labelled(
  ['a', 'b', 'c'].map((id) => ({
    chunkIds: [id],
    documentId: id,
    title: id,
    text: id,
    headings: [],
    pageFrom: null,
    pageTo: null,
    start: 0,
    end: 1,
    score: 1,
  })),
);

test('citationsOf: numbered in the order of first mention, each source once with its places, invented ones dropped', () => {
  const placed = [
    { label: 'S3', at: 4 },
    { label: 'S1', at: 4 },
    { label: 'S9', at: 5 },
    { label: 'S3', at: 9 },
    { label: 'S3', at: 9 },
  ];
  assert.deepEqual(
    citationsOf(placed, SOURCES).map(({ number, source, at }) => [number, source.documentId, at]),
    [
      [1, 'c', [4, 9]],
      [2, 'a', [4]],
    ],
  );
  assert.deepEqual(citationsOf([], SOURCES), []);
});

const TABLE: ReadonlyArray<readonly [name: string, places: readonly (readonly [string, number])[], want: string]> = [
  ['none', [], 'Tea at five. Yes.'],
  ['before the stop', [['S1', 11]], 'Tea at five [S1]. Yes.'],
  [
    'two at one place',
    [
      ['S1', 11],
      ['S2', 11],
    ],
    'Tea at five [S1][S2]. Yes.',
  ],
  [
    'in any order',
    [
      ['S2', 16],
      ['S1', 11],
    ],
    'Tea at five [S1]. Yes [S2].',
  ],
  ['behind the end', [['S1', 99]], 'Tea at five. Yes.[S1]'],
];

for (const [name, places, want] of TABLE) {
  test(`withMarks: ${name}`, () => {
    const placed = places.map(([label, at]) => ({ label, at }));
    assert.equal(
      withMarks('Tea at five. Yes.', placed, (label) => `[${label}]`),
      want,
    );
  });
}

test('withMarks: a mark that says nothing leaves the text as it was', () => {
  assert.equal(
    withMarks('Tea.', [{ label: 'S1', at: 3 }], () => ''),
    'Tea.',
  );
});

test('pageFragment: the first page, or nothing', () => {
  assert.deepEqual([pageFragment({ pageFrom: 3 }), pageFragment({ pageFrom: null })], ['#page=3', '']);
});
