import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { drawing } from './drawing.ts';
import { pngOf } from './png.ts';

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Each with its checksum looked at. */
function chunksOf(png: Uint8Array): readonly Chunk[] {
  const bytes = Buffer.from(png);
  assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks: Chunk[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const named = bytes.subarray(at + 4, at + 8 + length);
    assert.equal(bytes.readUInt32BE(at + 8 + length), crc32(named));
    chunks.push({ type: named.subarray(0, 4).toString(), data: named.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

for (const [width, height] of [
  [1024, 1024],
  [17, 5],
  [1, 1],
] as const) {
  test(`pngOf: a picture of ${width} × ${height} is a valid file with every dot where it was drawn`, () => {
    const picture = drawing({ width, height }, 42);
    const chunks = chunksOf(pngOf(picture));
    assert.deepEqual(
      chunks.map(({ type }) => type),
      ['IHDR', 'PLTE', 'IDAT', 'IEND'],
    );
    const [head, palette, data] = chunks;
    assert.deepEqual([head?.data.readUInt32BE(0), head?.data.readUInt32BE(4)], [width, height]);
    assert.deepEqual([...(palette?.data ?? [])], picture.palette.flat());
    const rows = inflateSync(data?.data ?? Buffer.alloc(0));
    const rowBytes = Math.ceil(width / 4) + 1;
    assert.equal(rows.length, rowBytes * height);
    for (const y of [0, Math.floor(height / 2), height - 1]) {
      const dots = picture.row(y);
      for (let x = 0; x < width; x++) {
        const byte = rows[y * rowBytes + 1 + (x >> 2)] ?? 0;
        assert.equal((byte >> (6 - 2 * (x & 3))) & 3, dots[x]);
      }
    }
  });
}

test('drawing: the same for the same hash, another one for another, and in part where it is not finished', () => {
  const size = { width: 64, height: 64 };
  assert.deepEqual(pngOf(drawing(size, 7)), pngOf(drawing(size, 7)));
  assert.notDeepEqual(pngOf(drawing(size, 7)), pngOf(drawing(size, 8)));
  const half = drawing(size, 7, 0.5);
  assert.ok(half.row(31).some((dot) => dot !== 0));
  assert.ok(half.row(32).every((dot) => dot === 0));
});
