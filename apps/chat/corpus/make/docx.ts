/** A Word document written by hand: a zip of stored entries with a fixed time, so that the same text is the same bytes everywhere. */
import { crc32 } from 'node:zlib';
import type { Letter } from './sources.ts';

/** 2026-02-14 09:00 in MS-DOS form. Source: PKWARE APPNOTE 4.4.6. */
const DOS_TIME = 9 << 11;
const DOS_DATE = ((2026 - 1980) << 9) | (2 << 5) | 14;
const ZIP_VERSION = 20;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const WORD_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

export function docxOf(letter: Letter): Uint8Array {
  return zipOf([
    ['[Content_Types].xml', CONTENT_TYPES],
    ['_rels/.rels', relationships([['officeDocument', 'word/document.xml']])],
    ['word/_rels/document.xml.rels', relationships([['styles', 'styles.xml']])],
    ['word/styles.xml', STYLES],
    ['word/document.xml', documentXml(letter)],
  ]);
}

const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${WORD_TYPE}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${WORD_TYPE}.styles+xml"/></Types>`;

const STYLES = `${XML}<w:styles xmlns:w="${WORD}">${[1, 2].map((level) => `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/></w:style>`).join('')}</w:styles>`;

function relationships(parts: readonly (readonly [type: string, target: string])[]): string {
  const each = parts.map(
    ([type, target], at) => `<Relationship Id="r${at}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
}

function documentXml({ blocks }: Letter): string {
  const body = blocks.map((block) => {
    if (typeof block === 'string') return paragraph(block, null);
    if ('heading' in block) return paragraph(block.heading, 'Heading1');
    if ('subheading' in block) return paragraph(block.subheading, 'Heading2');
    // The first row is the head.
    const head = '<w:trPr><w:tblHeader/></w:trPr>';
    const rows = block.table.map(
      (cells, at) =>
        `<w:tr>${at === 0 ? head : ''}${cells.map((cell) => `<w:tc>${paragraph(cell, null)}</w:tc>`).join('')}</w:tr>`,
    );
    return `<w:tbl>${rows.join('')}</w:tbl>`;
  });
  return `${XML}<w:document xmlns:w="${WORD}"><w:body>${body.join('')}</w:body></w:document>`;
}

function paragraph(text: string, style: string | null): string {
  const properties = style === null ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`;
  const safe = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${safe}</w:t></w:r></w:p>`;
}

type Entry = readonly [name: string, text: string];

/** Source: PKWARE APPNOTE 4.3: local headers with data, then the central directory, then its end. */
function zipOf(entries: readonly Entry[]): Uint8Array {
  const files: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of entries) {
    const data = Buffer.from(text, 'utf8');
    const facts = factsOf(name, data);
    const local = Buffer.concat([u32(0x04034b50), facts, Buffer.from(name), data]);
    central.push(
      Buffer.concat([u32(0x02014b50), u16(ZIP_VERSION), facts, u16(0, 0, 0), u32(0, offset), Buffer.from(name)]),
    );
    files.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.concat([
    u32(0x06054b50),
    u16(0, 0, entries.length, entries.length),
    u32(directory.length, offset),
    u16(0),
  ]);
  return Buffer.concat([...files, directory, end]);
}

/** What both headers of an entry say: version, flags, method, time, date, checksum, sizes, lengths of name and extra. */
function factsOf(name: string, data: Buffer): Buffer {
  return Buffer.concat([
    u16(ZIP_VERSION, 0, 0, DOS_TIME, DOS_DATE),
    u32(crc32(data), data.length, data.length),
    u16(Buffer.byteLength(name), 0),
  ]);
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, at * 2);
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, at * 4);
  return bytes;
}
