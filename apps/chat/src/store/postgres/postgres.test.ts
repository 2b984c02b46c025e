import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import pg from 'pg';
import { documentContract } from '../contract.ts';
import { conversationContract } from '../conversation-contract.ts';
import { documentNamed, EVERYTHING } from '../samples.ts';
import { StoreError } from '../store.ts';
import { openPostgres, type PostgresStores } from './postgres.ts';
import { startServer, type TestServer } from './testing/server.ts';

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
