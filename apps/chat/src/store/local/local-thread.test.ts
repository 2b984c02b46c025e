import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { documentContract } from '../contract.ts';
import { conversationContract } from '../conversation-contract.ts';
import { ADMIN, documentNamed, everything } from '../samples.ts';
import { StoreError } from '../store.ts';
import { CALLS_MAX } from './caller.ts';
import { HANDED_AT_ONCE } from './handing.ts';
import { openLocalThread } from './local-thread.ts';
import { SLICE } from './writing.ts';

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

/** Passages that are written in many slices. */
const LONG = Array.from({ length: 2_000 }, (_, at) => `passage ${at}`);

test('openLocalThread: while a long document is written, this thread goes on, and a question is answered before it is there', async (t) => {
  const { documents } = await opened(t);
  await documents.put(documentNamed('b.md', ['passage of another'], {}, 256), 'model-a');
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  const writing = documents.put(documentNamed('a.md', LONG, {}, 256), 'model-a').then(() => {
    isDone = true;
  });
  turn();
  const during: number[] = [];
  while (!isDone) {
    const found = await documents.searchText('passage', everything({ top: 1_000 }));
    if (!isDone) during.push(found.length);
  }
  await writing;
  assert.ok(turns > 10, `${turns} turns`);
  assert.ok(during.length >= LONG.length / SLICE / 2, `${during.length} questions were answered meanwhile`);
  assert.deepEqual(new Set(during.slice(0, -1)), new Set([1]), 'nothing of a document that is not whole');
  assert.equal((await documents.facts()).chunks, LONG.length + 1);
});

test('openLocalThread: documents that are put at once are handed over one after the other, each whole', async (t) => {
  const { documents } = await opened(t);
  const names = ['a.md', 'b.md', 'c.md'];
  const passages = (name: string) => Array.from({ length: HANDED_AT_ONCE + 1 }, (_, at) => `${name} ${at}`);
  await Promise.all(names.map((name) => documents.put(documentNamed(name, passages(name)), 'model-a')));
  for (const name of names) {
    const id = (await documents.byPath(name))?.id ?? '';
    assert.deepEqual(
      (await documents.chunks(id, ADMIN)).map(({ text }) => text),
      passages(name),
    );
  }
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
