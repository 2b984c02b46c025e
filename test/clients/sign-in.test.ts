/**
 * An application that knows no more than the gateway's URL signs in at Entra ID as it always did: the official client of Azure OpenAI with
 * tokens of the official @azure/identity, the simulated Entra ID over https, the gateway in between.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ClientSecretCredential } from '@azure/identity';
import { FakeClock } from '@spillway/clock';
import { configFromYaml } from '@spillway/config';
import { type Gateway, type GatewayEvent, startGateway } from '@spillway/gateway';
import { type Simulator, startSimulator } from '@spillway/simulator';
import { APIError, AzureOpenAI } from 'openai';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const APPLICATION = '22222222-2222-4222-8222-222222222222';
const OTHER_TENANT = '99999999-9999-4999-8999-999999999999';
const HELLO = { model: 'chat', messages: [{ role: 'user' as const, content: 'Hello' }] };

interface World {
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  readonly clock: FakeClock;
  readonly events: GatewayEvent[];
  /** Of the application, by a new credential each time. */
  token(scope: string): Promise<string>;
  ask(scope?: string): Promise<unknown>;
  entra(path: string, body?: unknown): Promise<unknown>;
}

/** @param signIn keys of the entry, beside client and tenant. */
async function world(t: TestContext, signIn: string, tenant?: string): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-sign-in-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new FakeClock();
  const simulator = await startSimulator({
    port: 0,
    clock,
    tls: { caFile: join(folder, 'ca.pem') },
    resources: [{ name: 'openai1', latency: { firstTokenMs: 0, perTokenMs: 0 } }],
  });
  t.after(() => simulator.close());
  setDefaultCACertificates([...getCACertificates('default'), simulator.tls?.ca ?? '']);
  const { AZURE_TENANT_ID = '', AZURE_CLIENT_SECRET = '' } = simulator.signIn.application ?? {};
  const [resource] = simulator.resources;
  const text = `
backends: [{ name: openai1, url: "${resource?.httpsUrl}", apiKey: "\${KEY}" }]
clients: [{ name: people, operations: [chat.completions] }, { name: app, key: "\${APP_KEY}" }]
signIn: [{ client: people, tenant: ${tenant ?? AZURE_TENANT_ID}, authority: "${simulator.adminHttpsUrl}", ${signIn} }]`;
  const env = { KEY: resource?.key ?? '', APP_KEY: 'key-of-the-app' };
  const loaded = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
  if (loaded.kind === 'errors') assert.fail(JSON.stringify(loaded.errors));
  const events: GatewayEvent[] = [];
  const emit = (event: GatewayEvent) => events.push(event);
  const gateway = await startGateway({
    config: loaded.config,
    clock,
    emit,
    port: 0,
    adminPort: 0,
    env: { SPILLWAY_SEAL_KEY: 'for tests' },
  });
  t.after(() => gateway.close());
  const token = async (scope: string): Promise<string> => {
    const options = { authorityHost: simulator.adminHttpsUrl ?? '', disableInstanceDiscovery: true };
    const credential = new ClientSecretCredential(AZURE_TENANT_ID, APPLICATION, AZURE_CLIENT_SECRET, options);
    return (await credential.getToken(scope)).token;
  };
  const ask = async (scope = SCOPE): Promise<unknown> => {
    const azureADTokenProvider = () => token(scope);
    const settings = { endpoint: gateway.url, apiVersion: '2024-10-21', azureADTokenProvider, maxRetries: 0 };
    return (await new AzureOpenAI(settings).chat.completions.create(HELLO)).object;
  };
  const entra = (path: string, body?: unknown): Promise<unknown> =>
    fetch(`${simulator.adminUrl}/admin/identity${path}`, {
      method: path.endsWith('/roles') ? 'PUT' : 'POST',
      body: JSON.stringify(body ?? {}),
    });
  return { simulator, gateway, clock, events, token, ask, entra };
}

function chat(gateway: Gateway, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${gateway.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(HELLO),
  });
}

async function refusal(asking: Promise<unknown>): Promise<{ readonly status: unknown; readonly message: string }> {
  try {
    await asking;
  } catch (error) {
    if (error instanceof APIError) return { status: error.status, message: error.message };
    throw error;
  }
  return { status: 200, message: '' };
}

function clients(events: readonly GatewayEvent[]): readonly (string | null)[] {
  return events.flatMap((event) => (event.kind === 'exchangeEnded' ? [event.exchange.client] : []));
}

test('sign-in: an application with its own tokens is served as the client that the entry names', async (t) => {
  const { ask, events, simulator } = await world(t, `azureTokens: true, applications: [${APPLICATION}]`);
  assert.equal(await ask(), 'chat.completion');
  assert.equal(await ask('https://ai.azure.com/.default'), 'chat.completion');
  assert.deepEqual(clients(events), ['people', 'people']);
  const upstream = simulator.journal.entries();
  assert.deepEqual(
    upstream.map(({ status }) => status),
    [200, 200],
  );
});

const REFUSED: ReadonlyArray<readonly [name: string, signIn: string, scope: string, status: number, message: RegExp]> =
  [
    [
      'for another service',
      'azureTokens: true',
      'https://management.azure.com/.default',
      401,
      /its audience \('aud'\)/,
    ],
    ["of Azure's audience where only our own is taken", 'audiences: [api://spillway]', SCOPE, 401, /its audience/],
    ['of another application', 'azureTokens: true, applications: [other]', SCOPE, 403, /'applications' of 'signIn'/],
    ['without the role', 'azureTokens: true, roles: [Ask.All]', SCOPE, 403, /none of the 'roles' of 'signIn'/],
  ];

for (const [name, signIn, scope, status, message] of REFUSED) {
  test(`sign-in: a token ${name} is refused with ${status}, and nothing goes up`, async (t) => {
    const { ask, simulator, events } = await world(t, signIn);
    const got = await refusal(ask(scope));
    assert.equal(got.status, status, got.message);
    assert.match(got.message, message);
    assert.equal(simulator.journal.entries().length, 0);
    assert.deepEqual(clients(events), [null]);
  });
}

test('sign-in: a role that is assigned opens', async (t) => {
  const { ask, entra } = await world(t, 'azureTokens: true, roles: [Owner]');
  assert.equal((await refusal(ask())).status, 403);
  await entra(`/${APPLICATION}/roles`, { roles: ['Owner', 'Cognitive Services OpenAI User'] });
  assert.equal(await ask(), 'chat.completion');
});

test('sign-in: tokens of another tenant are refused', async (t) => {
  const { ask } = await world(t, 'azureTokens: true', OTHER_TENANT);
  const { status, message } = await refusal(ask());
  assert.equal(status, 401);
  assert.match(message, /its issuer \('iss', the tenant\)/);
});

test('sign-in: expired tokens are refused, also those that were good before', async (t) => {
  const { ask, token, entra, gateway, clock } = await world(t, 'azureTokens: true');
  await entra('/expired', { times: 1 });
  assert.match((await refusal(ask())).message, /because it has expired/);
  const authorization = `Bearer ${await token(SCOPE)}`;
  assert.equal((await chat(gateway, { authorization })).status, 200);
  assert.equal((await chat(gateway, { authorization })).status, 200);
  clock.advance(3_600_000 + 61_000);
  const late = await chat(gateway, { authorization });
  assert.equal(late.status, 401);
  assert.equal(late.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
});

test('sign-in: where the keys cannot be read it is 503, the operator is told why, and keys of clients work on', async (t) => {
  const { token, simulator, gateway, events } = await world(t, 'azureTokens: true');
  const given = await token(SCOPE);
  await simulator.close();
  const answer = await chat(gateway, { authorization: `Bearer ${given}` });
  const text = await answer.text();
  assert.equal(answer.status, 503, text);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  assert.match(text, /SignInUnavailable/);
  const [told] = events.filter((event) => event.kind === 'operatorProblem');
  assert.equal(told?.subject, 'sign-in');
  assert.match(
    told?.message ?? '',
    /openid-configuration gave no answer \(ECONNREFUSED\): no token of it can be verified/,
  );
  assert.ok(!JSON.stringify([events, text]).includes(given.slice(0, 40)));
  const byKey = await chat(gateway, { 'api-key': 'key-of-the-app' });
  assert.match(await byKey.text(), /NoDeploymentAvailable/);
});

test('sign-in: what the client may not do is refused to whoever signs in as it', async (t) => {
  const { gateway, token } = await world(t, 'azureTokens: true');
  const authorization = `Bearer ${await token(SCOPE)}`;
  const answer = await fetch(`${gateway.url}/openai/v1/models`, { headers: { authorization } });
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /The client 'people' may not use the operation 'models'/);
});
