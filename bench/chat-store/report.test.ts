import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Figures,
  MARK_BEGIN,
  MARK_END,
  missed,
  quantile,
  renderMarkdown,
  renderText,
  rowsOf,
  withTable,
} from './report.ts';

const MIB = 2 ** 20;
const TIMES = Array.from({ length: 100 }, (_, i) => i + 1);
const FIGURES: Figures = {
  stores: [
    {
      ...{
        chunks: 1_000,
        dimensions: 256,
        questionMs: TIMES.map((ms) => ms / 2),
        wordsMs: [1],
        vectorMs: [2],
        cpuMs: [3],
      },
      ...{ firstMs: 30, insertMsByChunk: 0.1, fileBytes: 5 * MIB, growthBytes: 20 * MIB },
    },
  ],
  put: { chunks: 20_000, dimensions: 8, putMs: 6_000, lagMsMax: 40, lagMsP99: 6, questionMsMax: 600, questions: 90 },
  pages: { pages: 1_000, files: 25, chunks: 3_000, seconds: 7, lagMsMax: 50, growthBytes: 250 * MIB, failures: [] },
};

test('rowsOf: tells the 95th of a hundred questions, and holds each figure to its target', () => {
  const rows = rowsOf(FIGURES);
  assert.deepEqual(
    rows.map(({ measure, figure, target }) => [measure.slice(0, 20), figure, target]),
    [
      ['question, p95, 1,000', 47.5, 50],
      ['memory, 1,000 passag', 20, null],
      ['event loop late at m', 40, 100],
      ['slowest question mea', 600, 500],
      ['indexing of 1,000 pa', 7, 120],
      ['memory, its growth m', 250, null],
    ],
  );
  assert.deepEqual(missed(rows), ['slowest question meanwhile']);
});

test('rowsOf: pages that were not indexed miss the target, however quick', () => {
  const pages = FIGURES.pages === null ? null : { ...FIGURES.pages, failures: ['a.pdf: damaged'] };
  const rows = rowsOf({ stores: [], put: null, pages });
  assert.deepEqual(missed(rows), ['indexing of 1,000 pages']);
  assert.match(rows[0]?.details ?? '', /1 failed: a\.pdf: damaged/);
});

test('missed: a figure that is none is missed', () => {
  const row = { measure: 'a', figure: Number.NaN, unit: 'ms', target: 1, details: '' };
  assert.deepEqual(missed([row]), ['a']);
});

test('quantile: the smallest value that so large a share is not above', () => {
  assert.deepEqual(
    [quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 1), quantile(TIMES, 0.95), quantile([], 0.5)],
    [2, 3, 95, Number.NaN],
  );
});

test('withTable: puts the table between its marks, and nothing where one is missing', () => {
  const table = renderMarkdown(rowsOf(FIGURES), 'about');
  const written = withTable(`a\n${MARK_BEGIN}\nold\n${MARK_END}\nb`, table);
  assert.match(written ?? '', /^a\n<!--.*-->\n\n\| measure [\s\S]*\n- about\n\n<!--.*-->\nb$/);
  assert.equal(withTable(`a\n${MARK_END}${MARK_BEGIN}`, table), null);
  assert.match(renderText(rowsOf(FIGURES), 'about'), /slowest question meanwhile {2}600 ms {2}< 500 ms missed/);
});
