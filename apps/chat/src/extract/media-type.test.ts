import assert from 'node:assert/strict';
import test from 'node:test';
import { isSupportedName, mediaTypeOf } from './media-type.ts';

const PDF = '%PDF-1.7\n';
const ZIP = 'PK\x03\x04xx';

const TAKEN: ReadonlyArray<readonly [path: string, content: string, want: string]> = [
  ['a.pdf', PDF, 'application/pdf'],
  ['a.PDF', `junk before\n${PDF}`, 'application/pdf'],
  ['a', PDF, 'application/pdf'],
  ['b/a.md', '# x', 'text/markdown'],
  ['a.md', 'A PDF begins with %PDF-1.7', 'text/markdown'],
  ['a.htm', '<p>', 'text/html'],
  ['a.tsv', 'a\tb', 'text/csv'],
  ['a.json', '{}', 'application/json'],
  ['a.txt', '\xff\xfea\0b\0', 'text/plain'],
  ['a.docx', ZIP, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
];

for (const [path, content, want] of TAKEN) {
  test(`mediaTypeOf: ${path} with ${JSON.stringify(content.slice(0, 12))} is ${want}`, () =>
    assert.equal(mediaTypeOf(path, Buffer.from(content, 'latin1')), want));
}

const REFUSED: ReadonlyArray<readonly [path: string, content: string, text: RegExp]> = [
  ['a.pdf', '<html>', /ends in \.pdf, its content is text/],
  ['a.txt', PDF, /its content is a PDF/],
  ['a.html', ZIP, /its content is a ZIP archive/],
  ['a.md', 'a\0b', /its content is binary data/],
  ['a.docx', '\xd0\xcf\x11\xe0', /older or password-protected Office file/],
  ['a.exe', 'MZ', /\.exe is not read; supported: pdf, docx/],
  ['README', 'x', /a name without ending is not read/],
];

for (const [path, content, text] of REFUSED) {
  test(`mediaTypeOf: refuses ${path} with ${JSON.stringify(content.slice(0, 12))}`, () =>
    assert.throws(() => mediaTypeOf(path, Buffer.from(content, 'latin1')), text));
}

test('mediaTypeOf: a PDF may have its mark within its first 1,024 bytes, not behind', () => {
  const behind = (bytes: number) => Buffer.from(`${'x'.repeat(bytes - 1)}\n${PDF}`);
  assert.equal(mediaTypeOf('a.pdf', behind(1_024 - '%PDF-'.length)), 'application/pdf');
  assert.throws(() => mediaTypeOf('a.pdf', behind(1_025 - '%PDF-'.length)), /its content is text/);
});

test('isSupportedName: looks at the ending alone', () =>
  assert.deepEqual(['a.Md', 'a.md.bak', '.md', 'constructor', 'x.constructor'].map(isSupportedName), [
    true,
    false,
    true,
    false,
    false,
  ]));
