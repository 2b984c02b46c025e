import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { documentContract } from '../contract.ts';
import { conversationContract } from '../conversation-contract.ts';
import { documentNamed, EVERYTHING } from '../samples.ts';
import { StoreError } from '../store.ts';
import { openPostgres, type PostgresStores } from './postgres.ts';
import { startServer, type TestServer } from './testing/server.ts';
import { silent, WELCOME } from './testing/silent.ts';
import { putDocument } from './writing.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.end());

/** One statement that empties the whole database. */
async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function opened(t: TestContext, warn: (message: string) => void = () => {}): Promise<PostgresStores> {
  const stores = await openPostgres({ url: server.url, connectionsMax: 1, warn });
  await run('TRUNCATE spillway_documents, spillway_embedded, spillway_conversations CASCADE');
  t.after(() => Promise.all([stores.documents.close(), stores.conversations.close()]));
  return stores;
}

documentContract({
  name: 'openPostgres',
  skips: {},
  open: async (t) => {
    const { documents, conversations } = await opened(t);
    await conversations.close();
    return documents;
  },
});
conversationContract({ name: 'openPostgres', open: async (t) => (await opened(t)).conversations });

test('openPostgres: without pg_textsearch warns that words are ranked less well', async (t) => {
  const warnings: string[] = [];
  await opened(t, (message) => warnings.push(message));
  assert.deepEqual(
    warnings.map((message) => message.slice(0, 46)),
    ['postgres: without the extension pg_textsearch '],
  );
});

/** In front of the server: counts the connections that are open at once. */
async function counting(t: TestContext): Promise<{ readonly url: string; readonly most: () => number }> {
  const open = new Set<Socket>();
  let most = 0;
  const { port } = new URL(server.url);
  const front = createServer((client) => {
    const behind = connect(Number(port), '127.0.0.1');
    client.pipe(behind).pipe(client);
    for (const each of [client, behind]) each.on('error', () => client.destroy());
    client.on('close', () => void (open.delete(client) && behind.destroy()));
    most = Math.max(most, open.add(client).size);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  t.after(() => front.close());
  const address = front.address();
  const url = new URL(server.url);
  url.port = String(typeof address === 'object' ? address?.port : '');
  return { url: url.href, most: () => most };
}

test('openPostgres: ten connections at once, unless others are wished for; further questions wait for one', async (t) => {
  const asked = async (options: { readonly connectionsMax?: number }) => {
    const { url, most } = await counting(t);
    const { documents, conversations } = await openPostgres({ url, warn: () => {}, ...options });
    await Promise.all(Array.from({ length: 30 }, () => documents.facts()));
    await Promise.all([documents.close(), conversations.close()]);
    return most();
  };
  assert.equal(await asked({}), 10);
  assert.equal(await asked({ connectionsMax: 3 }), 3);
});

test('putDocument: no more than 50 rows in a statement', async (t) => {
  await opened(t);
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });
  const statements: string[] = [];
  const log = ({ query }: { readonly query: { readonly sql: string } }) => void statements.push(query.sql);
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), log });
  t.after(() => database.destroy());
  const put = async (path: string, count: number): Promise<number> => {
    statements.length = 0;
    const texts = Array.from({ length: count }, (_, i) => `passage ${i}`);
    await putDocument(database, documentNamed(path, texts), 'model-a');
    return statements.filter((statement) => statement.startsWith('INSERT INTO spillway_chunks')).length;
  };
  assert.deepEqual([await put('a.md', 50), await put('b.md', 101)], [1, 3]);
});

test('openPostgres: what was kept is there for the next process; tables of a newer version are refused', async (t) => {
  const first = await opened(t);
  await first.documents.put(documentNamed('a.md', ['apricot \u0000 jam']), 'model-a');
  await Promise.all([first.documents.close(), first.conversations.close()]);
  const options = { url: server.url, connectionsMax: 1, warn: () => {} };
  const second = await openPostgres(options);
  const [found] = await second.documents.searchText('apricot', EVERYTHING);
  assert.equal(found?.chunk.text, 'apricot \ufffd jam', 'no NUL, and all else in its place');
  await Promise.all([second.documents.close(), second.conversations.close()]);
  await run('UPDATE spillway_layout SET version = 999');
  await assert.rejects(openPostgres(options), /the tables have layout 999, of a newer version/);
});

test('openPostgres: a server that is not there is a StoreError without the password', async () => {
  const url = 'postgres://somebody:hidden-password@127.0.0.1:1/postgres';
  await assert.rejects(openPostgres({ url, warn: () => {} }), (error) => {
    assert.ok(error instanceof StoreError);
    assert.match(error.message, /^postgres: opening failed \(.*ECONNREFUSED.*\); see the connection string/);
    assert.doesNotMatch(error.message, /hidden-password/);
    return true;
  });
});

/** Turns of the event loop in which a timer that has gone off is heard of. */
const TURNS = 20;

/** @returns whether the work is over. */
async function isOver(work: { readonly isOver: boolean }): Promise<boolean> {
  for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  return work.isOver;
}

function opening(url: string): { readonly failed: Promise<unknown>; isOver: boolean } {
  const work = { isOver: false, failed: Promise.resolve<unknown>(null) };
  work.failed = openPostgres({ url, warn: () => {} }).then(
    () => null,
    (error: unknown) => error,
  );
  void work.failed.then(() => {
    work.isOver = true;
  });
  return work;
}

test('openPostgres: a server that takes a connection and says nothing is given up after ten seconds', async (t) => {
  const { url, heard } = await silent(t, Buffer.alloc(0));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const work = opening(url);
  await heard();
  t.mock.timers.tick(9_999);
  assert.equal(await isOver(work), false);
  t.mock.timers.tick(1);
  const error = await work.failed;
  assert.ok(error instanceof StoreError);
  assert.match(error.message, /^postgres: opening failed \(.*timeout.*\); see the connection string/);
});

test('openPostgres: a statement that is not answered is given up after a minute', async (t) => {
  const { url, heard } = await silent(t, WELCOME);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const work = opening(url);
  await heard();
  assert.match((await heard()).toString('latin1'), /begin/i);
  t.mock.timers.tick(59_999);
  assert.equal(await isOver(work), false);
  t.mock.timers.tick(1);
  const error = await work.failed;
  assert.ok(error instanceof StoreError);
  assert.match(error.message, /^postgres: opening failed \(Query read timeout\)/);
});
