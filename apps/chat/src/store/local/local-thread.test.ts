import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { documentContract } from '../contract.ts';
import { conversationContract } from '../conversation-contract.ts';
import { documentNamed } from '../samples.ts';
import { StoreError } from '../store.ts';
import { CALLS_MAX } from './caller.ts';
import { openLocalThread } from './local-thread.ts';

async function opened(t: TestContext, path = ':memory:') {
  const stores = await openLocalThread(path);
  t.after(() => Promise.all([stores.documents.close(), stores.conversations.close()]));
  return stores;
}

documentContract({ name: 'openLocalThread', skips: {}, open: async (t) => (await opened(t)).documents });
conversationContract({ name: 'openLocalThread', open: async (t) => (await opened(t)).conversations });

test('openLocalThread: a file that is in use is refused with the way out, and the thread ends', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-chat-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'chat.sqlite');
  await opened(t, path);
  await assert.rejects(
    openLocalThread(path),
    /^StoreError: store: .*chat\.sqlite cannot be used \(another chat app has it open/,
  );
});

test('openLocalThread: while a long document is written, this thread goes on', async (t) => {
  const { documents } = await opened(t);
  const long = documentNamed(
    'a.md',
    Array.from({ length: 2_000 }, (_, at) => `passage ${at}`),
    {},
    256,
  );
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  const writing = documents.put(long, 'model-a');
  turn();
  await writing;
  isDone = true;
  assert.ok(turns > 10, `${turns} turns`);
});

test('openLocalThread: more calls than the limit are refused at once, and those before are answered', async (t) => {
  const { documents } = await opened(t);
  const calls = Array.from({ length: CALLS_MAX + 1 }, () => documents.facts());
  const settled = await Promise.allSettled(calls);
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, CALLS_MAX);
  const last = settled.at(-1);
  assert.ok(last?.status === 'rejected' && last.reason instanceof StoreError);
  assert.match(String(last.reason), /1000 calls are waiting already; try again/);
});

test('openLocalThread: after both are closed, every call is a StoreError', async (t) => {
  const { documents, conversations } = await opened(t);
  await documents.close();
  await conversations.close();
  await assert.rejects(documents.facts(), StoreError);
  await assert.rejects(conversations.removeAll('ann'), StoreError);
});
