import assert from 'node:assert/strict';
import test from 'node:test';
import { BlockList } from './blocks.ts';
import { readDocx } from './docx.ts';
import { Refusal } from './extraction.ts';
import { EXTRACT_LIMITS } from './limits.ts';
import { told } from './testing/told.ts';
import { docxOf, wordParagraph, zipOf } from './testing/zip.ts';

async function blocksOf(bytes: Uint8Array): Promise<readonly string[]> {
  const to = new BlockList(EXTRACT_LIMITS);
  await readDocx(bytes, EXTRACT_LIMITS, to);
  return told(to.blocks);
}

test('readDocx: paragraphs and tables', async () => {
  const row = (a: string, b: string) => `<w:tr><w:tc>${wordParagraph(a)}</w:tc><w:tc>${wordParagraph(b)}</w:tc></w:tr>`;
  const body = `${wordParagraph('Hello &amp; so on')}<w:tbl>${row('what', 'sum')}${row('flat', '300')}</w:tbl>`;
  assert.deepEqual(await blocksOf(docxOf(body)), [
    'p Hello & so on',
    'table | what | sum |\n| --- | --- |\n| flat | 300 |',
  ]);
});

const BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>';
const REFUSED: ReadonlyArray<readonly [name: string, bytes: Buffer, kind: string]> = [
  ['entities, which bombs are made of', docxOf(wordParagraph('&b;'), BOMB), 'unsafe'],
  ['elements in elements without end', docxOf('<w:p>'.repeat(5_000) + '</w:p>'.repeat(5_000)), 'unsafe'],
  ['an archive of something else', zipOf([{ name: 'xl/workbook.xml', content: '<x/>' }]), 'unsupported'],
  ['a document that is none', zipOf([{ name: 'word/document.xml', content: 'x' }]), 'damaged'],
];

for (const [name, bytes, kind] of REFUSED) {
  test(`readDocx: refuses ${name}`, async () => {
    await assert.rejects(blocksOf(bytes), (error) => error instanceof Refusal && error.kind === kind);
  });
}
