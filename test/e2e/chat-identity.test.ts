/**
 * The chat app's token of Entra ID over time: all in this process, by one clock that is held by hand. As separate processes it is in
 * chat-articles.test.ts.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Chat, readSettings, startChat } from '@spillway/chat';
import { FakeClock } from '@spillway/clock';
import { configFromYaml } from '@spillway/config';
import { type Gateway, startGateway } from '@spillway/gateway';
import { type Simulator, startSimulator } from '@spillway/simulator';
import { selfSigned } from '../../apps/gateway/src/testing/certificate.ts';

/** As the simulator's by default. Milliseconds. */
const TOKEN_MS = 3_600_000;

/** @azure/identity reads the time from `Date`, the simulator and the gateway from the clock: both go together. */
class Time {
  readonly clock = new FakeClock();
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
    t.mock.timers.enable({ apis: ['Date'], now: this.clock.nowMs() });
  }

  pass(ms: number): void {
    this.clock.advance(ms);
    this.#t.mock.timers.setTime(this.clock.nowMs());
  }
}

interface World {
  readonly simulator: Simulator;
  readonly time: Time;
  /** @param tokens which ones it takes, as its configuration says it. */
  readonly gatewayFor: (tokens: string) => Promise<Gateway>;
}

/** With two apps: by what Azure gives to an app that has an identity, and by what whoever deploys it may give instead. */
async function world(t: TestContext): Promise<World> {
  const path = mkdtempSync(join(tmpdir(), 'spillway-chat-identity-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const time = new Time(t);
  const simulator = await startSimulator({
    port: 0,
    clock: time.clock,
    tls: { caFile: join(path, 'ca.pem') },
    resources: [{ name: 'openai1', latency: { firstTokenMs: 0, perTokenMs: 0 } }],
  });
  t.after(() => simulator.close());
  // One for all: of two with one name the second would not be known from the first.
  const certificate = await selfSigned('gateway');
  const gatewayFor = (tokens: string) => gatewayOf(t, { simulator, time, path, tokens, certificate });
  return { simulator, time, gatewayFor };
}

interface Parts {
  readonly tokens: string;
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly simulator: Simulator;
  readonly time: Time;
  readonly path: string;
}

/** On https, since without it the app sends no token. */
async function gatewayOf(
  t: TestContext,
  { simulator, time, path, tokens, certificate: { cert, key } }: Parts,
): Promise<Gateway> {
  const [certFile, keyFile] = [join(path, 'tls.crt'), join(path, 'tls.key')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  setDefaultCACertificates([...getCACertificates('default'), simulator.tls?.ca ?? '', cert]);
  const [resource] = simulator.resources;
  const text = `
backends: [{ name: openai1, url: "${resource?.url}", apiKey: "\${KEY}" }]
clients: [{ name: people }]
signIn:
  - { client: people, tenant: ${simulator.signIn.application?.AZURE_TENANT_ID}, authority: "${simulator.adminHttpsUrl}", ${tokens} }
tls: { certFile: "${certFile}", keyFile: "${keyFile}" }`;
  const loaded = configFromYaml({ text, file: 'spillway.yaml', env: { KEY: resource?.key ?? '' }, secrets: new Map() });
  if (loaded.kind === 'errors') assert.fail(JSON.stringify(loaded.errors));
  const env = { SPILLWAY_SEAL_KEY: 'for tests' };
  const gateway = await startGateway({ config: loaded.config, clock: time.clock, env, port: 0, adminPort: 0 });
  t.after(() => gateway.close());
  return gateway;
}

type Variables = Readonly<Record<string, string>>;

async function chatOf(t: TestContext, gateway: Gateway, identity: Variables, more: Variables = {}): Promise<Chat> {
  Object.assign(process.env, identity);
  t.after(() => {
    for (const name of Object.keys(identity)) delete process.env[name];
  });
  const read = readSettings({
    OPENAI_HOST: 'azure_custom',
    AZURE_OPENAI_CUSTOM_URL: gateway.url,
    USE_VECTORS: 'false',
    SPILLWAY_CHAT_FILE: ':memory:',
    ...more,
  });
  if (read.kind === 'errors') return assert.fail(JSON.stringify(read.errors));
  const app = await startChat({ settings: read.settings, version: 'test', port: 0 });
  t.after(() => app.close());
  return app;
}

/** @returns the types of the answer's events that tell how it ended. */
async function ask({ url }: Chat): Promise<readonly string[]> {
  const headers = { 'content-type': 'application/json' };
  const body = '{"question":"How much is the deposit?"}';
  const text = await (await fetch(`${url}/api/chat`, { method: 'POST', headers, body })).text();
  const types = text
    .trim()
    .split('\n')
    .map((line): string => JSON.parse(line).type);
  return types.filter((type) => type === 'error' || type === 'usage' || type === 'done');
}

async function tokensGiven({ adminUrl }: Simulator): Promise<unknown> {
  return (await (await fetch(`${adminUrl}/admin/identity`)).json()).tokens;
}

const IDENTITIES: ReadonlyArray<readonly [name: string, of: 'app' | 'application']> = [
  ['a managed identity', 'app'],
  ['a client secret, at an authority of one’s own', 'application'],
];

// In one world: an authority that a process trusts, it trusts to its end.
test('entraTokens: a token serves for as long as it is good, and another is fetched when it has expired', async (t) => {
  const { gatewayFor, simulator, time } = await world(t);
  const gateway = await gatewayFor('azureTokens: true');
  for (const [name, of] of IDENTITIES) {
    await t.test(name, async (t) => {
      const app = await chatOf(t, gateway, simulator.signIn[of] ?? assert.fail(`no ${of}`));
      const before = Number(await tokensGiven(simulator));
      assert.deepEqual(await ask(app), ['usage', 'done']);
      time.pass(TOKEN_MS / 2);
      assert.deepEqual(await ask(app), ['usage', 'done']);
      assert.equal(await tokensGiven(simulator), before + 1, 'the second question is asked with the same token');
      time.pass(TOKEN_MS);
      assert.deepEqual(await ask(app), ['usage', 'done']);
      assert.equal(await tokensGiven(simulator), before + 2);
    });
  }
  await t.test('a gateway that takes only an audience of its own is asked with a token for that one', async (t) => {
    const audience = 'https://gateway.localhost';
    const strict = await gatewayFor(`audiences: ["${audience}"]`);
    const identity = simulator.signIn.app ?? assert.fail('no app');
    assert.deepEqual(await ask(await chatOf(t, strict, identity)), ['error', 'done']);
    const scope = { AZURE_OPENAI_TOKEN_SCOPE: `${audience}/.default` };
    assert.deepEqual(await ask(await chatOf(t, strict, identity, scope)), ['usage', 'done']);
  });
});
