import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc8, crc16, crc32Ogg } from './bytes.ts';
import { silentAac, silentFlac, silentMp3, silentOpus } from './silence.ts';

const TAG = 'a tag';

/** Behind an ID3 tag, whose length is told in four times seven bits. */
function afterId3(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  assert.equal(bytes.toString('latin1', 0, 3), 'ID3');
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(6, 10);
  return bytes.subarray(10 + ((a << 21) | (b << 14) | (c << 7) | d));
}

test('silentMp3: is frames of MPEG-2 layer III of 24 ms each, as many as the length asks for', () => {
  const frames = afterId3(silentMp3(1000, TAG));
  assert.equal(frames.length, Math.ceil(1000 / 24) * 96);
  for (let at = 0; at < frames.length; at += 96) assert.equal(frames.readUInt32BE(at), 0xfff344c4);
});

test('silentAac: is ADTS frames whose heads tell their own length', () => {
  const frames = afterId3(silentAac(500, TAG));
  let count = 0;
  for (let at = 0; at < frames.length; count++) {
    assert.equal(frames.readUInt16BE(at), 0xfff1);
    at += (frames.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
  }
  assert.equal(count, Math.ceil((500 * 24) / 1024));
});

test('silentFlac: has the rate, the length, and frames with right checksums', () => {
  const bytes = Buffer.from(silentFlac(60_000, TAG));
  assert.equal(bytes.toString('latin1', 0, 4), 'fLaC');
  assert.equal(bytes.readUIntBE(18, 3) >> 4, 24_000);
  const samples = bytes.readUInt32BE(22);
  assert.equal(samples, Math.ceil((60_000 * 24) / 4096) * 4096);
  let at = 8 + 34;
  assert.equal(bytes[at], 0x84);
  at += 4 + bytes.readUIntBE(at + 1, 3);
  let frames = 0;
  while (at < bytes.length) {
    const coded = frames < 0x80 ? 1 : 2;
    const head = bytes.subarray(at, at + 4 + coded);
    assert.equal(head.readUInt16BE(0), 0xfff8);
    assert.equal(bytes[at + 4 + coded], crc8(head));
    const frame = bytes.subarray(at, at + 4 + coded + 4);
    assert.equal(bytes.readUInt16BE(at + frame.length), crc16(frame));
    at += frame.length + 2;
    frames++;
  }
  assert.equal(frames, samples / 4096);
});

test('silentOpus: is pages of Ogg in order, with right checksums, the last one marked and at the length asked for', () => {
  const bytes = Buffer.from(silentOpus(2_500, TAG.repeat(100)));
  const pages: Array<{ readonly flags: number; readonly granule: bigint; readonly number: number }> = [];
  for (let at = 0; at < bytes.length; ) {
    assert.equal(bytes.toString('latin1', at, at + 4), 'OggS');
    const segments = bytes[at + 26] ?? 0;
    const body = bytes.subarray(at + 27, at + 27 + segments).reduce((sum, length) => sum + length, 0);
    const page = Buffer.from(bytes.subarray(at, at + 27 + segments + body));
    const checksum = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    assert.equal(crc32Ogg(page), checksum);
    pages.push({ flags: page[5] ?? 0, granule: page.readBigUInt64LE(6), number: page.readUInt32LE(18) });
    at += page.length;
  }
  assert.deepEqual(
    pages.map(({ number }) => number),
    [0, 1, 2, 3, 4],
  );
  assert.deepEqual(
    pages.map(({ flags }) => flags),
    [2, 0, 0, 0, 4],
  );
  assert.equal(pages.at(-1)?.granule, 120_000n);
});
