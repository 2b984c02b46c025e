/** In a real worker, with whatever tokenizer is there: none, or one that counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerCounter } from './counter.ts';

test('WorkerCounter: answers each prompt, with its tokens or, without a tokenizer, with null', async (t) => {
  const counter = new WorkerCounter('held');
  t.after(() => counter.close());
  const counted = (prompt: string) =>
    new Promise<number | null>((done) => {
      counter.count(Buffer.from(prompt), done);
    });
  const tokens = await counted('"Hello there"');
  assert.ok(tokens === null || tokens === 2, String(tokens));
  assert.equal(await counted('no JSON'), null);
});
