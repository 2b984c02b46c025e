import assert from 'node:assert/strict';
import test from 'node:test';
import { chunkDocument } from '@spillway/rag';
import fc from 'fast-check';
import { extract } from './extract.ts';
import { Refusal } from './extraction.ts';
import { EXTRACT_LIMITS, type ExtractLimits } from './limits.ts';
import { pdfOf, rawPdfOf } from './testing/pdf.ts';
import { told } from './testing/told.ts';
import { docxOf, wordParagraph } from './testing/zip.ts';

const TITLES: ReadonlyArray<readonly [name: string, path: string, text: string, want: string]> = [
  ['of its front matter', 'a.md', '---\ntitle: Front\n---\n# Heading', 'Front'],
  ['of its highest heading near the beginning', 'a.md', 'x\n\n## Second\n\n# First', 'First'],
  ['of its name without ending', 'b/House_rules-2026.txt', 'x', 'House rules 2026'],
  ['of its element, in HTML', 'a.html', '<title>T</title><h1>H</h1>', 'T'],
  ['of its key, in JSON, never of a field that is like a heading', 'x.json', '{"a":{"b":1}}', 'x'],
  ['of a name that is only an ending', '.md', 'x', '.md'],
];

for (const [name, path, text, want] of TITLES) {
  test(`extract: the title is that ${name}`, async () => {
    assert.equal((await extract(path, Buffer.from(text))).extracted.title, want);
  });
}

const REFUSED: ReadonlyArray<readonly [name: string, path: string, text: string, kind: string, says: RegExp]> = [
  ['more bytes than the limit', 'a.txt', 'a'.repeat(101), 'tooLarge', /101 bytes, above 100; split/],
  ['an empty file', 'a.md', '', 'noText', /no text/],
  ['a file of nothing to read', 'a.html', '<script>x</script>', 'noText', /no text/],
  ['a PDF that is none', 'a.pdf', '%PDF-1.7\nnothing', 'damaged', /PDF is damaged/],
  ['front matter with a slip in who may see it', 'a.md', '---\naccess: staf\n---\nx', 'badFront', /access/],
];

for (const [name, path, text, kind, says] of REFUSED) {
  test(`extract: refuses ${name}`, async () => {
    await assert.rejects(
      extract(path, Buffer.from(text), { ...EXTRACT_LIMITS, bytesMax: 100 }),
      (error) => error instanceof Refusal && error.kind === kind && says.test(error.message),
    );
  });
}

const CATALOGUE = '<< /Type /Catalog /Pages 2 0 R >>';
const LIES: ReadonlyArray<readonly [name: string, pages: string]> = [
  ['are their own children', '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 3 >>'],
  ['are said to be two thousand millions', '<< /Type /Pages /Kids [] /Count 2000000000 >>'],
];

for (const [name, pages] of LIES) {
  test(`extract: refuses a PDF whose pages ${name}`, async () => {
    await assert.rejects(extract('a.pdf', rawPdfOf([CATALOGUE, pages])), Refusal);
  });
}

test('extract: refuses text beyond the limit before it is parsed, and reads a run of as much', async () => {
  const { charsMax } = EXTRACT_LIMITS;
  await assert.rejects(
    extract('a.txt', Buffer.from('a'.repeat(charsMax + 1))),
    /6000001 characters, above 6000000; split/,
  );
  const { extracted, notes } = await extract('a.txt', Buffer.from(`b ${'a'.repeat(charsMax - 2)}`));
  assert.deepEqual(told(extracted.blocks), ['p b …']);
  assert.equal(notes.length, 1);
});

test('extract: millions of blanks cost no more than as many letters', async () => {
  const blanks = ' '.repeat(2_000_000);
  for (const path of ['a.txt', 'a.md', 'a.html', 'a.csv']) {
    const { extracted } = await extract(path, Buffer.from(`a${blanks}b\n\n- c${blanks}d`));
    assert.ok(extracted.blocks.length > 0);
  }
});

test('extract: reads each kind, category and access among it', async () => {
  const pdf = await pdfOf((page) => page.text('Hello PDF.'), { Title: 'A PDF' });
  const markdown = await extract('a.md', Buffer.from('---\ncategory: c\naccess: [staff]\n---\nx'));
  assert.deepEqual(markdown.front, {
    title: null,
    language: null,
    category: 'c',
    access: { users: [], groups: ['staff'] },
  });
  assert.deepEqual((await extract('a.pdf', pdf)).extracted, {
    title: 'A PDF',
    language: 'en',
    pages: 1,
    blocks: [{ kind: 'paragraph', level: 0, text: 'Hello PDF.', pageFrom: 1, pageTo: 1 }],
  });
  const docx = await extract('a.docx', docxOf(wordParagraph('Hello Word.')));
  assert.deepEqual(told(docx.extracted.blocks), ['p Hello Word.']);
  assert.deepEqual(told((await extract('a.csv', Buffer.from('a,b'))).extracted.blocks), [
    'table | a | b |\n| --- | --- |',
  ]);
});

test('extract: a file changed anywhere is read or refused, never worse, seed 20261121', async () => {
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['a.pdf', await pdfOf((page) => page.text('Some text.'))],
    ['a.docx', docxOf(wordParagraph('Some text.'))],
    ['a.html', Buffer.from('<table><tr><td>a</td></tr></table><ul><li>b')],
    ['a.md', Buffer.from('---\ntitle: x\n---\n# a\n\n- b\n\n| a |\n|---|\n')],
    ['a.json', Buffer.from('{"a":[1,{"b":"c"}]}')],
  ];
  const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), changes, async ([path, bytes], edits) => {
      const changed = Uint8Array.from(bytes);
      for (const [part, value] of edits) changed[Math.floor(part * (changed.length - 1))] = value;
      await extract(path, changed).catch((error: unknown) => assert.ok(error instanceof Refusal, String(error)));
    }),
    { seed: 20261121, numRuns: 150 },
  );
});

/*
 * Files that make their reader do more than they are long. Nothing here asserts a time: before its limit each of them took minutes, and the
 * test's own end comes some twenty times later than they do now.
 */
const SEEN = '\n\nlighthouse';

/** Their last word is found. */
const ENDED: ReadonlyArray<readonly [name: string, path: string, text: string]> = [
  ['50,000 brackets', 'a.md', '['.repeat(50_000) + SEEN],
  ['50,000 brackets that close', 'a.md', ']'.repeat(50_000) + SEEN],
  ['50,000 pictures that are none', 'a.md', '!['.repeat(50_000) + SEEN],
  ['20,000 links to nowhere', 'a.md', '[a][b]'.repeat(20_000) + SEEN],
  ['20,000 notes that are none', 'a.md', '[^a]'.repeat(20_000) + SEEN],
  ['100,000 stars', 'a.md', '*'.repeat(100_000) + SEEN],
  ['100,000 bars', 'a.md', '|'.repeat(100_000) + SEEN],
  ['20,000 stars between words', 'a.md', 'a**b'.repeat(20_000) + SEEN],
  ['20,000 waves between words', 'a.md', 'a~~b'.repeat(20_000) + SEEN],
  ['comments that do not end', 'a.md', `x ${'<!-- '.repeat(20_000)}${SEEN}`],
  ['20,000 lines below a quote', 'a.md', `> a\n${'a\n'.repeat(20_000)}${SEEN}`],
  ['60,000 lines below a quote, ended as of old', 'a.md', `> a\r${'a\r'.repeat(60_000)}\r\rlighthouse`],
  ['10,000 underlined lines', 'a.md', 'a\n===\n'.repeat(10_000) + SEEN],
  ['20,000 empty links', 'a.html', `${'<a>'.repeat(20_000)}<p>lighthouse`],
  ['20,000 words in elements of their own', 'a.html', `${'<span>a</span> '.repeat(20_000)}<p>lighthouse`],
  ['20,000 elements that nobody knows', 'a.html', `${'<x-a> </x-a>'.repeat(20_000)}<p>lighthouse`],
  ['20,000 boxes with nothing in them', 'a.html', `${'<details> </details>'.repeat(20_000)}<p>lighthouse`],
  ['a row of 500,000 columns', 'a.csv', `${'a,'.repeat(499_999)}lighthouse`],
  ['20,000 underlined lines', 'a.txt', 'a\n===\n'.repeat(20_000) + SEEN],
  ['400,000 marks on one letter', 'a.txt', `a${'\u0301\u0316'.repeat(200_000)}${SEEN}`],
];

for (const [name, path, text] of ENDED) {
  test(`extract: reads a file of ${name} (.${path.split('.')[1]}) to its end`, async () => {
    const { extracted } = await extract(path, Buffer.from(text));
    assert.match(chunkDocument(extracted).text, /lighthouse/);
  });
}

/** Of a fiftieth: the limit itself is seconds. */
const FEW_CONTAINERS: Partial<ExtractLimits> = { containerWorkMax: 20_000_000 };

const TOO_DEEP: ReadonlyArray<
  readonly [name: string, path: string, text: string, says: RegExp, change?: Partial<ExtractLimits>]
> = [
  ['a row of 1,000,000 columns', 'a.csv', 'a,'.repeat(1_000_000), /more than 6000000 characters/],
  ['100,000 open elements', 'a.html', '<div>'.repeat(100_000), /nested (?:deeper than 200|too deep)/],
  ['100,000 open words in bold', 'a.html', '<b>'.repeat(100_000), /nested (?:deeper than 200|too deep)/],
  ['100,000 lists', 'a.json', '['.repeat(100_000), /nested deeper than 200/],
  ['50,000 quotes', 'a.md', '>'.repeat(50_000), /nested deeper than 200/],
  ['50,000 quotes below a line ended as of old', 'a.md', `a\r${'>'.repeat(50_000)}`, /nested deeper than 200/],
  ['100,000 quotes, one after the other', 'a.md', '> a\n\n'.repeat(100_000), /quotes and lists so far/, FEW_CONTAINERS],
  ['100,000 lists within items', 'a.md', '- a\n  - b\n'.repeat(100_000), /quotes and lists so far/, FEW_CONTAINERS],
  [
    'rows and columns by the thousand',
    'a.md',
    `${'|a'.repeat(2_000)}\n${'|-'.repeat(2_000)}\n${'a\n'.repeat(2_000)}`,
    /cells/,
  ],
];

for (const [name, path, text, says, change = {}] of TOO_DEEP) {
  test(`extract: refuses a file of ${name} (.${path.split('.')[1]})`, async () => {
    await assert.rejects(
      extract(path, Buffer.from(text), { ...EXTRACT_LIMITS, ...change }),
      (error) => error instanceof Refusal && says.test(error.message),
    );
  });
}
