/** Our policies at work in the interpreter: doors, limits, pools, refusals, with backends that answer as told and a clock held by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '@spillway/config';
import type { ApimOptions } from '@spillway/render';
import type { Answer, Asked } from './apim/exchange.ts';
import { configOf, FLEETS } from './apim/fleets.ts';
import { Apim, type ApimSettings, type Fetched, type Sent } from './apim/interpreter.ts';
import { fileOf, NO_LIMIT, rendered } from './apim/rendered.ts';

const OK: Fetched = { status: 200, headers: {}, body: '{"usage":{"total_tokens":600}}' };
const throttled = (seconds: string): Fetched => ({ status: 429, headers: { 'retry-after': seconds }, body: '' });
const failed: Fetched = { status: 500, headers: {}, body: 'broken' };

interface Bench {
  readonly apim: Apim;
  readonly sent: Sent[];
  readonly clock: { nowMs: number };
  /** Answers by host; OK where there is none. */
  readonly answers: Map<string, Fetched>;
  ask(headers?: Readonly<Record<string, string>>, change?: Partial<Asked>): Promise<Answer>;
}

function bench(config: Config, options: Partial<ApimOptions> = {}, settings: Partial<ApimSettings> = {}): Bench {
  const sent: Sent[] = [];
  const clock = { nowMs: 1_800_000_000_000 };
  const answers = new Map<string, Fetched>();
  const send = async (one: Sent): Promise<Fetched> => {
    sent.push({ ...one, headers: new Map(one.headers) });
    return answers.get(new URL(one.url).hostname.split('.')[0] ?? '') ?? OK;
  };
  const template = fileOf(rendered(config, options), 'infra/main.json');
  const namedValues = {
    'identity-client-id': 'identity',
    'tenant-id': 'tenant',
    'allowed-principals': 'deployer,app',
    'client-tokens-per-minute': `${options.clientTokensPerMinute ?? NO_LIMIT}`,
  };
  const base = { template, namedValues, send, nowMs: () => clock.nowMs, unit: () => 0, keys: { key: 'chat-app' } };
  const apim = new Apim({ ...base, ...settings });
  const ask: Bench['ask'] = (headers = { 'api-key': 'key' }, change = {}) =>
    apim.ask({
      method: 'POST',
      path: '/deployments/chat/chat/completions?api-version=2024-10-21',
      headers,
      body: '{}',
      ...change,
    });
  return { apim, sent, clock, answers, ask };
}

const three = (): Config => configOf(FLEETS.three ?? '');
const hosts = (sent: readonly Sent[]): string[] => sent.map(({ url }) => new URL(url).hostname.split('.')[0] ?? '');
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('policy: sends the operation to the deployment, with the query, and the credential of the identity alone', async () => {
  const { ask, sent } = bench(three());
  assert.equal((await ask({ 'api-key': 'key', authorization: 'Bearer of-the-client', 'x-own': 'stays' })).status, 200);
  assert.equal(
    sent[0]?.url,
    'https://openai1.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21',
  );
  assert.deepEqual(Object.fromEntries(sent[0]?.headers ?? []), {
    authorization: 'Bearer token-of-the-managed-identity',
    'x-own': 'stays',
  });
});

test('policy: lets nobody in without a key, whatever else is said', async () => {
  const { ask, sent } = bench(three());
  for (const headers of [{}, { 'api-key': 'wrong' }, bearer('some'), { 'api-key': '' }])
    assert.equal((await ask(headers)).status, 401);
  assert.deepEqual(sent, []);
});

test('policy: a key of another API is none of this one', async () => {
  const { ask } = bench(three(), {}, { keys: { other: 'of-another-api' } });
  assert.equal((await ask({ 'api-key': 'other' })).status, 401);
});

const AZURE = 'https://cognitiveservices.azure.com';
const LISTED = `${(FLEETS.three ?? '').replace(/clients.*\n/, '')}clients: [{ name: people }]
signIn: [{ client: people, tenant: 11111111-2222-3333-4444-555555555555, azureTokens: true }]
`;

/** Tokens that are good as such, and what becomes of them. */
const TOKENS: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ['of the deployer', { aud: AZURE, oid: 'deployer', appid: 'cli' }, 200],
  ['of the app', { aud: `${AZURE}/`, oid: 'app' }, 200],
  ['of another principal', { aud: AZURE, oid: 'stranger' }, 403],
  ['of a part of a listed id', { aud: AZURE, oid: 'deploy' }, 403],
  ['without a principal', { aud: AZURE }, 403],
  ['of an empty principal', { aud: AZURE, oid: '' }, 403],
  ['for another audience', { aud: 'https://graph.microsoft.com', oid: 'deployer' }, 401],
];

for (const [what, claims, status] of TOKENS) {
  test(`policy: answers ${status} to a token ${what}`, async () => {
    const { ask, sent } = bench(configOf(LISTED), {}, { keys: {}, tokens: { token: claims } });
    assert.equal((await ask(bearer('token'))).status, status);
    assert.equal(sent.length, status === 200 ? 1 : 0);
  });
}

test('policy: checks tokens although the public sample would not: a made-up one is refused', async () => {
  const { ask } = bench(configOf(LISTED), {}, { keys: {}, tokens: {} });
  for (const headers of [bearer('made-up'), {}, { 'api-key': 'made-up' }])
    assert.equal((await ask(headers)).status, 401);
});

test('policy: takes listed applications with the role alone', async () => {
  const id = '11111111-2222-3333-4444-555555555555';
  const tokens = {
    good: { aud: AZURE, appid: id, roles: ['Other', 'Chat.Use'] },
    roleless: { aud: AZURE, appid: id },
    another: { aud: AZURE, appid: 'x', roles: ['Chat.Use'] },
  };
  const { ask } = bench(configOf(FLEETS['two-models'] ?? ''), {}, { keys: {}, tokens });
  const statuses = [];
  for (const token of Object.keys(tokens)) statuses.push((await ask(bearer(token))).status);
  assert.deepEqual(statuses, [200, 401, 401]);
});

// Principals beside applications were not looked at: any caller of a listed application was let in.
test('policy: of a listed application it takes the listed principals alone, where both are bound', async () => {
  const id = '11111111-2222-3333-4444-555555555555';
  const text = (FLEETS['two-models'] ?? '').replace('roles: [Chat.Use]', 'principals: [app, other]');
  const tokens = {
    good: { aud: AZURE, appid: id, oid: 'app' },
    stranger: { aud: AZURE, appid: id, oid: 'x' },
    nobody: { aud: AZURE, appid: id },
    another: { aud: AZURE, appid: 'x', oid: 'app' },
  };
  const { ask } = bench(configOf(text), {}, { keys: {}, tokens });
  const statuses = [];
  for (const token of Object.keys(tokens)) statuses.push((await ask(bearer(token))).status);
  assert.deepEqual(statuses, [200, 403, 403, 401]);
});

test("policy: keeps a client's bounds: another model is not there for it", async () => {
  const { ask, sent } = bench(configOf(FLEETS['two-models'] ?? ''));
  const small = { path: '/deployments/small/chat/completions' };
  assert.equal((await ask({ 'api-key': 'key' }, small)).status, 404);
  assert.equal((await ask()).status, 200);
  assert.equal(sent.length, 1);
});

test('policy: an alias leads to its pool', async () => {
  const { ask, sent } = bench(configOf(FLEETS['two-models'] ?? ''), {}, { keys: { key: 'anyone' } });
  assert.equal((await ask({ 'api-key': 'key' }, { path: '/deployments/default/chat/completions' })).status, 200);
  assert.match(sent[0]?.url ?? '', /\/deployments\/small\/chat\/completions$/);
});

test('policy: v1 is sent on as a classic request, with a version', async () => {
  const { ask, sent } = bench(three());
  assert.equal((await ask({ 'api-key': 'key' }, { path: '/v1/embeddings', body: '{"model":"gpt-4o"}' })).status, 200);
  assert.match(sent[0]?.url ?? '', /\/openai\/deployments\/chat\/embeddings\?api-version=2025-04-01-preview$/);
});

test('policy: a body that is no JSON, or no object, is 400; one without a model is 404', async () => {
  const { ask } = bench(three());
  const statuses = [];
  for (const body of ['{', '[]', '"x"', '{}']) {
    statuses.push((await ask({ 'api-key': 'key' }, { path: '/v1/chat/completions', body })).status);
  }
  assert.deepEqual(statuses, [400, 400, 400, 404]);
});

test('policy: what is no operation of the API is not passed on', async () => {
  const { ask, sent } = bench(three());
  for (const path of ['/files', '/responses', '/deployments', '/v1/models', '/deployments/a/b/chat/completions'])
    assert.equal((await ask({ 'api-key': 'key' }, { path })).status, 404);
  assert.deepEqual(sent, []);
});

test('policy: 503 with the earliest time where all have failed, 429 as soon as quota keeps one', async () => {
  const { ask, answers, clock } = bench(three());
  for (const host of ['openai1', 'openai2', 'openai3']) answers.set(host, failed);
  assert.deepEqual([(await ask()).status, (await ask()).status], [500, 503]);
  clock.nowMs += 4_000;
  const answer = await ask();
  assert.deepEqual(
    [answer.status, answer.headers.get('retry-after'), answer.headers.get('retry-after-ms')],
    [503, '6', '6000'],
  );
  assert.equal(JSON.parse(answer.body).error.code, 'NoDeploymentAvailable');
  clock.nowMs += 6_000;
  answers.set('openai2', throttled('20'));
  await ask();
  const quota = await ask();
  assert.deepEqual([quota.status, quota.headers.get('retry-after')], [429, '10']);
});

test('policy: a Retry-After that is no whole number of seconds does no harm', async () => {
  for (const value of ['6m0s', '0.5', 'Fri, 31 Dec 2027 23:59:59 GMT', '', '99999999999']) {
    const { ask, answers } = bench(configOf(FLEETS.one ?? ''));
    answers.set('openai1', throttled(value));
    const answer = await ask();
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '10'], value);
  }
});

test('policy: what goes wrong within API Management is not shown', async () => {
  const send = async (): Promise<Fetched> => {
    throw new Error('connect ECONNREFUSED 10.0.0.7:443');
  };
  const { ask } = bench(three(), {}, { send });
  const answer = await ask();
  assert.equal(answer.status, 503);
  assert.doesNotMatch(answer.body, /10\.0\.0\.7|openai1/);
});

test('policy: where there is no limit of tokens, none is asked', async () => {
  const unlimited = bench(configOf(FLEETS['two-models'] ?? ''));
  assert.equal((await unlimited.ask()).status, 200);
  assert.deepEqual(unlimited.apim.limited, []);
  const limited = bench(configOf(FLEETS['two-models'] ?? ''), { clientTokensPerMinute: 1 });
  assert.equal((await limited.ask()).status, 200);
  assert.deepEqual(limited.apim.limited, ['chat-app']);
});

test('policy: tokens of a client are limited by the minute, each client for itself', async () => {
  const keys = { key: 'chat-app', other: 'anyone' };
  const { ask, clock, apim } = bench(configOf(FLEETS['two-models'] ?? ''), { clientTokensPerMinute: 1_000 }, { keys });
  const statuses = [(await ask()).status, (await ask()).status, (await ask()).status];
  assert.deepEqual(statuses, [200, 200, 429]);
  assert.equal((await ask({ 'api-key': 'other' })).status, 200);
  clock.nowMs += 60_000;
  assert.equal((await ask()).status, 200);
  assert.deepEqual(apim.metrics[0], { Client: 'chat-app', Pool: 'pool-gpt-4o', 'API ID': '', 'Operation ID': '' });
});

test('pool: members of one priority share by weight, and another priority serves only when none is left', async () => {
  const text = `backends:
  - { name: a, url: "https://a.openai.azure.com", deployments: [{ name: chat, model: m, priority: 1, weight: 3 }] }
  - { name: b, url: "https://b.openai.azure.com", deployments: [{ name: chat, model: m, priority: 1, weight: 1 }] }
  - { name: c, url: "https://c.openai.azure.com", deployments: [{ name: chat, model: m, priority: 9 }] }
clients: [{ name: chat-app, key: "\${CHAT_APP_KEY}" }]
`;
  let dice = 0;
  const { ask, sent, answers } = bench(configOf(text), {}, { unit: () => (dice++ % 8) / 8 });
  for (let i = 0; i < 80; i++) await ask();
  assert.deepEqual([hosts(sent).filter((host) => host === 'a').length, hosts(sent).includes('c')], [60, false]);
  answers.set('a', throttled('60')).set('b', throttled('60'));
  assert.equal((await ask()).status, 200);
  assert.equal(hosts(sent).at(-1), 'c');
});

test('policy in front of a gateway: asks it once, whatever it answers, and passes its answer on', async () => {
  const urls: string[] = [];
  const send = async ({ url, headers }: Sent): Promise<Fetched> => {
    urls.push(`${url} ${headers.get('authorization')}`);
    return throttled('17');
  };
  const template = fileOf(rendered(three(), { frontOf: 'spillway' }), 'infra/main.json').replace(
    "[format('{0}/openai', parameters('spillwayUrl'))]",
    'https://spillway.example/openai',
  );
  const { ask } = bench(three(), {}, { send, template });
  for (let i = 0; i < 2; i++) {
    const answer = await ask({ 'api-key': 'key' }, { path: '/responses?x=1' });
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '17']);
  }
  const wanted = 'https://spillway.example/openai/responses?x=1 Bearer token-of-the-managed-identity';
  assert.deepEqual(urls, [wanted, wanted]);
  assert.equal((await ask({})).status, 401);
});
