import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { BlockList } from '../blocks.ts';
import { Refusal } from '../extraction.ts';
import { EXTRACT_LIMITS, type ExtractLimits } from '../limits.ts';
import { type Protection, pdfOf, put, rawPdfOf, rawStream } from '../testing/pdf.ts';
import { told } from '../testing/told.ts';
import { readPdf } from './read.ts';

type Draw = Parameters<typeof pdfOf>[0];

async function read(draw: Draw, change: Partial<ExtractLimits> = {}): Promise<BlockList> {
  const limits = { ...EXTRACT_LIMITS, ...change };
  const to = new BlockList(limits);
  await readPdf(await pdfOf(draw), limits, to);
  return to;
}

const PROSE = 'The day begins with the list in the app, and it ends when the last guest has the key in hand. '
  .repeat(6)
  .trim();

test('readPdf: larger type is a heading by its size, lines that follow close are one paragraph', async () => {
  const { blocks } = await read((pdf) => {
    pdf.fontSize(22).text('The handbook').moveDown();
    pdf.fontSize(15).text('Keys').moveDown();
    pdf.fontSize(10).text(PROSE).moveDown().text('A second one.');
  });
  assert.deepEqual(told(blocks), ['h1 The handbook', 'h2 Keys', `p ${PROSE}`, 'p A second one.']);
});

test('readPdf: bold on a line of its own is a heading below the larger ones', async () => {
  const { blocks } = await read((pdf) => {
    pdf.fontSize(18).text('Title').moveDown();
    pdf.fontSize(10).font('Helvetica-Bold').text('Water').moveDown();
    pdf.font('Helvetica').text(PROSE);
  });
  assert.deepEqual(told(blocks).slice(0, 2), ['h1 Title', 'h2 Water']);
});

test('readPdf: cells that stand below one another are a table', async () => {
  const { blocks } = await read((pdf) => {
    pdf.fontSize(10);
    put(pdf, PROSE, 60, 60);
    for (const [i, [a, b, c]] of [
      ['flat', 'low', 'high'],
      ['Harbour Row 1', '92', '168'],
      ['Mill Court 2', '88', '126'],
    ].entries()) {
      const y = 300 + 18 * i;
      put(pdf, a ?? '', 60, y);
      put(pdf, b ?? '', 250, y);
      put(pdf, c ?? '', 350, y);
    }
  });
  assert.deepEqual(told(blocks).slice(1), [
    'table | flat | low | high |\n| --- | --- | --- |\n| Harbour Row 1 | 92 | 168 |\n| Mill Court 2 | 88 | 126 |',
  ]);
});

test('readPdf: two columns are read one after the other, below a title over both', async () => {
  const { blocks } = await read((pdf) => {
    pdf.fontSize(20).text('A leaflet over the whole width of its page', 60, 60, { width: 480 });
    pdf.fontSize(10).text(`Left: ${PROSE}`, 60, 120, { width: 220 });
    pdf.text(`Right: ${PROSE}`, 310, 120, { width: 220 });
  });
  assert.deepEqual(told(blocks), [
    'h1 A leaflet over the whole width of its page',
    `p Left: ${PROSE}`,
    `p Right: ${PROSE}`,
  ]);
});

test('readPdf: a sentence over the end of a page is whole and stands on both', async () => {
  const { blocks } = await read((pdf) => {
    pdf.fontSize(10).text(`${PROSE} The code of the loft is the year`);
    pdf.addPage();
    pdf.text('in which the lighthouse was lit.').moveDown().text('Next paragraph.');
  });
  const [first, second] = blocks;
  assert.match(first?.text ?? '', /the year in which the lighthouse was lit\.$/);
  assert.deepEqual([first?.pageFrom, first?.pageTo, second?.pageFrom], [1, 2, 2]);
});

test('readPdf: what is repeated at the edges of pages is left out, page numbers too', async () => {
  const { blocks } = await read((pdf) => {
    for (let page = 1; page <= 4; page++) {
      if (page > 1) pdf.addPage();
      pdf.fontSize(10);
      put(pdf, 'Aster Lane, internal', 60, 30);
      pdf.text(`Text of page ${page} alone.`, 60, 120);
      put(pdf, `Page ${page} of 4`, 250, 770);
    }
  });
  assert.deepEqual(
    told(blocks),
    [1, 2, 3, 4].map((page) => `p Text of page ${page} alone.`),
  );
});

test('readPdf: a page without text is told, a document of such is refused', async () => {
  const picture: Draw = (pdf) => pdf.rect(100, 100, 50, 50).fill('#000');
  const { notes } = await read((pdf) => {
    pdf.text('Text.');
    picture(pdf.addPage());
  });
  assert.deepEqual(notes, ['without text, as after scanning: page 2']);
  await assert.rejects(read(picture), /no page has text, as after scanning; run text recognition/);
});

test('readPdf: takes pages and characters up to their limits', async () => {
  const two: Draw = (pdf) => pdf.text('abc').addPage().text('def');
  await read(two, { pagesMax: 2, charsMax: 7 });
  await assert.rejects(read(two, { pagesMax: 1 }), /2 pages, above 1; split/);
  await assert.rejects(read(two, { charsMax: 5 }), /more than 5 characters/);
});

test('readPdf: items of a list are lines of one list', async () => {
  const { blocks } = await read((pdf) => pdf.fontSize(10).text('• tea towels\n• bed linen\n• a bath towel for each'));
  assert.deepEqual(told(blocks), ['list • tea towels\n• bed linen\n• a bath towel for each']);
});

const PROTECTED: ReadonlyArray<readonly [name: string, protection: Protection]> = [
  ['RC4 of 40 bits', { userPassword: 'secret', pdfVersion: '1.3' }],
  ['AES of 128 bits', { userPassword: 'secret', pdfVersion: '1.6' }],
  ['AES of 256 bits', { userPassword: 'secret', pdfVersion: '1.7ext3' }],
];

for (const [name, protection] of PROTECTED) {
  test(`readPdf: refuses one that is protected by a password (${name}), with the way out`, async () => {
    const bytes = await pdfOf((pdf) => pdf.text('Text.'), {}, protection);
    await assert.rejects(
      readPdf(bytes, EXTRACT_LIMITS, new BlockList(EXTRACT_LIMITS)),
      (error) =>
        error instanceof Refusal &&
        error.kind === 'encrypted' &&
        error.message === 'protected by a password; save it without one',
    );
  });
}

test('readPdf: reads one that is protected against changes alone', async () => {
  const bytes = await pdfOf((pdf) => pdf.text('Text.'), {}, { ownerPassword: 'secret' });
  const to = new BlockList(EXTRACT_LIMITS);
  await readPdf(bytes, EXTRACT_LIMITS, to);
  assert.deepEqual(told(to.blocks), ['p Text.']);
});

const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
/** One page that draws object 4, which may draw objects from 6 on as /A. */
function pageOf(contents: string | Buffer, ...more: readonly (string | Buffer)[]): Buffer {
  const resources = '<< /Font << /F 5 0 R >> /XObject << /A 6 0 R >> >>';
  const page = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources ${resources} >>`;
  const head = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', page];
  return rawPdfOf([...head, contents, FONT, ...more]);
}

/** Each draws the next one ten times: ten thousand lines of text from four lines. */
const LAUGHS = [7, 8, 9, 10].map((next) => {
  const body = next === 10 ? 'BT /F 12 Tf 9 9 Td (lol) Tj ET ' : '/A Do ';
  const resources = `<< /Font << /F 5 0 R >> /XObject << /A ${next} 0 R >> >>`;
  return rawStream(`/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources ${resources}`, body.repeat(10));
});
const LINES = deflateSync('BT /F 12 Tf 9 9 Td (aaaaaaaa) Tj ET\n'.repeat(20_000));

const BOMBS: ReadonlyArray<readonly [name: string, bytes: Buffer]> = [
  ['a page that draws what draws what draws it', pageOf(rawStream('', '/A Do'), ...LAUGHS)],
  ['a page that inflates to text without end', pageOf(rawStream('/Filter /FlateDecode', LINES))],
];

for (const [name, bytes] of BOMBS) {
  test(`readPdf: leaves ${name} in the middle, at its limit`, async () => {
    const limits = { ...EXTRACT_LIMITS, charsMax: 3_000 };
    await assert.rejects(readPdf(bytes, limits, new BlockList(limits)), /more than 3000 characters of text; split/);
  });
}
