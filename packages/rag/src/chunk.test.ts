import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Chunked, chunkDocument, DEFAULT_CHUNK_LIMITS, textForRanking } from './chunk.ts';
import type { Block, Extracted } from './extracted.ts';
import { estimateTokens } from './text/tokens.ts';

const at = (block: Partial<Block>): Block => ({
  kind: 'paragraph',
  level: 0,
  text: '',
  pageFrom: null,
  pageTo: null,
  ...block,
});
const heading = (level: number, text: string): Block => at({ kind: 'heading', level, text });
const paragraph = (text: string): Block => at({ text });
const document = (...blocks: readonly Block[]): Extracted => ({
  title: 'Handbook',
  language: 'en',
  pages: null,
  blocks,
});

const SENTENCE = 'The guest pays the deposit of 100 euros within 14 days of the booking.';
const sentences = (count: number) => Array.from({ length: count }, (_, i) => `${SENTENCE} Rule ${i} holds.`).join(' ');
/** Too long to be joined with the next section. */
const FULL = sentences(5);

test('chunkDocument: a path has six headings at most; a deeper one takes the place of the last', () => {
  const nested = [1, 2, 3, 4, 5, 6, 7].map((level) => [heading(level, `H${level}`), paragraph(FULL)]);
  const pathBelow = (levels: number) =>
    chunkDocument(document(...nested.slice(0, levels).flat())).chunks.at(-1)?.headings;
  assert.deepEqual(pathBelow(6), ['H1', 'H2', 'H3', 'H4', 'H5', 'H6']);
  assert.deepEqual(pathBelow(7), ['H1', 'H2', 'H3', 'H4', 'H5', 'H7']);
});

test('chunkDocument: each section is a chunk with the path of its headings, the title not told again', () => {
  const { chunks } = chunkDocument(
    document(
      heading(1, 'Handbook'),
      paragraph(FULL),
      heading(2, 'Pets'),
      paragraph(FULL),
      heading(3, 'Fees'),
      paragraph(FULL),
      heading(2, 'Keys'),
      paragraph(FULL),
    ),
  );
  assert.deepEqual(
    chunks.map((chunk) => chunk.headings),
    [[], ['Pets'], ['Pets', 'Fees'], ['Keys']],
  );
  assert.deepEqual(
    chunks.map((chunk) => chunk.text),
    [FULL, FULL, FULL, FULL],
  );
});

test('chunkDocument: small sections go together with what follows below them, their headings within', () => {
  const { chunks } = chunkDocument(
    document(
      heading(2, 'Pets'),
      paragraph('No pets.'),
      heading(3, 'Dogs'),
      paragraph('No dogs.'),
      heading(2, 'Keys'),
      paragraph('One key.'),
    ),
  );
  assert.deepEqual(
    chunks.map(({ headings, text }) => [headings, text]),
    [[['Pets'], 'No pets.\n\nDogs\n\nNo dogs.\n\nKeys\n\nOne key.']],
  );
});

test('chunkDocument: a small section ends where a higher heading begins', () => {
  const { chunks } = chunkDocument(
    document(
      heading(2, 'Pets'),
      paragraph('No pets.'),
      heading(1, 'Part two'),
      heading(2, 'Keys'),
      paragraph('One key.'),
    ),
  );
  assert.deepEqual(
    chunks.map(({ headings, text }) => [headings, text]),
    [
      [['Pets'], 'No pets.'],
      [['Part two', 'Keys'], 'One key.'],
    ],
  );
});

test('chunkDocument: headings without text are content, nothing is lost', () => {
  const { chunks } = chunkDocument(document(heading(1, 'One'), heading(1, 'Two'), heading(2, 'Below two')));
  assert.equal(chunks.map((chunk) => chunk.text).join('|'), 'One\n\nTwo\n\nBelow two');
});

test('chunkDocument: a long paragraph is cut at sentences near the soft limit, the last of them told again', () => {
  const { chunks } = chunkDocument(document(paragraph(sentences(40))));
  assert.ok(chunks.length > 3);
  for (const chunk of chunks) {
    assert.ok(chunk.text.length <= DEFAULT_CHUNK_LIMITS.charsSoft, `${chunk.text.length}`);
    assert.match(chunk.text, /^The guest|^Rule/);
    assert.match(chunk.text, /holds\.$|booking\.$/);
  }
  for (const [i, chunk] of chunks.slice(1).entries()) {
    const overlap = (chunks[i]?.end ?? 0) - chunk.start;
    assert.ok(overlap > 0 && overlap <= 200, `${overlap}`);
  }
});

test('chunkDocument: a paragraph that would not fit whole begins a chunk of its own, if the one before is half full', () => {
  const { chunks } = chunkDocument(document(paragraph(sentences(6)), paragraph(sentences(6))));
  assert.deepEqual(
    chunks.map((chunk) => chunk.text),
    [sentences(6), sentences(6)],
  );
});

const TABLE_HEAD = '| Town | Tax |\n| --- | --- |';
const rows = (count: number) => Array.from({ length: count }, (_, i) => `| Town number ${i} | ${i}.50 euros |`);

test('chunkDocument: a table that fits stays whole, also above the soft limit', () => {
  const text = [TABLE_HEAD, ...rows(40)].join('\n');
  assert.ok(text.length > DEFAULT_CHUNK_LIMITS.charsSoft && estimateTokens(text) <= DEFAULT_CHUNK_LIMITS.tokensMax);
  const { chunks } = chunkDocument(document(paragraph(FULL), at({ kind: 'table', text }), paragraph(FULL)));
  assert.deepEqual(
    chunks.map((chunk) => chunk.text),
    [FULL, text, FULL],
  );
});

test('chunkDocument: a table that does not fit is cut between rows, its head repeated', () => {
  const text = [TABLE_HEAD, ...rows(300)].join('\n');
  const chunked = chunkDocument(document(at({ kind: 'table', text })));
  assert.ok(chunked.chunks.length > 2);
  for (const chunk of chunked.chunks) {
    assert.ok(chunk.text.startsWith(TABLE_HEAD));
    assert.ok(estimateTokens(chunk.text) <= DEFAULT_CHUNK_LIMITS.tokensMax);
    assert.ok(chunk.text.endsWith(chunked.text.slice(chunk.start, chunk.end)));
  }
  for (const row of rows(300)) assert.equal(chunked.chunks.filter((chunk) => chunk.text.includes(row)).length, 1, row);
});

test('chunkDocument: a head of 100 tokens is repeated, a longer one would leave no room for rows', () => {
  const isRepeated = (name: string): boolean => {
    const head = `| ${name} |\n| --- |`;
    const { chunks } = chunkDocument(document(at({ kind: 'table', text: [head, ...rows(300)].join('\n') })));
    return chunks.at(-1)?.text.startsWith(head) ?? false;
  };
  const letters = 'a'.repeat(333);
  assert.equal(estimateTokens(`| ${letters} |\n| --- |`), 100);
  assert.deepEqual([isRepeated(letters), isRepeated(`${letters}a`)], [true, false]);
});

test('chunkDocument: code is cut between lines and keeps its indents', () => {
  const text = Array.from({ length: 300 }, (_, i) => `  if (a[${i}] > 0) {\n    count += ${i};\n  }`).join('\n');
  const { chunks } = chunkDocument(document(at({ kind: 'code', text })));
  assert.ok(chunks.length > 2);
  assert.ok(chunks.every((chunk) => /^ {2}(?:if| {2}count|\})/.test(chunk.text)));
});

// D12: the sample's page offsets drift by a character for each page.
test('chunkDocument: page and place are exact on the last of a thousand pages', () => {
  const blocks = Array.from({ length: 1000 }, (_, i) =>
    at({ text: `Page ${i + 1} speaks of topic${i + 1}. ${sentences(8)}`, pageFrom: i + 1, pageTo: i + 1 }),
  );
  const { text, chunks } = chunkDocument(document(...blocks));
  const found = chunks.find((chunk) => chunk.text.includes('topic1000.'));
  assert.deepEqual([found?.pageFrom, found?.pageTo], [1000, 1000]);
  assert.equal(text.slice(found?.start, found?.end), found?.text);
});

test('chunkDocument: a paragraph over a page break is on both pages', () => {
  const { chunks } = chunkDocument(document(at({ text: 'Begins here, ends there.', pageFrom: 3, pageTo: 4 })));
  assert.deepEqual([chunks[0]?.pageFrom, chunks[0]?.pageTo], [3, 4]);
});

test('chunkDocument: an empty document has no chunks', () => {
  assert.deepEqual(chunkDocument(document()), { text: '', chunks: [] });
  assert.deepEqual(chunkDocument(document(paragraph(' \n '))).chunks, []);
});

test('chunkDocument: one run without blanks is cut, never within a character', () => {
  for (const run of ['x'.repeat(9000), '漢'.repeat(3000), '😀'.repeat(3000), '보'.repeat(3000)]) {
    const chunked = chunkDocument(document(paragraph(run)));
    assert.equal(chunked.chunks.map((chunk) => chunk.text).join(''), run);
    for (const { text } of chunked.chunks) {
      assert.ok(estimateTokens(text) <= DEFAULT_CHUNK_LIMITS.tokensMax);
      assert.ok(text.isWellFormed());
    }
  }
});

test('chunkDocument: half a million characters of anything are cut in well under five seconds', () => {
  for (const part of ['x', ' ', 'a. ', '1. ', '| ', '\n', '。', 'e.g. ', '[S1] ', '#', '😀']) {
    for (const kind of ['paragraph', 'table', 'code'] as const) {
      const { chunks } = chunkDocument(document(at({ kind, text: part.repeat(500_000 / part.length) })));
      assert.ok(
        chunks.every((chunk) => chunk.end > chunk.start),
        part,
      );
    }
  }
});

test('textForRanking: title and path go before the text, each once', () => {
  assert.equal(textForRanking({ text: 'No.', headings: ['Handbook', 'Pets'] }, 'Handbook'), 'Handbook › Pets\nNo.');
});

const WORDS = fc.string({ unit: fc.constantFrom('a', 'E', '7', ' ', '.', '! ', '\n', 'ß', '漢', '😀', '|', 'e.g. ') });
const BLOCK = fc
  .record({
    kind: fc.constantFrom('heading' as const, 'paragraph' as const, 'list' as const, 'table' as const, 'code' as const),
    level: fc.integer({ min: 0, max: 7 }),
    text: fc.oneof(
      WORDS,
      WORDS.map((text) => text.repeat(60)),
    ),
    page: fc.option(fc.integer({ min: 1, max: 9 })),
  })
  .map(({ page, ...block }): Block => ({ ...block, pageFrom: page, pageTo: page }));

/** Which characters of the text stand in some chunk, or in its headings. */
function isCovered({ text, chunks }: Chunked, blocks: readonly Block[]): boolean {
  const covered = new Uint8Array(text.length);
  for (const { start, end } of chunks) covered.fill(1, start, end);
  const told = new Set(chunks.flatMap((chunk) => chunk.headings));
  let start = 0;
  for (const block of blocks) {
    const words = block.text.trim();
    const isTold = block.kind === 'heading' && (told.has(words) || words === 'Handbook');
    for (let i = 0; i < block.text.length && !isTold; i++) {
      if (covered[start + i] === 0 && /\S/.test(block.text.charAt(i))) return false;
    }
    start += block.text.length + 2;
  }
  return true;
}

test('chunkDocument: for any document, each character is in a chunk or a path of headings, in order, within the limits', () => {
  fc.assert(
    fc.property(fc.array(BLOCK, { maxLength: 12 }), (blocks) => {
      const chunked = chunkDocument(document(...blocks));
      assert.ok(isCovered(chunked, blocks));
      let before = -1;
      chunked.chunks.forEach((chunk, i) => {
        assert.equal(chunk.index, i);
        assert.ok(chunk.text.endsWith(chunked.text.slice(chunk.start, chunk.end)) && chunk.start < chunk.end);
        assert.ok(chunk.end > before && chunk.text.trim() !== '');
        assert.ok(estimateTokens(chunk.text) <= DEFAULT_CHUNK_LIMITS.tokensMax, `${estimateTokens(chunk.text)}`);
        before = chunk.end;
      });
    }),
    { numRuns: 300 },
  );
});

test('chunkDocument: cuts a table of half a million rows', () => {
  const rows = Array.from({ length: 500_000 }, () => '| a |');
  const { chunks } = chunkDocument(document(at({ kind: 'table', text: ['| x |', '| --- |', ...rows].join('\n') })));
  assert.ok(chunks.length > 1_000);
  assert.ok(chunks.every(({ text }) => text.startsWith('| x |')));
});
