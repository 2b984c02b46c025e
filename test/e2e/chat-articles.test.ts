/**
 * The articles' two commands as they are printed, run by a shell, and three real processes behind them: `spillway chat`, `spillway gateway`
 * as the articles' balancer is configured, `spillway simulate` as the three resources. Then who the app is to the gateway: a key, or the app's
 * own identity.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { AnswerEvent } from '@spillway/chat';
import type { SimulationReport } from '../../apps/cli/src/simulation.ts';
import { Command } from '../../apps/cli/src/testing/command.ts';
import { selfSigned } from '../../apps/gateway/src/testing/certificate.ts';

type Environment = Readonly<Record<string, string>>;

const CLIENT_KEY = 'key-of-the-chat-app-0123456789';
const WRONG_KEY = 'canary-9c1f77d0-of-somebody-else';
const DOG = 'How much does a dog cost per night?';
const QUESTIONS = [DOG, 'How much is the deposit?', 'When is the heating on?'];
const DOCUMENTS = {
  'pets.md': '# Pets\n\nDogs are welcome in the garden flat. A dog costs 12 euros per night. Cats stay at home.\n',
  'deposits.md': '# Deposits\n\nThe deposit is 150 euros for a flat. It is paid within 14 days after booking.\n',
  'energy.md': '# Energy\n\nHeating is on from October to April. Electricity up to 8 kWh per day is included.\n',
};

function started(t: TestContext, args: readonly string[], env: Environment): Command {
  const command = new Command(args, env);
  t.after(async () => {
    command.kill('SIGKILL');
    await command.ended;
  });
  return command;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-articles-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function documents(t: TestContext, names = Object.keys(DOCUMENTS)): string {
  const path = folder(t);
  for (const [name, text] of Object.entries(DOCUMENTS)) if (names.includes(name)) writeFileSync(join(path, name), text);
  return path;
}

/** Three resources, as without a file, that answer at once. */
async function simulator(t: TestContext, ...flags: string[]): Promise<SimulationReport> {
  const file = join(folder(t), 'simulator.yaml');
  const resources = ['openai1', 'openai2', 'openai3'].map(
    (name) => `  - { name: ${name}, latency: { firstTokenMs: 0, perTokenMs: 0 } }\n`,
  );
  writeFileSync(file, `resources:\n${resources.join('')}`);
  const command = started(t, ['simulate', '--config', file, '--port', '0', '--json', ...flags], {});
  await command.sees(/Simulating/);
  return JSON.parse(command.stdout);
}

/** As the article's balancer is told. */
function balancer({ resources }: SimulationReport): Environment {
  const entries = resources.flatMap(({ name, url, key }, i) => [
    [`BACKEND_${i + 1}_URL`, url],
    [`BACKEND_${i + 1}_NAME`, name],
    [`BACKEND_${i + 1}_PRIORITY`, String(i + 1)],
    [`BACKEND_${i + 1}_APIKEY`, key ?? ''],
  ]);
  return Object.fromEntries(entries);
}

/** The same as a file. @param more further keys. */
function fileOf(t: TestContext, { resources }: SimulationReport, more = ''): string {
  const backends = resources.map(
    ({ name, url }, i) => `  - name: ${name}
    url: ${url}
    apiKey: \${BACKEND_${i + 1}_APIKEY}
    deployments:
      - { name: chat, model: gpt-4o, type: Standard, capacity: 30, priority: ${i + 1} }
      - { name: embedding, model: text-embedding-3-small, type: Standard, capacity: 30, priority: ${i + 1} }`,
  );
  const file = join(folder(t), 'spillway.yaml');
  writeFileSync(file, `backends:\n${backends.join('\n')}\n${more}`);
  return file;
}

interface RunningGateway {
  readonly url: string;
  readonly command: Command;
}

async function gateway(t: TestContext, env: Environment, ...flags: string[]): Promise<RunningGateway> {
  const ports = ['--port', '0', '--admin-port', '0', '--log-format', 'text'];
  const command = started(t, ['gateway', ...ports, ...flags], env);
  const [, url = ''] = await command.sees(/listens on (https?:\/\/[^\s,]+)/);
  return { url, command };
}

/** The commands as docs/chat.md prints them, which the articles' readers type. */
function articleCommands(url: string): string {
  const doc = readFileSync(new URL('../../docs/chat.md', import.meta.url), 'utf8');
  const block =
    /^```sh\n(export OPENAI_HOST=azure_custom\nexport AZURE_OPENAI_CUSTOM_URL=http:\/\/127\.0\.0\.1:8080)\n```$/m;
  const found = block.exec(doc)?.[1];
  assert.ok(found !== undefined, 'docs/chat.md has the two commands in a block of their own');
  return found.replace('http://127.0.0.1:8080', url);
}

/** What a shell has in its environment after these lines. */
function inShell(lines: string): Environment {
  const told = execFileSync('/bin/sh', ['-c', `${lines}\nenv`], { env: {}, encoding: 'utf8', timeout: 10_000 });
  const pairs = told.split('\n').map((line) => /^([A-Z_]*OPENAI[A-Z_]*)=(.*)$/.exec(line));
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2]]])));
}

/** The two commands, a store of its own, and nothing else but what the caller adds. */
function chatEnvironment(t: TestContext, url: string, more: Environment = {}): Environment {
  return { ...inShell(articleCommands(url)), SPILLWAY_CHAT_FILE: join(folder(t), 'chat.sqlite'), ...more };
}

interface RunningChat {
  readonly url: string;
  readonly command: Command;
}

async function chat(t: TestContext, env: Environment, ...flags: string[]): Promise<RunningChat> {
  const command = started(t, ['chat', 'serve', '--port', '0', ...flags], env);
  const [, url = ''] = await command.sees(/chat listens on (http:\S+)/);
  return { url, command };
}

async function ask({ url }: RunningChat, question: string): Promise<readonly AnswerEvent[]> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/chat`, { method: 'POST', headers, body: JSON.stringify({ question }) });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function eventsOf<T extends AnswerEvent['type']>(events: readonly AnswerEvent[], type: T) {
  return events.filter((event): event is Extract<AnswerEvent, { type: T }> => event.type === type);
}

/** Not a word of an error, and a source for what is said. */
function assertAnswered(events: readonly AnswerEvent[], what: string): void {
  assert.deepEqual(eventsOf(events, 'error'), [], what);
  assert.ok(eventsOf(events, 'citation').length > 0, `${what}: ${JSON.stringify(events)}`);
  assert.equal(events.at(-1)?.type, 'done', what);
}

/** The line that the articles have their readers look for, of this very question: an answer tells its request's id. */
async function seesProxied({ command }: RunningGateway, url: string, events: readonly AnswerEvent[]): Promise<void> {
  const { gateway } = eventsOf(events, 'gateway').find(({ step }) => step === 'answer') ?? assert.fail('no gateway');
  assert.ok(gateway.requestId !== null);
  await command.sees(new RegExp(`^Proxying to ${url}/openai/\\S*chat/completions: 200 .*${gateway.requestId}`, 'm'));
}

async function throttle(simulated: SimulationReport, resource: string): Promise<void> {
  const path = `/admin/resources/${resource}/deployments/chat/throttle`;
  const answer = await fetch(simulated.adminUrl + path, { method: 'POST', body: '{"seconds":120}' });
  assert.ok(answer.ok, await answer.text());
}

function urlOf({ resources }: SimulationReport, n: number): string {
  return resources[n - 1]?.url ?? '';
}

/** The articles' sixth step: when a resource says that its quota is gone, `Proxying to` names the next one. */
async function askWhileThrottled(
  app: RunningChat,
  through: RunningGateway,
  simulated: SimulationReport,
): Promise<void> {
  for (const [i, question] of QUESTIONS.entries()) {
    const events = await ask(app, question);
    assertAnswered(events, question);
    await seesProxied(through, urlOf(simulated, i + 1), events);
    await throttle(simulated, `openai${i + 1}`);
  }
}

const WAYS: ReadonlyArray<
  readonly [name: string, start: (t: TestContext, simulated: SimulationReport) => Promise<RunningGateway>]
> = [
  ['BACKEND_n_URL', (t, simulated) => gateway(t, balancer(simulated))],
  ['a file', (t, simulated) => gateway(t, balancer(simulated), '--config', fileOf(t, simulated))],
];

for (const [name, start] of WAYS) {
  test(`the articles' two commands: a folder is indexed and three questions answered, by a gateway told by ${name}; its log names each resource`, async (t) => {
    const simulated = await simulator(t);
    const through = await start(t, simulated);
    const env = chatEnvironment(t, through.url);
    assert.deepEqual([env.OPENAI_HOST, env.AZURE_OPENAI_CUSTOM_URL], ['azure_custom', through.url]);
    const indexed = await new Command(['chat', 'index', documents(t)], env).ended;
    assert.deepEqual([indexed.code, indexed.stderr], [0, '']);
    assert.match(indexed.stdout, /^3 indexed \(3 passages\), 0 unchanged, 0 failed, of 3 files$/m);
    await askWhileThrottled(await chat(t, env), through, simulated);
  });
}

const PATHS = ['/', '/openai', '/openai/v1/', '/v1'];

test("the articles' two commands: the address may have a path, or a slash at its end", async (t) => {
  const simulated = await simulator(t);
  const through = await gateway(t, balancer(simulated));
  const folderOf = documents(t);
  const file = { SPILLWAY_CHAT_FILE: join(folder(t), 'chat.sqlite') };
  for (const [i, path] of PATHS.entries()) {
    const app = await chat(t, chatEnvironment(t, through.url + path, file), '--index', folderOf);
    const [summary] = await app.command.sees(/^.* indexed \(.*$/m);
    assert.match(summary, i === 0 ? /^3 indexed/ : /^0 indexed .*, 3 unchanged/, path);
    const answers = await Promise.all(QUESTIONS.map((question) => ask(app, question)));
    for (const events of answers) {
      assertAnswered(events, path);
      await seesProxied(through, urlOf(simulated, 1), events);
    }
    app.command.kill('SIGTERM');
    assert.equal((await app.command.ended).code, 0, path);
  }
});

const WITH_KEY = { CLIENT_1_NAME: 'chat-app', CLIENT_1_KEY: CLIENT_KEY };

test('AZURE_OPENAI_API_KEY_OVERRIDE: a key that the gateway knows opens it, on the page and for `chat index`', async (t) => {
  const simulated = await simulator(t);
  const through = await gateway(t, { ...balancer(simulated), ...WITH_KEY });
  const env = chatEnvironment(t, through.url, { AZURE_OPENAI_API_KEY_OVERRIDE: CLIENT_KEY });
  const indexed = await new Command(['chat', 'index', documents(t)], env).ended;
  assert.deepEqual([indexed.code, indexed.stderr], [0, '']);
  const app = await chat(t, env);
  assertAnswered(await ask(app, DOG), 'with the key');
  await through.command.sees(/Answered 200 from openai1\/chat/);
  for (const said of [app.command, through.command]) assert.ok(!(said.stdout + said.stderr).includes(CLIENT_KEY));
});

const REFUSED =
  /^The gateway refused the credentials of this app\. Its operator should check AZURE_OPENAI_API_KEY_OVERRIDE, or the rights of its identity\.$/;

const WITHOUT: ReadonlyArray<readonly [name: string, env: Environment]> = [
  ['a wrong key', { AZURE_OPENAI_API_KEY_OVERRIDE: WRONG_KEY }],
  ['no key', {}],
];

for (const [name, more] of WITHOUT) {
  test(`AZURE_OPENAI_API_KEY_OVERRIDE: ${name} is a plain sentence that names the way out, beside what was found`, async (t) => {
    const simulated = await simulator(t);
    const through = await gateway(t, { ...balancer(simulated), ...WITH_KEY });
    const files = documents(t, ['pets.md']);
    const env = chatEnvironment(t, through.url, more);
    const index = await new Command(['chat', 'index', files], env).ended;
    assert.equal(index.code, 1);
    assert.match(index.stderr, /^not indexed: pets\.md: .*AZURE_OPENAI_API_KEY_OVERRIDE/m);
    const app = await searchingByWords(t, env, files);
    const events = await ask(app, DOG);
    assertRefused(events);
    const said = [index.stdout, index.stderr, app.command.stdout, app.command.stderr, through.command.stdout];
    assert.ok(![...said, JSON.stringify(events)].some((text) => text.includes(WRONG_KEY)));
    assert.ok(!JSON.stringify(events).includes(through.url), 'whoever asks is not told the address of the gateway');
    assert.equal((await journalOf(simulated)).length, 0, 'nothing went up');
  });
}

/** Words alone need nobody: an index made so is searched, and what it holds is shown. */
async function searchingByWords(t: TestContext, env: Environment, files: string): Promise<RunningChat> {
  const app = await chat(t, { ...env, USE_VECTORS: 'false' }, '--index', files);
  const [summary] = await app.command.sees(/^.* indexed \(.*$/m);
  assert.match(summary, /^1 indexed/);
  return app;
}

function assertRefused(events: readonly AnswerEvent[]): void {
  const [error] = eventsOf(events, 'error');
  assert.equal(error?.kind, 'notAllowed');
  assert.match(error?.message ?? '', REFUSED);
  assert.equal(eventsOf(events, 'sources')[0]?.sources[0]?.path, 'pets.md');
}

async function journalOf({ adminUrl }: SimulationReport): Promise<readonly unknown[]> {
  const told = await (await fetch(`${adminUrl}/admin/journal`)).json();
  return told.requests;
}

interface SignedIn {
  readonly simulated: SimulationReport;
  readonly through: RunningGateway;
  /** What the app is told besides the two commands, in place of a key. */
  readonly env: Environment;
}

/** A gateway on https that takes tokens of Entra ID in place of keys, and the environment that Azure gives to an app with an identity. */
async function signedIn(t: TestContext, signIn: string): Promise<SignedIn> {
  const path = folder(t);
  const caFile = join(path, 'ca.pem');
  const simulated = await simulator(t, '--tls', '--ca-file', caFile);
  const { cert, key } = await selfSigned('gateway');
  const files = { certFile: join(path, 'tls.crt'), keyFile: join(path, 'tls.key'), trusted: join(path, 'trusted.pem') };
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
  writeFileSync(files.trusted, `${readFileSync(caFile, 'utf8')}\n${cert}\n`);
  const { adminHttpsUrl, signIn: ways } = simulated;
  const config = fileOf(
    t,
    simulated,
    `clients:
  - { name: people }
signIn:
  - { client: people, tenant: ${ways?.application?.AZURE_TENANT_ID}, authority: "${adminHttpsUrl}", ${signIn} }
tls: { certFile: "${files.certFile}", keyFile: "${files.keyFile}" }
`,
  );
  const through = await gateway(t, { ...balancer(simulated), NODE_EXTRA_CA_CERTS: caFile }, '--config', config);
  return { simulated, through, env: { ...ways?.app, NODE_EXTRA_CA_CERTS: files.trusted } };
}

test("a token of the app's identity: without a key, over https, it opens a gateway whose signIn takes it; nobody logs it", async (t) => {
  const { simulated, through, env } = await signedIn(t, 'azureTokens: true');
  const app = await chat(t, chatEnvironment(t, through.url, env), '--index', documents(t));
  const [summary] = await app.command.sees(/^.* indexed \(.*$/m);
  assert.match(summary, /^3 indexed/, app.command.stderr);
  await askWhileThrottled(app, through, simulated);
  for (const { stdout, stderr } of [app.command, through.command]) assert.doesNotMatch(stdout + stderr, /eyJ/);
});

const NOT_TAKEN: ReadonlyArray<readonly [name: string, signIn: string]> = [
  ['for another audience', 'audiences: [api://spillway]'],
  ['of another application', 'azureTokens: true, applications: [other]'],
];

for (const [name, signIn] of NOT_TAKEN) {
  test(`a token of the app's identity ${name} than the gateway takes is a plain sentence that names the way out`, async (t) => {
    const { through, env } = await signedIn(t, signIn);
    const app = await searchingByWords(t, chatEnvironment(t, through.url, env), documents(t, ['pets.md']));
    const events = await ask(app, DOG);
    assertRefused(events);
    assert.doesNotMatch(JSON.stringify(events) + app.command.stdout + app.command.stderr, /eyJ/);
  });
}
