import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { utf8Bytes, utf8Length, utf8Text } from './utf8.ts';

const TEXTS = ['', 'plain', 'é', '€uro', '😀 and 漢字', '\u0000', 'x'.repeat(20_000), `${'y'.repeat(8190)}😀😀`];

test('utf8Bytes: gives the bytes that Node gives, and utf8Text reads them again', () => {
  for (const text of TEXTS) {
    assert.deepEqual(Buffer.from(utf8Bytes(text)), Buffer.from(text));
    assert.equal(utf8Length(text), Buffer.byteLength(text));
    assert.equal(utf8Text(utf8Bytes(text)), text);
  }
});

test('utf8Bytes: as Node for any text, half pairs included (seed 4)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0xd800, max: 0xdfff }), (text, half) => {
      const broken = text + String.fromCharCode(half) + text;
      assert.deepEqual(Buffer.from(utf8Bytes(broken)), Buffer.from(broken));
    }),
    { seed: 4 },
  );
});

test('utf8Text: never fails, and what comes out can be written (seed 5)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.ok(utf8Text(bytes).isWellFormed());
    }),
    { seed: 5 },
  );
});

const BROKEN: readonly (readonly [bytes: readonly number[], text: string])[] = [
  [[0xef, 0xbb, 0xbf, 0x61], 'a'],
  [[0x61, 0xff, 0x62], 'a\ufffdb'],
  [[0xc0, 0x80], '\ufffd\ufffd'],
  [[0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
  [[0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
  [[0xe2, 0x82], '\ufffd\ufffd'],
];

test('utf8Text: leaves a byte order mark out, and puts U+FFFD in the place of what is no UTF-8', () => {
  for (const [bytes, text] of BROKEN) assert.equal(utf8Text(Uint8Array.from(bytes)), text);
});
