import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64 } from '../base64.ts';
import {
  adler32,
  bigEndian,
  bytesOfBase64,
  crc8,
  crc16,
  crc32,
  crc32Ogg,
  latin1,
  littleEndian,
  readLittle,
} from './bytes.ts';

/** Published check values, all of the text `123456789`. Source: the catalogue of parametrised CRC algorithms; RFC 1950. */
const CHECKS: ReadonlyArray<readonly [name: string, of: (bytes: Uint8Array) => number, want: number]> = [
  ['crc8', crc8, 0xf4],
  ['crc16', crc16, 0xfee8],
  ['crc32Ogg', crc32Ogg, 0x89a1897f],
  ['crc32', crc32, 0xcbf43926],
  ['adler32', adler32, 0x091e01de],
];

for (const [name, of, want] of CHECKS) {
  test(`${name}: has the published check value`, () => assert.equal(of(latin1('123456789')), want));
}

test('bigEndian, littleEndian: put the same number from both ends', () => {
  assert.deepEqual([...bigEndian(0x01020304, 4)], [1, 2, 3, 4]);
  assert.deepEqual([...littleEndian(0x01020304, 6)], [4, 3, 2, 1, 0, 0]);
  assert.equal(readLittle(littleEndian(0xfedcba98, 4), 0, 4), 0xfedcba98);
});

test('bytesOfBase64: reads back whatever base64 wrote, with padding or without (seed 1)', () => {
  const back = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const text = base64(bytes);
    assert.deepEqual(bytesOfBase64(text), bytes);
    assert.deepEqual(bytesOfBase64(text.replace(/=+$/, '')), bytes);
  });
  fc.assert(back, { seed: 1, numRuns: 300 });
});

test('bytesOfBase64: is null for other characters', () => {
  for (const text of ['a b=', '****', 'é===', 'YQ=a']) assert.equal(bytesOfBase64(text), null, text);
});
