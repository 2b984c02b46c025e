import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { closeFrame, FRAME_BYTES_MAX, Frames } from './frames.ts';

/** A frame with this payload; a client's where it is masked. */
function frame(payload: Buffer, { opcode = 2, fin = true, mask = false } = {}): Buffer {
  const size = payload.length;
  const length = size < 126 ? [size] : size < 65_536 ? [126, size >> 8, size & 0xff] : [127, ...bigEndian(size)];
  const head = Buffer.from([(fin ? 0x80 : 0) | opcode, (mask ? 0x80 : 0) | (length[0] ?? 0), ...length.slice(1)]);
  return Buffer.concat([head, mask ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0), payload]);
}

function bigEndian(size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(size));
  return bytes;
}

const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];

test('Frames: knows the end of each frame, however its bytes are cut', () => {
  const sized = fc.record({
    size: fc.constantFrom(...SIZES),
    mask: fc.boolean(),
    cuts: fc.array(fc.nat(80_000), { maxLength: 8 }),
  });
  fc.assert(
    fc.property(fc.array(sized, { minLength: 1, maxLength: 4 }), (all) => {
      const frames = new Frames();
      for (const { size, mask, cuts } of all) {
        const bytes = frame(Buffer.alloc(size), { mask });
        const at = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
        let from = 0;
        for (const to of at) {
          assert.equal(frames.add(bytes.subarray(from, to)), true);
          if (to > 0 && to < bytes.length) assert.equal(frames.atBoundary, false);
          from = to;
        }
        assert.equal(frames.atBoundary, true);
      }
    }),
    { seed: 5, numRuns: 60 },
  );
});

test('Frames: several frames in one piece', () => {
  const texts: string[] = [];
  const frames = new Frames((head) => texts.push(head));
  const all = [
    frame(Buffer.from('{"a":1}'), { opcode: 1 }),
    frame(Buffer.from('x')),
    frame(Buffer.from('{"b":2}'), { opcode: 1 }),
  ];
  assert.equal(frames.add(Buffer.concat(all)), true);
  assert.deepEqual(texts, ['{"a":1}', '{"b":2}']);
  assert.equal(frames.closeSeen, false);
  frames.add(frame(Buffer.from([3, 232]), { opcode: 8 }));
  assert.equal(frames.closeSeen, true);
});

for (const [size, want] of [
  [FRAME_BYTES_MAX, true],
  [FRAME_BYTES_MAX + 1, false],
  [2 ** 40, false],
] as const) {
  test(`Frames: a frame of ${size} bytes is ${want ? 'taken' : 'not taken'}`, () => {
    const head = Buffer.concat([Buffer.from([0x82, 127]), bigEndian(size)]);
    assert.equal(new Frames().add(head), want);
  });
}

for (const [from, code, reason] of [
  ['server', 1001, 'going'],
  ['client', 1009, 'x'.repeat(200)],
] as const) {
  test(`closeFrame: the ${from}'s says ${code} in one frame, its reason within the limit`, () => {
    const bytes = closeFrame(code, reason, from);
    const frames = new Frames();
    assert.deepEqual([frames.add(bytes), frames.atBoundary, frames.closeSeen], [true, true, true]);
    const isMasked = from === 'client';
    assert.equal(((bytes[1] ?? 0) & 0x80) !== 0, isMasked);
    const mask = isMasked ? bytes.subarray(2, 6) : Buffer.alloc(4);
    const payload = bytes.subarray(isMasked ? 6 : 2).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    assert.equal(Buffer.from(payload).readUInt16BE(0), code);
    assert.equal(Buffer.from(payload).toString('utf8', 2), reason.slice(0, 123));
  });
}
