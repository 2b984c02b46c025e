/**
 * `OPENAI_HOST`, each value but the articles' own (chat-articles.test.ts), as a person sets it: `spillway chat` as a process, and at the
 * other end the simulator, asked as Azure, OpenAI or a local server is asked.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { AnswerEvent } from '@spillway/chat';
import type { SimulationReport } from '../../apps/cli/src/simulation.ts';
import { Command } from '../../apps/cli/src/testing/command.ts';

type Environment = Readonly<Record<string, string>>;

const DOG = 'How much does a dog cost per night?';
const PETS = '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night. Cats stay at home.\n';

function started(t: TestContext, args: readonly string[], env: Environment): Command {
  const command = new Command(args, env);
  t.after(async () => {
    command.kill('SIGKILL');
    await command.ended;
  });
  return command;
}

function folder(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-hosts-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** One resource that answers at once. @param deployments names of the chat and of the embedding deployment. */
async function simulator(
  t: TestContext,
  [chat, embedding]: readonly [string, string],
  ...flags: string[]
): Promise<SimulationReport> {
  const text = `resources:
  - name: openai1
    latency: { firstTokenMs: 0, perTokenMs: 0 }
    deployments:
      - { name: ${chat}, model: gpt-4o-mini, capacity: 1000 }
      - { name: ${embedding}, model: text-embedding-3-small, capacity: 1000 }
`;
  const file = join(folder(t, { 'simulator.yaml': text }), 'simulator.yaml');
  const command = started(t, ['simulate', '--config', file, '--port', '0', '--json', ...flags], {});
  await command.sees(/Simulating/);
  return JSON.parse(command.stdout);
}

interface Answered {
  readonly events: readonly AnswerEvent[];
  /** All that the app and the index wrote. */
  readonly said: string;
}

/** A folder is indexed and a question asked, in two processes with this environment alone. */
async function indexedAndAsked(t: TestContext, env: Environment): Promise<Answered> {
  const all = { ...env, SPILLWAY_CHAT_FILE: join(folder(t), 'chat.sqlite') };
  const indexed = await new Command(['chat', 'index', folder(t, { 'pets.md': PETS })], all).ended;
  assert.deepEqual([indexed.code, indexed.stderr], [0, '']);
  assert.match(indexed.stdout, /^1 indexed \(1 passages\)/);
  const app = started(t, ['chat', 'serve', '--port', '0'], all);
  const [, url = ''] = await app.sees(/chat listens on (http:\S+)/);
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/chat`, { method: 'POST', headers, body: JSON.stringify({ question: DOG }) });
  const lines = (await answer.text()).trim().split('\n');
  const events: readonly AnswerEvent[] = lines.map((line) => JSON.parse(line));
  return { events, said: indexed.stdout + app.stdout + app.stderr };
}

function assertAnswered({ events, said }: Answered, key: string | null): void {
  assert.deepEqual(
    events.filter(({ type }) => type === 'error'),
    [],
  );
  const text = events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
  assert.match(text, /A dog costs 12 euros per night/);
  assert.ok(events.some(({ type }) => type === 'citation'));
  assert.equal(events.at(-1)?.type, 'done');
  if (key !== null) assert.ok(!(said + JSON.stringify(events)).includes(key), 'the key is told to nobody');
}

interface Asked {
  readonly path: string;
  readonly query: string;
  readonly status: number | null;
  readonly apiKey: string | null;
  readonly authorization: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came to the simulator: of each path once, in the order they came. */
async function asked({ adminUrl }: SimulationReport): Promise<readonly Asked[]> {
  const { requests } = await (await fetch(`${adminUrl}/admin/journal`)).json();
  const all: readonly Asked[] = requests;
  for (const { path, status } of all) assert.equal(status, 200, path);
  return all.filter(({ path }, i) => all.findIndex((each) => each.path === path) === i);
}

function keyOf({ resources: [resource] }: SimulationReport): string {
  assert.ok(resource?.key !== undefined && resource.key !== null);
  return resource.key;
}

function urlOf({ resources: [resource] }: SimulationReport): string {
  assert.ok(resource !== undefined);
  return resource.url;
}

/** A proxy as companies have it, which leads whatever name is asked for to one port of this machine. */
async function proxy(t: TestContext, port: number): Promise<{ readonly url: string; readonly names: Set<string> }> {
  const names = new Set<string>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', ({ url }, socket, head) => {
    names.add(url ?? '');
    const inner = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      inner.write(head);
      inner.pipe(socket).pipe(inner);
    });
    // One side that leaves takes the other one along.
    for (const [one, other] of [
      [inner, socket],
      [socket, inner],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, names };
}

test('OPENAI_HOST: azure asks the resource that AZURE_OPENAI_SERVICE names, at its own address and over TLS, by the paths of deployments', async (t) => {
  const caFile = join(folder(t), 'ca.pem');
  const simulated = await simulator(t, ['chat', 'embedding'], '--tls', '--ca-file', caFile);
  const through = await proxy(t, Number(new URL(urlOf(simulated)).port));
  const key = keyOf(simulated);
  const answered = await indexedAndAsked(t, {
    OPENAI_HOST: 'azure',
    AZURE_OPENAI_SERVICE: 'openai1',
    AZURE_OPENAI_API_KEY_OVERRIDE: key,
    NODE_EXTRA_CA_CERTS: caFile,
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: through.url,
  });
  assertAnswered(answered, key);
  assert.deepEqual([...through.names], ['openai1.openai.azure.com:443']);
  const all = await asked(simulated);
  assert.deepEqual(
    all.map(({ path, query }) => `${path}?${query}`),
    ['embeddings', 'chat/completions'].map((operation) => {
      const deployment = operation === 'embeddings' ? 'embedding' : 'chat';
      return `/openai/deployments/${deployment}/${operation}?api-version=2024-10-21`;
    }),
  );
  for (const { apiKey, authorization, headers } of all) {
    assert.ok(apiKey !== null && authorization === null, 'the key goes as api-key, and nowhere else');
    assert.equal(headers.host, 'openai1.openai.azure.com');
  }
});

test('OPENAI_HOST: openai asks OPENAI_BASE_URL by the names of models, with its key as Bearer and the organization beside it', async (t) => {
  // The names that are asked for where nothing is set.
  const simulated = await simulator(t, ['gpt-4o-mini', 'text-embedding-3-small']);
  const key = keyOf(simulated);
  const answered = await indexedAndAsked(t, {
    OPENAI_HOST: 'openai',
    OPENAI_BASE_URL: `${urlOf(simulated)}/openai/v1/`,
    OPENAI_API_KEY: key,
    OPENAI_ORGANIZATION: 'org-of-the-team',
  });
  assertAnswered(answered, key);
  const all = await asked(simulated);
  assert.deepEqual(
    all.map(({ path }) => path),
    ['/openai/v1/embeddings', '/openai/v1/chat/completions'],
  );
  for (const { apiKey, authorization, headers } of all) {
    assert.ok(apiKey === null && authorization !== null, 'the key goes as Bearer, and nowhere else');
    assert.equal(headers['openai-organization'], 'org-of-the-team');
  }
});

test('OPENAI_HOST: local asks a server of its own at OPENAI_BASE_URL, without a key, by the models that are named', async (t) => {
  const simulated = await simulator(t, ['llama3.1', 'nomic-embed-text']);
  // A server that wants no key: the gateway on this machine, told of nobody.
  const ports = ['--port', '0', '--admin-port', '0', '--log-format', 'text'];
  const env = { BACKEND_1_URL: urlOf(simulated), BACKEND_1_NAME: 'openai1', BACKEND_1_APIKEY: keyOf(simulated) };
  const server = started(t, ['gateway', ...ports], env);
  const [, url = ''] = await server.sees(/listens on (https?:\/\/[^\s,]+)/);
  const answered = await indexedAndAsked(t, {
    OPENAI_HOST: 'local',
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_MODEL: 'llama3.1',
    AZURE_OPENAI_EMB_MODEL_NAME: 'nomic-embed-text',
  });
  assertAnswered(answered, null);
  const told = answered.events.flatMap((event) => (event.type === 'gateway' ? [event.gateway.deployment] : []));
  assert.ok(told.includes('openai1/llama3.1'), told.join());
  await server.sees(/Answered 200 from openai1\/nomic-embed-text/);
});

const MISSING: ReadonlyArray<readonly [host: string, said: RegExp]> = [
  ['azure', /AZURE_OPENAI_SERVICE.* is missing: OPENAI_HOST is azure/],
  ['openai', /OPENAI_API_KEY.* is missing: OPENAI_HOST is openai/],
  ['local', /OPENAI_BASE_URL.* is missing: OPENAI_HOST wants it/],
];

for (const [host, said] of MISSING) {
  test(`OPENAI_HOST: ${host} without what belongs to it is refused at the start, with the name of what is missing`, async (t) => {
    const env = { OPENAI_HOST: host, SPILLWAY_CHAT_FILE: join(folder(t), 'chat.sqlite') };
    const { code, stderr } = await new Command(['chat', 'serve', '--port', '0'], env).ended;
    assert.equal(code, 2);
    assert.match(stderr, said);
  });
}
