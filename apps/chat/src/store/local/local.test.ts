import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { documentContract } from '../contract.ts';
import { conversationContract } from '../conversation-contract.ts';
import { ADMIN, documentNamed, EVERYTHING, vectorOf } from '../samples.ts';
import { StoreError } from '../store.ts';
import { PLACES } from './database.ts';
import { openLocal } from './local.ts';
import { SLICE } from './writing.ts';

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-chat-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'chat.sqlite');
}

function opened(t: TestContext, path: string) {
  const stores = openLocal(path);
  t.after(() => Promise.all([stores.documents.close(), stores.conversations.close()]));
  return stores;
}

async function close({ documents, conversations }: ReturnType<typeof openLocal>): Promise<void> {
  await Promise.all([documents.close(), conversations.close()]);
}

for (const [name, path] of [
  ['in memory', () => ':memory:'],
  ['in a file', pathFor],
] as const) {
  documentContract({ name: `openLocal ${name}`, skips: {}, open: async (t) => opened(t, path(t)).documents });
  conversationContract({ name: `openLocal ${name}`, open: async (t) => opened(t, path(t)).conversations });
}

test('openLocal: what was kept is there after a restart, vectors too', async (t) => {
  const path = pathFor(t);
  const before = openLocal(path);
  await before.documents.put(documentNamed('a.md', ['apricot jam', 'walnut oil']), 'model-a');
  await close(before);
  const { documents } = opened(t, path);
  assert.equal((await documents.searchText('walnut', EVERYTHING))[0]?.chunk.text, 'walnut oil');
  assert.equal((await documents.searchVector(vectorOf('walnut oil'), EVERYTHING))[0]?.chunk.text, 'walnut oil');
  assert.equal((await documents.facts()).embeddingModel, 'model-a');
});

test('openLocal: a file that one app has open is refused to another, with the way out, and free once that has ended', async (t) => {
  const path = pathFor(t);
  const first = openLocal(path);
  assert.throws(
    () => openLocal(path),
    /^StoreError: store: .*chat\.sqlite cannot be used \(another chat app has it open: end that one, or index/,
  );
  await first.documents.close();
  assert.throws(() => openLocal(path), StoreError, 'its conversations are still open');
  await first.conversations.close();
  await first.conversations.close();
  await close(openLocal(path));
});

test("openLocal: another program's file, and one of a newer version, are named and left as they are", async (t) => {
  const path = pathFor(t);
  writeFileSync(path, 'no database, and longer than the head of one would be '.repeat(20));
  assert.throws(() => openLocal(path), /chat\.sqlite cannot be used \(file is not a database\); name a new file/);
  const theirs = join(path, '..', 'theirs.sqlite');
  const database = new DatabaseSync(theirs);
  database.exec('CREATE TABLE theirs (x); PRAGMA user_version = 1');
  database.close();
  assert.throws(() => openLocal(theirs), /theirs\.sqlite cannot be used \(it belongs to another program\)/);
  const newer = join(path, '..', 'newer.sqlite');
  await close(openLocal(newer));
  const changed = new DatabaseSync(newer);
  changed.exec('PRAGMA user_version = 999');
  changed.close();
  assert.throws(() => openLocal(newer), /its layout is number 999, of a newer version/);
  assert.throws(() => openLocal(join(path, 'no-folder', 'x.sqlite')), StoreError);
});

test('openLocal: what is removed is not in the file any more, in no form', async (t) => {
  const path = pathFor(t);
  const stores = opened(t, path);
  const vector = documentNamed('a.md', ['zanzibar']).chunks[0]?.vector ?? assert.fail();
  const inFiles = (bytes: string | Uint8Array<ArrayBuffer>) =>
    [path, `${path}-wal`].some((file) => existsSync(file) && readFileSync(file).includes(Buffer.from(bytes)));
  const traces = ['zanzibar', 'title-of-it', 'path-of-it', new Uint8Array(new Float32Array(vector).buffer)];
  await stores.documents.put(documentNamed('path-of-it.md', ['zanzibar'], { title: 'title-of-it' }), 'model-a');
  await stores.documents.put(documentNamed('b.md', ['stays']), 'model-a');
  const row = { user: 'ann', title: 'title-of-it', isPinned: false, createdMs: 1, changedMs: 1 };
  await stores.conversations.create({ id: 'c1', ...row });
  for (const trace of traces) assert.ok(inFiles(trace), 'it was there');
  const [document] = await stores.documents.list(ADMIN, { after: 'c', limit: 1 });
  assert.equal(await stores.documents.remove(document?.id ?? ''), true);
  assert.equal(await stores.conversations.remove('c1', 'ann'), true);
  for (const trace of traces) assert.ok(!inFiles(trace), `${trace} is still there`);
  assert.ok(inFiles('stays'));
});

test('openLocal: more vectors than the limit are refused with the way out, and what was there stays', async (t) => {
  const { documents, conversations } = openLocal(':memory:', { vectorsMax: 3 });
  t.after(() => close({ documents, conversations }));
  await documents.put(documentNamed('a.md', ['one', 'two']), 'model-a');
  const tooMuch = documents.put(documentNamed('b.md', ['three', 'four']), 'model-a');
  await assert.rejects(tooMuch, /b\.md: 4 passages with vectors are above 3; use the PostgreSQL store/);
  assert.equal((await documents.facts()).chunks, 2);
  await documents.put(documentNamed('a.md', ['one', 'two', 'three']), 'model-a');
});

/** How many rows there are that belong to no document. */
function leftOvers(path: string): number {
  const database = new DatabaseSync(path);
  const sql = ['chunks', 'vectors'].map(
    (table) => `SELECT count(*) AS n FROM ${table} WHERE place / ${PLACES} NOT IN (SELECT number FROM documents)`,
  );
  const words = `SELECT count(*) AS n FROM words WHERE rowid / ${PLACES} NOT IN (SELECT number FROM documents)`;
  const counts = [...sql, words, 'SELECT count(*) AS n FROM unfinished'].map((each) =>
    Number(database.prepare(each).get()?.n),
  );
  database.close();
  return counts.reduce((sum, count) => sum + count, 0);
}

test('openLocal: a document whose store is closed while it is written is not there, and nothing of it is left at the next opening', async (t) => {
  const path = pathFor(t);
  const first = openLocal(path);
  await first.documents.put(documentNamed('a.md', ['old']), 'model-a');
  const long = Array.from({ length: 3 * SLICE }, (_, at) => `new ${at}`);
  const writing = first.documents.put(documentNamed('a.md', long), 'model-a');
  await new Promise((resolve) => setImmediate(resolve));
  const closing = close(first);
  await assert.rejects(writing, /^StoreError: store: a change on a closed store; open it again/);
  await closing;
  assert.ok(leftOvers(path) > SLICE, 'some of it was written');
  const second = openLocal(path);
  await second.documents.put(documentNamed('b.md', ['other']), 'model-a');
  assert.deepEqual(
    (await second.documents.searchText('new old', EVERYTHING)).map(({ chunk }) => chunk.text),
    ['old'],
  );
  await close(second);
  assert.equal(leftOvers(path), 0);
});

test('openLocal: a long document that is replaced or removed leaves nothing', async (t) => {
  const path = pathFor(t);
  const stores = openLocal(path);
  const long = Array.from({ length: 3 * SLICE + 1 }, (_, at) => `long ${at}`);
  const id = await stores.documents.put(documentNamed('a.md', long), 'model-a');
  await stores.documents.put(documentNamed('a.md', ['short']), 'model-a');
  await stores.documents.put(documentNamed('b.md', long), 'model-a');
  const other = await stores.documents.byPath('b.md');
  assert.equal(await stores.documents.remove(other?.id ?? ''), true);
  assert.equal((await stores.documents.chunks(id, ADMIN)).length, 1);
  await close(stores);
  assert.equal(leftOvers(path), 0);
});

test('openLocal: a process that is killed in the middle of its puts leaves whole documents and a file that opens', async (t) => {
  const path = pathFor(t);
  const child = spawn(process.execPath, [new URL('testing/writer.ts', import.meta.url).pathname, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let told = '';
  for await (const chunk of child.stdout) {
    told += String(chunk);
    if (told.split('\n').length > 15) break;
  }
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
  child.kill('SIGKILL');
  await ended;
  const { documents } = opened(t, path);
  const rows = await documents.list(ADMIN, { after: null, limit: 1_000 });
  assert.ok(rows.length >= 10, `${rows.length} documents`);
  for (const { id, chunks } of rows) {
    assert.equal((await documents.chunks(id, ADMIN)).length, chunks);
    const filter = { ...EVERYTHING, documents: [id], top: 1_000 };
    assert.equal((await documents.searchText('word', filter)).length, chunks);
    assert.equal((await documents.searchVector(vectorOf('word', 64), filter)).length, chunks);
  }
  const { length } = await documents.searchVector(vectorOf('word', 64), { ...EVERYTHING, top: 1_000 });
  assert.equal(length, Math.min(1_000, (await documents.facts()).chunks), 'nothing of a document that was cut off');
});

test('openLocal: a page has a thousand rows and a search a thousand passages, whatever is asked for', async (t) => {
  const { documents, conversations } = opened(t, ':memory:');
  for (let i = 0; i <= 1_000; i++) {
    await conversations.create({ id: `c${i}`, user: 'ann', title: 't', isPinned: false, createdMs: i, changedMs: i });
  }
  assert.equal((await conversations.list('ann', { search: null, limit: 1_001 })).length, 1_000);
  const passages = Array.from({ length: 1_001 }, (_, i) => `apricot ${i}`);
  await documents.put(documentNamed('a.md', passages), 'm');
  for (const found of [
    await documents.searchText('apricot', { ...EVERYTHING, top: 1_001 }),
    await documents.searchVector(vectorOf('apricot 1', 8), { ...EVERYTHING, top: 1_001 }),
  ]) {
    assert.equal(found.length, 1_000);
  }
});
