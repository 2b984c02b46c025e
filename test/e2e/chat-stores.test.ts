/**
 * The chat app with each of its stores, before the real gateway and simulator: PostgreSQL by the real driver, Azure AI Search by the official
 * client over TLS with a key and with a token of Entra ID. The service itself is a stand-in, and PostgreSQL is PGlite behind a port.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type AnswerEvent, type Chat, hashOf, readSettings, startChat } from '@spillway/chat';
import { startService, type TestService } from '../../apps/chat/src/store/azure-search/testing/service.ts';
import { startServer, type TestServer } from '../../apps/chat/src/store/postgres/testing/server.ts';
import { selfSigned } from '../../apps/gateway/src/testing/certificate.ts';
import { CLIENT_KEY, type World, world } from '../world.ts';

type Environment = Readonly<Record<string, string>>;

const ADMIN_KEY = 'admin:0123456789abcdef-admin';
const GUEST_KEY = 'guest:0123456789abcdef-guest:guest';
const STAFF_KEY = 'staff:0123456789abcdef-staff:staff';
const KEYS = { admin: '0123456789abcdef-admin', guest: '0123456789abcdef-guest', staff: '0123456789abcdef-staff' };

const DOCUMENTS = {
  'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night. Cats stay at home.\n',
  'deposits.md': '# Deposits\n\nThe deposit is 150 euros for a flat. It is paid within 14 days after booking.\n',
  "o'hara.md": "---\naccess: [staff]\n---\n# The safe\n\nThe code of Mr. O'Hara's safe is 7531.\n",
};

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-stores-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function documents(t: TestContext): string {
  const path = folder(t);
  for (const [name, text] of Object.entries(DOCUMENTS)) writeFileSync(join(path, name), text);
  return path;
}

/** People sign in with keys, so that access lists have somebody to keep out. */
function started(to: World, env: Environment): Promise<Chat> {
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: to.gateway.url,
    AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY,
    SPILLWAY_CHAT_AUTH: 'password',
    SPILLWAY_CHAT_USERS: `nobody:${HASH}`,
    SPILLWAY_CHAT_ADMINS: 'admin',
    SPILLWAY_CHAT_API_KEYS: [ADMIN_KEY, GUEST_KEY, STAFF_KEY].join(','),
    SPILLWAY_CHAT_QUESTIONS_PER_MINUTE: '1000',
    ...env,
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  return startChat({ settings: read.settings, version: 'test', port: 0 });
}

type Who = keyof typeof KEYS;

function call(app: Chat, who: Who, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${KEYS[who]}`, 'content-type': 'application/json' };
  return fetch(app.url + path, { ...init, headers });
}

async function ask(app: Chat, who: Who, question: string): Promise<readonly AnswerEvent[]> {
  const answer = await call(app, who, '/api/chat', { method: 'POST', body: JSON.stringify({ question }) });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const events: readonly AnswerEvent[] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(of(events, 'error'), []);
  return events;
}

function of<T extends AnswerEvent['type']>(events: readonly AnswerEvent[], type: T) {
  return events.filter((event): event is Extract<AnswerEvent, { type: T }> => event.type === type);
}

/** Paths of what was cited, in order. */
function cited(events: readonly AnswerEvent[]): readonly string[] {
  const sources = of(events, 'sources').flatMap(({ sources }) => sources);
  const path = (label: string) => sources.find((source) => source.label === label)?.path ?? '?';
  return of(events, 'citation').map(({ label }) => path(label));
}

function textOf(events: readonly AnswerEvent[]): string {
  return of(events, 'delta')
    .map(({ text }) => text)
    .join('');
}

async function indexed(t: TestContext, app: Chat): Promise<void> {
  const taken = app.parts.queue.add({ kind: 'folder', folder: { root: documents(t), category: null } });
  const job = taken.kind === 'taken' ? await app.parts.queue.ended(taken.id) : null;
  assert.deepEqual([job?.failures, job?.progress.indexed], [[], 3]);
}

async function listed(app: Chat, who: Who) {
  const { documents } = await (await call(app, who, '/api/documents')).json();
  const rows: readonly { readonly path: string; readonly id: string }[] = documents;
  return rows;
}

/** The whole life of an index: filled, asked, kept from who may not see it, kept over a restart, deleted from. */
async function lives(t: TestContext, env: Environment): Promise<void> {
  const to = await world(t);
  const first = await started(to, env);
  t.after(() => first.close());
  await indexed(t, first);
  const dog = await ask(first, 'guest', 'How much does a dog cost per night?');
  assert.match(textOf(dog), /A dog costs 12 euros per night/);
  assert.ok(cited(dog).includes('pets.md'), cited(dog).join());
  const safe = "What is the code of O'Hara's safe?";
  const kept = await ask(first, 'guest', safe);
  assert.doesNotMatch(JSON.stringify(kept), /7531/);
  assert.match(textOf(await ask(first, 'staff', safe)), /7531/);
  assert.deepEqual(
    (await listed(first, 'guest')).map(({ path }) => path),
    ['deposits.md', 'pets.md'],
  );
  assert.equal((await call(first, 'guest', "/content/o'hara.md")).status, 404);
  assert.match(await (await call(first, 'staff', "/content/o'hara.md")).text(), /7531/);
  const conversations = await (await call(first, 'guest', '/api/conversations')).json();
  await first.close();

  const second = await started(to, env);
  t.after(() => second.close());
  assert.deepEqual(await (await call(second, 'guest', '/api/conversations')).json(), conversations);
  assert.equal(conversations.conversations.length, 2);
  assert.match(textOf(await ask(second, 'guest', 'How much does a dog cost per night?')), /12 euros/);
  const pets = (await listed(second, 'admin')).find(({ path }) => path === 'pets.md');
  assert.equal((await call(second, 'guest', `/api/documents/${pets?.id}`, { method: 'DELETE' })).status, 403);
  assert.equal((await call(second, 'admin', `/api/documents/${pets?.id}`, { method: 'DELETE' })).status, 204);
  const gone = await ask(second, 'guest', 'How much does a dog cost per night?');
  assert.doesNotMatch(JSON.stringify(of(gone, 'sources')), /12 euros/);
  assert.equal((await call(second, 'admin', '/content/pets.md')).status, 404);
  assert.deepEqual(
    (await listed(second, 'admin')).map(({ path }) => path),
    ['deposits.md', "o'hara.md"],
  );
}

const HASH = await hashOf('a password of nobody');
let server: TestServer;
let service: TestService;
/** Tokens that the service was shown. */
const tokens: string[] = [];

before(async () => {
  const certificate = await selfSigned('search');
  setDefaultCACertificates([...getCACertificates('default'), certificate.cert]);
  server = await startServer();
  service = await startService({ tls: certificate, acceptsToken: isForSearch });
});
after(async () => {
  await service.end();
  await server.end();
});

/** As the service looks at it, but for the signature. */
function isForSearch(token: string): boolean {
  tokens.push(token);
  const { aud } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return aud === 'https://search.azure.com';
}

function azure(t: TestContext, index: string): Environment {
  return {
    SPILLWAY_CHAT_STORE: 'azure-search',
    SPILLWAY_CHAT_SEARCH_URL: service.endpoint,
    AZURE_SEARCH_INDEX: index,
    AZURE_SEARCH_KEY: service.key,
    SPILLWAY_CHAT_FILE: join(folder(t), 'conversations.sqlite'),
  };
}

test('chat with postgres: indexes, cites, keeps out, outlives a restart and deletes, by the real driver with several connections', (t) =>
  lives(t, { SPILLWAY_CHAT_STORE: 'postgres', SPILLWAY_CHAT_POSTGRES_URL: server.url }));

test('chat with azure-search: the same by the official client over TLS, with a key', async (t) => {
  assert.match(service.endpoint, /^https:/);
  await lives(t, azure(t, 'by-key'));
  assert.deepEqual(tokens, []);
});

test('chat with azure-search: without a key it signs in by the identity of the app', async (t) => {
  const to = await world(t);
  const { AZURE_SEARCH_KEY: _, ...env } = azure(t, 'by-token');
  const identity = { ...to.simulator.signIn.app, AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' };
  Object.assign(process.env, identity);
  t.after(() => {
    for (const name of Object.keys(identity)) delete process.env[name];
  });
  const app = await started(to, env);
  t.after(() => app.close());
  await indexed(t, app);
  assert.ok(cited(await ask(app, 'guest', 'How much does a dog cost per night?')).includes('pets.md'));
  assert.ok(tokens.length > 0, 'the service was shown a token');
});

/** As the Python sample writes them, with the vectors of the model that questions are embedded with. */
async function filledByPython(to: World, index: string): Promise<void> {
  const send = async (path: string, body: unknown) => {
    const headers = { 'api-key': service.key, 'content-type': 'application/json' };
    const answer = await fetch(service.endpoint + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.text());
  };
  const contents = [
    ['handbook.pdf', 'A dog costs 12 euros per night. Cats stay at home.', ['all']],
    ['handbook.pdf', 'The deposit is 150 euros for a flat.', ['all']],
    ['safe.pdf', "The code of Mr. O'Hara's safe is 7531.", ['staff']],
  ] as const;
  const { data } = await to
    .azure()
    .embeddings.create({ model: 'embedding', input: contents.map(([, content]) => content) });
  const text = (name: string) => ({ name, type: 'Edm.String', filterable: true, facetable: true });
  const fields = [
    { name: 'id', type: 'Edm.String', key: true },
    ...['text_of_it', 'category', 'page_of_it', 'sourcefile'].map(text),
    { name: 'embedding3', type: 'Collection(Edm.Single)', dimensions: data[0]?.embedding.length },
    ...['oids', 'groups'].map((name) => ({ name, type: 'Collection(Edm.String)', filterable: true })),
  ];
  await send('/indexes', { name: index, fields });
  const value = contents.map(([file, content, groups], i) => ({
    ...{ '@search.action': 'upload', id: `file-${Buffer.from(file).toString('hex')}-page-${i}`, category: null },
    ...{ text_of_it: content, page_of_it: `${file}#page=${i + 1}`, sourcefile: file },
    ...{ embedding3: data[i]?.embedding, oids: [], groups },
  }));
  await send(`/indexes('${index}')/docs/search.index`, { value });
}

test('chat with azure-search: an index that the Python sample filled is asked and cited, and never written', async (t) => {
  const to = await world(t);
  await filledByPython(to, 'of-python');
  const app = await started(to, {
    ...azure(t, 'of-python'),
    KB_FIELDS_CONTENT: 'text_of_it',
    KB_FIELDS_SOURCEPAGE: 'page_of_it',
    AZURE_SEARCH_FIELD_NAME_EMBEDDING: 'embedding3',
    SPILLWAY_CHAT_RETRIEVAL: 'hybrid',
  });
  t.after(() => app.close());
  const dog = await ask(app, 'guest', 'How much does a dog cost per night?');
  assert.match(textOf(dog), /12 euros/);
  const [sources] = of(dog, 'sources');
  assert.equal(sources?.mode, 'hybrid');
  assert.deepEqual(sources?.sources.map(({ path }) => path).includes('safe.pdf'), false);
  const source = sources?.sources.find(({ path }) => path === 'handbook.pdf');
  const { text } = await (await call(app, 'guest', `/api/documents/${source?.documentId}/text`)).json();
  assert.equal(text.slice(source?.start, source?.end), source?.text);
  assert.match(textOf(await ask(app, 'staff', "What is the code of O'Hara's safe?")), /7531/);
  assert.deepEqual(
    (await listed(app, 'guest')).map(({ path }) => path),
    ['handbook.pdf'],
  );
  const taken = app.parts.queue.add({ kind: 'folder', folder: { root: documents(t), category: null } });
  const job = taken.kind === 'taken' ? await app.parts.queue.ended(taken.id) : null;
  assert.match(
    job?.failures[0]?.reason ?? '',
    /filled by another program and is only read; name another one in AZURE_SEARCH_INDEX/,
  );
  assert.ok(
    service.requests.filter((request) => request.includes('of-python') && request.endsWith('search.index')).length ===
      1,
  );
});

/** Of a package or of Debian; null: none is installed. */
function postgresPrograms(): string | null {
  const folders = [
    '/usr/lib/postgresql/15/bin',
    '/usr/lib/postgresql/16/bin',
    '/usr/lib/postgresql/17/bin',
    '/usr/bin',
  ];
  return (
    folders.find((path) => ['initdb', 'postgres', 'pg_config'].every((name) => existsSync(join(path, name)))) ?? null
  );
}

/** The server refuses to be run by root; "nobody" is there on every Linux. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  probe.close();
  await once(probe, 'close');
  return port;
}

test('chat with postgres: a server without pgvector is told by the name of the extension', async (t) => {
  const programs = postgresPrograms();
  if (programs === null) return t.skip('no PostgreSQL is installed here');
  const share = execFileSync(join(programs, 'pg_config'), ['--sharedir'], { encoding: 'utf8' }).trim();
  if (existsSync(join(share, 'extension/vector.control'))) return t.skip('pgvector is installed here');
  const path = folder(t);
  const who = unprivileged();
  const data = join(path, 'data');
  mkdirSync(data);
  if (who.uid !== undefined) execFileSync('chown', ['-R', `${who.uid}`, path]);
  execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'chat', '--no-sync'], {
    ...who,
    cwd: path,
    stdio: 'ignore',
  });
  const port = await freePort();
  const flags = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', path, '-c', 'fsync=off'];
  const postgres = spawn(join(programs, 'postgres'), flags, { ...who, cwd: path, stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(async () => {
    postgres.kill('SIGINT');
    await once(postgres, 'exit');
  });
  for await (const piece of postgres.stderr.iterator({ destroyOnReturn: false }))
    if (String(piece).includes('ready to accept connections')) break;
  postgres.stderr.resume();
  const url = `postgres://chat@127.0.0.1:${port}/postgres`;
  const to = await world(t);
  await assert.rejects(
    started(to, { SPILLWAY_CHAT_STORE: 'postgres', SPILLWAY_CHAT_POSTGRES_URL: url }),
    /^StoreError: postgres: the extension vector \(pgvector\) is not installed on the server; install it, or allow it/,
  );
});
