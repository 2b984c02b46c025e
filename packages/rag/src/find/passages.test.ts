import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chunk } from '../chunk.ts';
import { chunkDocument } from '../chunk.ts';
import { estimateTokens } from '../text/tokens.ts';
import { type Candidate, choosePassages, diversify, fitBudget, joinNeighbours } from './passages.ts';

const chunk = (index: number, more: Partial<Chunk> = {}): Chunk => ({
  index,
  text: `text ${index}`,
  headings: ['A'],
  pageFrom: index + 1,
  pageTo: index + 1,
  start: index * 10,
  end: index * 10 + 6,
  ...more,
});
const found = (documentId: string, index: number, score = 1, more: Partial<Chunk> = {}): Candidate => ({
  chunkId: `${documentId}${index}`,
  documentId,
  title: documentId,
  chunk: chunk(index, more),
  score,
});

test('diversify: at most three of a document, each chunk once, order kept', () => {
  const given = [found('a', 0), found('a', 5), found('a', 5), found('b', 1), found('a', 7), found('a', 9)];
  assert.deepEqual(
    diversify(given).map(({ chunkId }) => chunkId),
    ['a0', 'a5', 'b1', 'a7'],
  );
});

test('joinNeighbours: neighbours below the same headings are one passage, in the place of the better one', () => {
  const given = [
    found('b', 4, 9),
    found('a', 2, 5),
    found('a', 7, 4),
    found('a', 1, 3),
    found('a', 3, 1, { headings: ['B'] }),
  ];
  const joined = joinNeighbours(given);
  assert.deepEqual(
    joined.map(({ chunkIds }) => chunkIds.join('+')),
    ['b4', 'a1+a2', 'a7', 'a3'],
  );
  const { text, pageFrom, pageTo, start, end, score } = joined[1] ?? assert.fail();
  assert.deepEqual(
    { text, pageFrom, pageTo, start, end, score },
    { text: 'text 1\n\ntext 2', pageFrom: 2, pageTo: 3, start: 10, end: 26, score: 5 },
  );
});

test('joinNeighbours: what both tell is told once, a table has one head', () => {
  const paragraph = Array.from({ length: 60 }, (_, i) => `Rule ${i} is about keys.`).join(' ');
  const table = ['| A | B |', '| --- | --- |', ...Array.from({ length: 200 }, (_, i) => `| Row ${i} | ${i} |`)].join(
    '\n',
  );
  for (const [kind, text] of [
    ['paragraph', paragraph],
    ['table', table],
  ] as const) {
    const { chunks, text: whole } = chunkDocument({
      title: 'T',
      language: null,
      pages: null,
      blocks: [{ kind, level: 0, text, pageFrom: null, pageTo: null }],
    });
    assert.ok(chunks.length > 1);
    const candidates = chunks.map((each) => ({ ...found('a', each.index), chunk: each }));
    const [passage, ...more] = joinNeighbours(candidates);
    assert.deepEqual([passage?.text, more.length], [whole, 0]);
  }
});

test('fitBudget: the best that fit; one that is too long is passed over', () => {
  const long = 'Many words stand here. '.repeat(50);
  const passages = joinNeighbours([found('a', 0), found('b', 0, 1, { text: long }), found('c', 0)]);
  const kept = fitBudget(passages, 20);
  assert.deepEqual(
    kept.map(({ documentId }) => documentId),
    ['a', 'c'],
  );
});

test('fitBudget: of a best one that is too long the first sentences are kept, its range with them', () => {
  const text = 'Many words stand here. '.repeat(50).trim();
  const [cut, ...more] = fitBudget(
    joinNeighbours([found('a', 0, 1, { text, start: 100, end: 100 + text.length })]),
    30,
  );
  assert.ok(cut !== undefined && more.length === 0 && estimateTokens(cut.text) <= 30);
  assert.match(cut.text, /here\.$/);
  assert.equal(cut.end - cut.start, cut.text.length);
  assert.deepEqual(fitBudget(joinNeighbours([found('a', 0, 1, { text })]), 2), []);
});

test('choosePassages: counts chunks before they are joined', () => {
  const given = [0, 1, 2, 3].map((index) => found('a', index)).concat(found('b', 0), found('c', 0));
  const passages = choosePassages(given, { perDocument: 2, top: 3, tokensMax: 1000 });
  assert.deepEqual(
    passages.map(({ chunkIds }) => chunkIds.join('+')),
    ['a0+a1', 'b0'],
  );
  assert.deepEqual(choosePassages(given, { perDocument: 2, top: 0, tokensMax: 1000 }), []);
});
