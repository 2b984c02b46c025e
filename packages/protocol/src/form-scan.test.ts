import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scanForm } from './form.ts';
import { FormScan } from './form-scan.ts';

const SEED = 5;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function scan(bytes: Uint8Array, sizes: readonly number[]): FormScan {
  const scanned = new FormScan('b0');
  let from = 0;
  for (let i = 0; from < bytes.length; i++) {
    const to = from + (sizes[i % sizes.length] ?? 1);
    scanned.add(bytes.subarray(from, to));
    from = to;
  }
  return scanned;
}

const field = (name: string, value: string): string =>
  `--b0\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (bytes: string): string =>
  `--b0\r\ncontent-disposition: form-data; name="file"; filename="a"\r\ncontent-type: x/y\r\n\r\n${bytes}\r\n`;

const parts = fc.array(
  fc.oneof(
    fc
      .tuple(fc.constantFrom('model', 'stream', 'other'), fc.constantFrom('', 'true', 'chat', '--b', '\r\n', 'ä'))
      .map(([name, value]) => field(name, value)),
    fc
      .array(fc.constantFrom('--b', '0', '\r\n', 'RIFF', '\n', '-', 'name="model"'), { maxLength: 12 })
      .map((pieces) => file(pieces.join(''))),
    fc.constantFrom('preamble\r\n', '--b0', '\r\n\r\n', '--'),
  ),
  { maxLength: 6 },
);

test(`FormScan: in pieces of any size, says what scanForm says of the whole (seed ${SEED})`, () => {
  let forms = 0;
  fc.assert(
    fc.property(parts, fc.boolean(), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (all, ends, sizes) => {
      const bytes = bytesOf(all.join('') + (ends ? '--b0--\r\n' : ''));
      const wanted = scanForm(bytes, 'b0');
      const scanned = scan(bytes, sizes);
      assert.deepEqual(scanned.facts, wanted);
      const last = wanted?.model.at(-1);
      if (last === undefined) return;
      forms++;
      assert.equal(textOf(scanned.model), textOf(bytes.subarray(last.start, last.end)));
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  assert.ok(forms > 100, `${forms} forms named a model`);
});

test('FormScan: finds a field behind a file of megabytes, and keeps no more than it needs', () => {
  const piece = new Uint8Array(64 * 1024).fill(0x2d);
  const scanned = new FormScan('b0');
  scanned.add(bytesOf(file('').slice(0, -2)));
  for (let i = 0; i < 64; i++) scanned.add(piece);
  scanned.add(bytesOf(`\r\n${field('model', 'whisper')}--b0--`));
  assert.equal(textOf(scanned.model), 'whisper');
  assert.equal(scanned.facts?.model.length, 1);
});

test('FormScan: a value past its limit is cut, so that it is nobody’s name', () => {
  const scanned = scan(bytesOf(`${field('model', `${'x'.repeat(10_000)}chat`)}--b0--`), [1_000]);
  assert.equal(textOf(scanned.model), 'x'.repeat(4_096));
  const [span] = scanned.facts?.model ?? [];
  assert.equal((span?.end ?? 0) - (span?.start ?? 0), 10_004);
});

test('FormScan: a head, a line or a number of parts past the limit is no form', () => {
  const long = `--b0\r\nx: ${'y'.repeat(5_000)}\r\n\r\nz\r\n--b0--`;
  const many = `${field('other', '1').repeat(1_000)}--b0--`;
  for (const text of [long, `--b0${' '.repeat(5_000)}\r\n\r\n--b0--`, many]) {
    assert.equal(scan(bytesOf(text), [1_000]).facts, null, text.slice(0, 40));
  }
  assert.notEqual(scan(bytesOf(`${field('other', '1').repeat(999)}--b0--`), [1_000]).facts, null);
});
