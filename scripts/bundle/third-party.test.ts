import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Library, thirdPartyText } from './third-party.ts';

const MIT = 'MIT License\n\nCopyright (c) 2026 Us\n\nPermission is granted.\n';
const APACHE: Library = {
  name: 'a',
  version: '1.0.0',
  licence: 'Apache-2.0',
  text: 'Apache License\nEND OF TERMS AND CONDITIONS',
  author: 'A',
};
const bare = (name: string, licence: string): Library => ({
  name,
  version: '2.0.0',
  licence,
  text: '',
  author: 'Them',
});

test('thirdPartyText: a library without a text gets that of its licence, with its own author', () => {
  const text = thirdPartyText([APACHE, bare('b', 'MIT'), bare('c', 'Apache-2.0')], MIT);
  assert.match(text, /b 2\.0\.0\nLicence: MIT\n\nMIT License\n\nCopyright \(c\) Them\n\nPermission is granted\.\n/);
  assert.match(text, /c 2\.0\.0\nLicence: Apache-2\.0\n\nCopyright \(c\) Them\n\nThe text .* under a 1\.0\.0\./);
});

test('thirdPartyText: names what a library carries within it', () => {
  const text = thirdPartyText([APACHE, { ...bare('unpdf', 'MIT'), text: 'its own' }], MIT);
  assert.match(text, /\npdf\.js, within unpdf\nLicence: Apache-2\.0\n\nCopyright \(c\) Mozilla Foundation\n/);
});

test('thirdPartyText: refuses a licence of which nothing has the text', () => {
  assert.throws(() => thirdPartyText([bare('b', 'Zlib')], MIT), /Them: nothing here has the text of the licence Zlib/);
});
