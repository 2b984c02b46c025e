import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { readableCopy, UNPACKED_BYTES_MAX } from './unpack.ts';

const TEXT = Buffer.from('{"id":"resp_0123456789abcdef"}');

test('readableCopy: unpacks what it knows', () => {
  assert.deepEqual(readableCopy(gzipSync(TEXT), 'gzip'), TEXT);
  assert.deepEqual(readableCopy(deflateSync(TEXT), ' Deflate'), TEXT);
  assert.deepEqual(readableCopy(brotliCompressSync(TEXT), 'br'), TEXT);
});

test('readableCopy: what it does not know, what is damaged and what unpacks to too much is left alone', () => {
  assert.equal(readableCopy(TEXT, 'zstd'), null);
  assert.equal(readableCopy(TEXT, 'gzip'), null);
  assert.equal(readableCopy(gzipSync(Buffer.alloc(UNPACKED_BYTES_MAX + 1)), 'gzip'), null);
  assert.equal(readableCopy(gzipSync(Buffer.alloc(UNPACKED_BYTES_MAX)), 'gzip')?.length, UNPACKED_BYTES_MAX);
});
