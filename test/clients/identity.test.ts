/**
 * Those who sign in at Azure as judges of the simulated Entra ID: the official @azure/identity over https, the official client of
 * Azure OpenAI with its tokens, and the gateway's own calls for tokens.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { ClientSecretCredential, ManagedIdentityCredential, WorkloadIdentityCredential } from '@azure/identity';
import { FakeClock } from '@spillway/clock';
import { configFromEnvironment } from '@spillway/config';
import { type Gateway, type GatewayEvent, startGateway } from '@spillway/gateway';
import { type Simulator, type StartOptions, startSimulator } from '@spillway/simulator';
import OpenAI, { AzureOpenAI } from 'openai';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const API_VERSION = '2024-10-21';
const APPLICATION = '22222222-2222-4222-8222-222222222222';
const HELLO = { model: 'chat', messages: [{ role: 'user' as const, content: 'Hello' }] };

/** With TLS, which this process trusts from then on. */
async function simulator(t: TestContext, options: StartOptions = {}): Promise<Simulator> {
  const started = await startSimulator({
    port: 0,
    tls: { caFile: join(folder(t), 'ca.pem') },
    resources: [{ name: 'openai1', latency: { firstTokenMs: 0, perTokenMs: 0 } }],
    ...options,
  });
  t.after(() => started.close());
  setDefaultCACertificates([...getCACertificates('default'), started.tls?.ca ?? '']);
  return started;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-identity-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function variable(from: Readonly<Record<string, string>> | null, name: string): string {
  return from?.[name] ?? '';
}

/** A token of a cluster, as Kubernetes puts it into a file. */
function federatedToken(t: TestContext, subject: string, expiresMs: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: subject, aud: 'api://AzureADTokenExchange', exp: expiresMs / 1000 };
  const file = join(folder(t), 'token');
  writeFileSync(file, `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2ln`);
  return file;
}

function admin(of: Simulator, method: string, path: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  return fetch(`${of.adminUrl}/admin/identity${path}`, init);
}

/** What the settings of its own give, for code that takes them apart. */
function places(of: Simulator) {
  const { application } = of.signIn;
  return {
    tenantId: variable(application, 'AZURE_TENANT_ID'),
    secret: variable(application, 'AZURE_CLIENT_SECRET'),
    options: { authorityHost: variable(application, 'AZURE_AUTHORITY_HOST'), disableInstanceDiscovery: true },
  };
}

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

test('ClientSecretCredential: signs in over https, for each of the audiences that clients ask for', async (t) => {
  const of = await simulator(t);
  const { tenantId, secret, options } = places(of);
  const credential = new ClientSecretCredential(tenantId, APPLICATION, secret, options);
  const audiences = [
    'https://cognitiveservices.azure.com',
    'https://ai.azure.com',
    'https://management.azure.com',
    'https://metrics.monitor.azure.com',
    of.adminHttpsUrl ?? '',
  ];
  for (const audience of audiences) {
    const { token, expiresOnTimestamp } = await credential.getToken(`${audience}/.default`);
    const { aud, tid, idtyp, exp } = claimsOf(token);
    assert.deepEqual({ aud, tid, idtyp }, { aud: audience, tid: tenantId, idtyp: 'app' });
    assert.ok(Math.abs(exp * 1000 - expiresOnTimestamp) < 5_000);
  }
});

test("ClientSecretCredential: refusals come as Entra ID's own, with their numbers", async (t) => {
  const { tenantId, secret, options } = places(await simulator(t));
  const asks: ReadonlyArray<readonly [client: string, secret: string, scope: string, error: RegExp]> = [
    [APPLICATION, 'wrong', SCOPE, /AADSTS7000215: Invalid client secret provided/],
    ['unknown', secret, SCOPE, /AADSTS700016: Application with identifier 'unknown' was not found/],
    [APPLICATION, secret, 'https://example.com/.default', /AADSTS500011: .*https:\/\/example\.com was not found/],
    [APPLICATION, secret, 'https://ai.azure.com/user', /AADSTS1002012: /],
  ];
  for (const [client, given, scope, error] of asks) {
    const credential = new ClientSecretCredential(tenantId, client, given, options);
    await assert.rejects(credential.getToken(scope), error);
  }
});

test('WorkloadIdentityCredential: signs in with the token of a cluster, unless it is of another subject', async (t) => {
  const subject = 'system:serviceaccount:shop:chat';
  const application = { clientId: 'workload', federatedSubject: subject };
  const of = await simulator(t, { identity: { applications: [application] } });
  const { options } = places(of);
  const tenantId = '11111111-1111-4111-8111-111111111111';
  const authorityHost = of.adminHttpsUrl ?? '';
  const credential = (name: string): WorkloadIdentityCredential =>
    new WorkloadIdentityCredential({
      ...options,
      authorityHost,
      tenantId,
      clientId: 'workload',
      tokenFilePath: federatedToken(t, name, Date.now() + 600_000),
    });
  const { token } = await credential(subject).getToken(SCOPE);
  assert.equal(claimsOf(token).appid, 'workload');
  await assert.rejects(credential('system:serviceaccount:shop:other').getToken(SCOPE), /AADSTS700213: .*shop:other/);
});

test('ManagedIdentityCredential: signs in as an app does', async (t) => {
  const of = await simulator(t);
  const { app } = of.signIn;
  Object.assign(process.env, app);
  t.after(() => {
    for (const name of Object.keys(app ?? {})) delete process.env[name];
  });
  const { token } = await new ManagedIdentityCredential().getToken(SCOPE);
  assert.equal(claimsOf(token).aud, 'https://cognitiveservices.azure.com');
  await assert.rejects(
    new ManagedIdentityCredential({ clientId: 'none' }).getToken(SCOPE),
    /No User Assigned or Delegated Managed Identity found/,
  );
});

/** In a process of its own, because the client looks once for where it runs. */
const AS_MACHINE = `
  import { ManagedIdentityCredential } from '@azure/identity';
  const { token } = await new ManagedIdentityCredential().getToken('${SCOPE}');
  console.log(token);`;

test('ManagedIdentityCredential: signs in as a machine does, in a process that trusts the file of the CA', async (t) => {
  const of = await simulator(t);
  const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: of.tls?.caFile ?? '', ...of.signIn.machine };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', AS_MACHINE], {
    env,
    cwd: import.meta.dirname,
    timeout: 15_000,
  });
  assert.equal(claimsOf(stdout).idtyp, 'app');
});

test('AzureOpenAI: asks with the tokens of azureADTokenProvider; a role taken away counts at once', async (t) => {
  const of = await simulator(t);
  const { tenantId, secret, options } = places(of);
  const credential = new ClientSecretCredential(tenantId, APPLICATION, secret, options);
  const azureADTokenProvider = async (): Promise<string> => (await credential.getToken(SCOPE)).token;
  const endpoint = of.resources[0]?.httpsUrl ?? '';
  const client = new AzureOpenAI({ endpoint, apiVersion: API_VERSION, azureADTokenProvider, maxRetries: 0 });
  assert.equal((await client.chat.completions.create(HELLO)).object, 'chat.completion');
  await admin(of, 'PUT', `/${APPLICATION}/roles`, { roles: ['Owner'] });
  const { oid } = claimsOf(await azureADTokenProvider());
  const action = 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action';
  await assert.rejects(client.chat.completions.create(HELLO), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, 'PermissionDenied');
    assert.ok(
      error.message.includes(`principal \`${oid}\` lacks the required data action \`${action}\``),
      error.message,
    );
    return true;
  });
});

interface Fronted {
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  readonly clock: FakeClock;
  /** What the gateway said of its tokens. */
  readonly notices: readonly string[];
  ask(): Promise<Response>;
}

/** A gateway without a key, in front of one resource: both by one clock, which stands still. */
async function fronted(
  t: TestContext,
  env: (of: Simulator, clock: FakeClock) => Readonly<Record<string, string>> | null,
  options: StartOptions = {},
): Promise<Fronted> {
  const clock = new FakeClock();
  const of = await simulator(t, { clock, ...options });
  const notices: string[] = [];
  const emit = (event: GatewayEvent): void => {
    if (event.kind === 'notice' || event.kind === 'operatorProblem') notices.push(event.message);
  };
  const { name = '', httpsUrl = '' } = of.resources[0] ?? {};
  const loaded = configFromEnvironment({
    BACKEND_1_NAME: name,
    BACKEND_1_URL: httpsUrl ?? '',
    BACKEND_1_PRIORITY: '1',
  });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  const { config } = loaded;
  const gateway = await startGateway({
    config,
    clock,
    unit: () => 0,
    emit,
    env: { SPILLWAY_SEAL_KEY: 'for tests', ...env(of, clock) },
    port: 0,
    adminPort: 0,
  });
  t.after(() => gateway.close());
  const ask = (): Promise<Response> =>
    fetch(`${gateway.url}/openai/deployments/chat/chat/completions?api-version=${API_VERSION}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(HELLO),
    });
  return { simulator: of, gateway, clock, notices, ask };
}

type Ways = ReadonlyArray<readonly [name: string, env: (t: TestContext) => Parameters<typeof fronted>[1]]>;

const WAYS: Ways = [
  ['client secret', () => (of) => of.signIn.application],
  ['managed identity of the app', () => (of) => of.signIn.app],
  ['managed identity of the machine', () => (of) => of.signIn.machine],
  [
    'workload identity',
    (t) => (of, clock) => ({
      AZURE_AUTHORITY_HOST: of.adminHttpsUrl ?? '',
      AZURE_TENANT_ID: variable(of.signIn.application, 'AZURE_TENANT_ID'),
      AZURE_CLIENT_ID: APPLICATION,
      AZURE_FEDERATED_TOKEN_FILE: federatedToken(t, 'system:serviceaccount:a:b', clock.nowMs() + 600_000),
    }),
  ],
];

for (const [name, env] of WAYS) {
  test(`gateway: without a key it signs in by ${name}, and its tokens are good`, async (t) => {
    const { ask, simulator: of } = await fronted(t, env(t));
    const answer = await ask();
    assert.equal(answer.status, 200, await answer.text());
    const [request] = of.journal.entries();
    assert.equal(request?.status, 200);
  });
}

/** As the default. Milliseconds. */
const TOKEN_MS = 3_600_000;
/** The gateway renews a token so long before it ends, where chance adds nothing. Milliseconds. */
const RENEWED_MS = TOKEN_MS - 300_000;
/** Turns of the event loop until a token has come, at most. */
const TURNS_MAX = 1_000_000;

async function whenNoticed(notices: readonly string[], count: number): Promise<void> {
  for (let n = 0; n < TURNS_MAX && notices.length < count; n++) await turn();
  assert.equal(notices.length, count, notices.join('\n'));
}

test('gateway: fetches another token before one has expired', async (t) => {
  const { ask, clock, notices, simulator: of } = await fronted(t, (of) => of.signIn.application);
  assert.equal((await ask()).status, 200);
  clock.advance(RENEWED_MS);
  await whenNoticed(notices, 2);
  clock.advance(TOKEN_MS - RENEWED_MS);
  assert.equal((await ask()).status, 200);
  assert.deepEqual(await given(of), { tokens: 2, refused: 0 });
});

async function given(of: Simulator): Promise<unknown> {
  const { tokens, refused } = Object(await (await admin(of, 'GET', '')).json());
  return { tokens, refused };
}

test('gateway: after a 401 for a token that was withdrawn it signs in anew', async (t) => {
  const { ask, clock, simulator: of } = await fronted(t, (of) => of.signIn.app);
  assert.equal((await ask()).status, 200);
  clock.advance(TOKEN_MS / 4);
  await admin(of, 'POST', '/expire');
  assert.notEqual((await ask()).status, 200);
  clock.advance(TOKEN_MS / 4);
  assert.equal((await ask()).status, 200);
});

test('gateway: where Entra ID refuses, the client gets an error at once and the operator is told why', async (t) => {
  const { ask, notices, simulator: of } = await fronted(t, (of) => of.signIn.application);
  await admin(of, 'POST', '/refuse', { times: 1 });
  const answer = await ask();
  assert.ok(answer.status >= 500, String(answer.status));
  const told = notices.join('\n');
  assert.match(told, /client secret: .* answered 401: invalid_client: AADSTS7000222: The provided client secret keys/s);
  assert.doesNotMatch(told + (await answer.text()), /simulated-secret/);
});

test('gateway: a role that is missing is said to the operator, and not tried over and over', async (t) => {
  const identity = { managedIdentities: [{ clientId: 'nobody', objectId: 'oid-1' }] };
  const { ask, notices, simulator: of } = await fronted(t, (of) => of.signIn.app, { identity });
  const answer = await ask();
  const text = await answer.text();
  assert.ok(answer.status >= 400, text);
  assert.match(notices.join('\n'), /refused the gateway's credential .* 401; check its key or role assignment/);
  assert.deepEqual(await given(of), { tokens: 1, refused: 0 });
  const [request] = of.journal.entries();
  assert.equal(request?.status, 401);
});
