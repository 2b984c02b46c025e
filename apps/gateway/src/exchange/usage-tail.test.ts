import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_USAGE } from '@spillway/protocol';
import { UsageTail } from './usage-tail.ts';

const END = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}\n\ndata: [DONE]\n\n';
const USED = { promptTokens: 7, completionTokens: 5, cachedTokens: null, reasoningTokens: null };

function read(chunks: readonly string[]) {
  const tail = new UsageTail();
  for (const chunk of chunks) tail.add(Buffer.from(chunk));
  return tail.read();
}

test('UsageTail: finds usage wherever the end of a stream is split in two, or in three', () => {
  for (let i = 1; i < END.length; i++) {
    assert.deepEqual(read(['data: {}\n\n', END.slice(0, i), END.slice(i)]), USED, `split at ${i}`);
    const half = i + Math.floor((END.length - i) / 2);
    assert.deepEqual(read([END.slice(0, i), END.slice(i, half), END.slice(half)]), USED, `split at ${i} and ${half}`);
  }
});

test('UsageTail: without any, or with nothing at all, there is none', () => {
  assert.deepEqual(read([]), NO_USAGE);
  assert.deepEqual(read(['data: [DONE]\n\n']), NO_USAGE);
});

test('UsageTail: keeps the last chunks only', () => {
  assert.deepEqual(read([END, ...Array.from({ length: 4 }, () => 'data: {}\n\n')]), NO_USAGE);
});
