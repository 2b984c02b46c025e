import assert from 'node:assert/strict';
import test from 'node:test';
import { EXTRACT_LIMITS } from '../extract/limits.ts';
import { read } from './read.ts';

const TEXT = Buffer.from('# A\n\nOne two.\n\n# B\n\nThree four.');

test('read: chunks are ranges of the text', async () => {
  const answer = await read({ path: 'a.md', bytes: TEXT, limits: EXTRACT_LIMITS });
  assert.ok(answer.kind === 'read');
  assert.ok(answer.chunks.length > 0);
  for (const { start, end, text } of answer.chunks) assert.equal(answer.text.slice(start, end), text);
});

test('read: a refusal is an answer', async () => {
  const answer = await read({ path: 'a.exe', bytes: TEXT, limits: EXTRACT_LIMITS });
  assert.ok(answer.kind === 'refused' && answer.refusal === 'unsupported');
});

test('read: takes passages up to the limit', async () => {
  const long = Buffer.from('A sentence of some length stands here. '.repeat(100));
  const answer = await read({ path: 'a.md', bytes: long, limits: { ...EXTRACT_LIMITS, chunksMax: 2 } });
  assert.ok(answer.kind === 'refused' && /passages, above 2; split/.test(answer.message));
});
