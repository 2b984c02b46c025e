import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeText } from './decode.ts';

const CASES: ReadonlyArray<readonly [name: string, bytes: Buffer]> = [
  ['UTF-8', Buffer.from('Grüße €')],
  ['UTF-8 with its mark', Buffer.from('\ufeffGrüße €')],
  ['UTF-16, little end first', Buffer.from('\ufeffGrüße €', 'utf16le')],
  ['UTF-16, big end first', Buffer.from('\ufeffGrüße €', 'utf16le').swap16()],
  ['windows-1252', Buffer.from([...Buffer.from('Grüße ', 'latin1'), 0x80])],
];

for (const [name, bytes] of CASES) {
  test(`decodeText: reads ${name}`, () => assert.equal(decodeText(bytes), 'Grüße €'));
}
