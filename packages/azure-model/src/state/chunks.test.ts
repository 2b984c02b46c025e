import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { AUTO_CHUNKING, chunkingOf, chunksOf, FILE_TOKENS_MAX, isTooLong, textIn } from './chunks.ts';
import { isRefusal } from './refusals.ts';

const SMALL = { max_chunk_size_tokens: 100, chunk_overlap_tokens: 20 };

test('chunksOf: cuts between words, and neighbours have something in common', () => {
  const text = Array.from({ length: 400 }, (_, i) => `word${i}`).join(' ');
  const chunks = chunksOf(text, SMALL);
  assert.ok(chunks.length > 5);
  for (const [i, chunk] of chunks.entries()) {
    assert.ok(chunk.length <= 400);
    assert.match(chunk, /^word\d+ .* word\d+$/);
    const last = chunk.split(' ').at(-1) ?? '';
    if (i + 1 < chunks.length) assert.ok(chunks[i + 1]?.includes(`${last} `));
  }
});

test('chunksOf: loses nothing and ends, for any text and any size (seed 8)', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 5000 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      (text, size, share) => {
        const chunking = { max_chunk_size_tokens: size, chunk_overlap_tokens: Math.floor((size * share) / 100) };
        const chunks = chunksOf(text, chunking);
        const letters = new Set(text.replaceAll(/\s/g, ''));
        const kept = new Set(chunks.join('').replaceAll(/\s/g, ''));
        assert.deepEqual(kept, letters);
        assert.ok(chunks.every((chunk) => chunk.length <= size * 4));
      },
    ),
    { seed: 8, numRuns: 50 },
  );
});

test('chunkingOf: takes what is in the limits', () => {
  assert.deepEqual(chunkingOf(undefined), AUTO_CHUNKING);
  assert.deepEqual(chunkingOf({ type: 'auto' }), AUTO_CHUNKING);
  assert.deepEqual(chunkingOf({ type: 'static', static: SMALL }), SMALL);
});

const WRONG: readonly unknown[] = [
  'auto',
  { type: 'other' },
  { type: 'static' },
  { type: 'static', static: { ...SMALL, max_chunk_size_tokens: 99 } },
  { type: 'static', static: { ...SMALL, max_chunk_size_tokens: 4097 } },
  { type: 'static', static: { ...SMALL, chunk_overlap_tokens: 51 } },
  { type: 'static', static: { ...SMALL, chunk_overlap_tokens: -1 } },
];

test('chunkingOf: refuses what is not', () => {
  for (const given of WRONG) assert.ok(isRefusal(chunkingOf(given)), JSON.stringify(given));
});

test('textIn: reads text as it is, and of a PDF the runs of text that it holds', () => {
  assert.equal(textIn(Buffer.from('Grüße\n')), 'Grüße\n');
  const pdf = Buffer.from('%PDF-1.4\n\u0000\u0001\u0002(Hello from a page) Tj\u0000\u0003');
  assert.match(textIn(pdf), /Hello from a page/);
  assert.equal(textIn(pdf).includes('\u0000'), false);
});

test('isTooLong: knows the limit of a file', () => {
  assert.equal(isTooLong('x'.repeat(4 * FILE_TOKENS_MAX)), false);
  assert.equal(isTooLong('x'.repeat(4 * FILE_TOKENS_MAX + 1)), true);
});

test('textIn: a run of text without end in a file that is none is read whole', () => {
  const bytes = new Uint8Array(8 * 1024 * 1024).fill(0x20);
  bytes.set([0x25, 0x50, 0x44, 0x46]);
  assert.equal(textIn(bytes).trim(), '%PDF');
  bytes.fill(0x61, 4);
  assert.equal(textIn(bytes).replaceAll('\n', ''), `%PDF${'a'.repeat(bytes.length - 4)}`);
});
