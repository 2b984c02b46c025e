import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend, Deployment } from '@spillway/policy';
import { testBackend, testFleet } from '../testing/kit.ts';
import { asksOf, type ConnectAsk } from './ask.ts';
import type { Reply } from './call.ts';
import { judgeReply } from './judge.ts';

const WITH_TOKEN: Backend = { ...testBackend('openai1'), credential: { kind: 'entra', scope: 'the-scope/.default' } };

function askFor(given: Partial<Deployment> = {}, on: Backend = testBackend('openai1')): ConnectAsk {
  const fleet = testFleet([]);
  const unknown = {
    modelVersion: null,
    contentFilter: null,
    contextTokens: null,
    features: [],
    requestsPerMinute: null,
    quotaKey: null,
    type: null,
    capacity: null,
    priority: 1,
    weight: 1,
  };
  const deployment = { id: 'openai1/chat', backend: on, name: 'chat', model: 'gpt-4o', ...unknown, ...given };
  const [ask] = asksOf({ ...fleet, deployments: [deployment] });
  assert.ok(ask);
  return ask;
}

const RESOURCE = asksOf(testFleet([], ['openai1']))[0];
assert.ok(RESOURCE);

function answer(status: number, body: unknown, headers: readonly string[] = []): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answer', status, headers, text, whole: true };
}

const azure = (code: string | null, message = 'said so', type: string | null = null) => ({
  error: { code, message, type },
});
const failed = (code: string, kind: 'unsent' | 'broken' | 'malformed' = 'unsent'): Reply => ({
  kind: 'failed',
  failure: { kind, code, message: 'the message is not quoted' },
});

const CHAT_OK = { model: 'gpt-4o-2024-11-20', choices: [] };
const QUOTA = [
  ['X-RateLimit-Remaining-Tokens', '29986'],
  ['x-ratelimit-limit-tokens', '30000'],
  ['x-ratelimit-remaining-requests', '-1'],
  ['azure-openai-deployment-utilization', '1.6%'],
].flat();

type Case = readonly [name: string, ask: ConnectAsk, reply: Reply, steps: string, wayOut: RegExp | null];

const CASES: readonly Case[] = [
  ['an answer', askFor(), answer(200, CHAT_OK, QUOTA), 'reach accepted deployment model quota', null],
  [
    'an answer of a model unasked for',
    askFor({ model: null }),
    answer(200, CHAT_OK),
    'reach accepted deployment model quota',
    null,
  ],
  [
    'the wrong model',
    askFor(),
    answer(200, { ...CHAT_OK, model: 'gpt-4o-mini-2024-07-18' }),
    'reach accepted deployment model=fail quota',
    /correct 'model'/,
  ],
  ['a page to sign in', askFor(), answer(200, '<html>'), 'reach accepted=fail', /sign-in page/],
  ['other JSON', askFor(), answer(200, { ok: true }), 'reach accepted=fail', /another service/],
  ['a list of models', RESOURCE, answer(200, { data: [] }), 'reach accepted', null],
  [
    'a list of models cut at the limit',
    RESOURCE,
    { kind: 'answer', status: 200, headers: [], text: '{"data":[', whole: false },
    'reach accepted',
    null,
  ],
  [
    'a wrong key',
    askFor(),
    answer(401, azure('401')),
    'reach accepted=fail',
    /compare the key of openai1 with the two/,
  ],
  [
    'a wrong token',
    askFor({}, WITH_TOKEN),
    answer(401, { statusCode: 401, message: 'audience is incorrect' }),
    'reach accepted=fail',
    /the-scope\/\.default is the scope/,
  ],
  ['a firewall', askFor(), answer(403, azure('403')), 'reach accepted=fail', /firewall.*keys are switched off/],
  [
    'a missing role',
    askFor({}, WITH_TOKEN),
    answer(403, azure('PermissionDenied')),
    'reach accepted=fail',
    /role Cognitive Services OpenAI User/,
  ],
  [
    'no such deployment',
    askFor(),
    answer(404, azure('DeploymentNotFound')),
    'reach accepted deployment=fail',
    /create it, or mend its name/,
  ],
  ['no such path', askFor(), answer(404, azure('404')), 'reach accepted=fail', /base path of the resource/],
  ['a redirect', askFor(), answer(302, ''), 'reach accepted=fail', /check 'url'/],
  ['a throttle', askFor(), answer(429, azure('429')), 'reach accepted deployment quota=warn', /try again in a minute/],
  ['a throttled list', RESOURCE, answer(429, azure('429')), 'reach accepted quota=warn', /try again in a minute/],
  ['a filter at work', askFor(), answer(400, azure('content_filter')), 'reach accepted deployment', null],
  [
    'a model that takes no chat',
    askFor(),
    answer(400, azure('OperationNotSupported')),
    'reach accepted deployment model=warn',
    /compare 'model'/,
  ],
  [
    'a reasoning model that was not told of',
    askFor({ model: null }),
    answer(400, azure('unsupported_parameter')),
    'reach accepted deployment model=warn',
    /give its 'model'/,
  ],
  [
    'an invalid request for the model',
    askFor(),
    answer(400, azure(null, 'no', 'invalid_request_error')),
    'reach accepted deployment model=warn',
    /compare 'model'/,
  ],
  [
    'an API version it does not take',
    askFor(),
    answer(400, azure('BadRequest')),
    'reach accepted=warn',
    /see what the answer says/,
  ],
  ['a timeout of its own', askFor(), answer(408, ''), 'reach accepted=fail', /try again in a while/],
  ['a failure', askFor(), answer(503, '<html>'), 'reach accepted=fail', /try again in a while/],
  ['a name that does not resolve', askFor(), failed('ENOTFOUND'), 'reach=fail', /DNS zone/],
  ['a resolver that is down', askFor(), failed('EAI_AGAIN'), 'reach=fail', /DNS zone/],
  ['a port where nothing listens', askFor(), failed('ECONNREFUSED'), 'reach=fail', /host and port/],
  ['a certificate of its own', askFor(), failed('DEPTH_ZERO_SELF_SIGNED_CERT'), 'reach=fail', /NODE_EXTRA_CA_CERTS/],
  ['a certificate of another', askFor(), failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'reach=fail', /NODE_EXTRA_CA_CERTS/],
  ['plain HTTP where TLS is spoken', askFor(), failed('ERR_SSL_WRONG_VERSION_NUMBER'), 'reach=fail', /scheme/],
  ['a host out of reach', askFor(), failed('EHOSTUNREACH'), 'reach=fail', /firewall, proxy, private endpoint/],
  ['a connection that broke', askFor(), failed('ECONNRESET', 'broken'), 'reach=fail', /stands between/],
  [
    'a key that no header may hold',
    askFor(),
    failed('UND_ERR_INVALID_ARG', 'malformed'),
    'reach=fail',
    /characters in the credential/,
  ],
  ['no connection in time', askFor(), { kind: 'late', connected: false }, 'reach=fail', /firewall, proxy/],
  ['no answer in time', askFor(), { kind: 'late', connected: true }, 'reach=fail', /overloaded/],
  ['a check that was ended', askFor(), { kind: 'cancelled' }, 'reach=fail', /run it to its end/],
];

for (const [name, ask, reply, wanted, wayOut] of CASES) {
  test(`judgeReply: ${name}`, () => {
    const judged = judgeReply(ask, reply, { waitMs: 30_000, quote: (text) => text });
    const steps = judged.steps.map(({ name: step, verdict }) => (verdict === 'ok' ? step : `${step}=${verdict}`));
    assert.equal(steps.join(' '), wanted);
    if (wayOut === null) assert.equal(judged.wayOut, null);
    else assert.match(judged.wayOut ?? '', wayOut);
    assert.equal(judged.status, reply.kind === 'answer' ? reply.status : null);
    assert.notEqual(judged.answered, '');
  });
}

test('judgeReply: the answer is told in a few words, quoted by the caller, and the quota in figures', () => {
  const quote = (text: string) => `«${text}»`;
  const settings = { waitMs: 30_000, quote };
  const refused = judgeReply(askFor(), answer(404, azure('DeploymentNotFound')), settings);
  assert.equal(refused.answered, '404 «DeploymentNotFound»: «said so»');
  assert.equal(judgeReply(askFor(), answer(401, azure('401')), settings).answered, '401: «said so»');
  const well = judgeReply(askFor(), answer(200, CHAT_OK, QUOTA), settings);
  assert.equal(well.answered, '200 by gpt-4o-2024-11-20');
  assert.equal(well.steps.at(-1)?.text, '29986 of 30000 tokens left, 1.6% of provisioned capacity in use');
  assert.equal(
    judgeReply(askFor(), { kind: 'late', connected: false }, settings).answered,
    'nothing: no connection to openai1.openai.azure.com within 30 s',
  );
});

const ASKS: ReadonlyArray<readonly [name: string, model: string | null, path: string, body: string]> = [
  [
    'chat',
    'gpt-4o',
    '/openai/deployments/chat/chat/completions?api-version=2024-10-21',
    '{"messages":[{"role":"user","content":"Hi"}],"max_tokens":1}',
  ],
  [
    'thinker',
    'o4-mini',
    '/openai/deployments/thinker/chat/completions?api-version=2025-03-01-preview',
    '{"messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":16}',
  ],
  [
    'vectors',
    'text-embedding-3-small',
    '/openai/deployments/vectors/embeddings?api-version=2024-10-21',
    '{"input":"Hi"}',
  ],
  ['my-embedding', null, '/openai/deployments/my-embedding/embeddings?api-version=2024-10-21', '{"input":"Hi"}'],
  [
    'o3',
    null,
    '/openai/deployments/o3/chat/completions?api-version=2025-03-01-preview',
    '{"messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":16}',
  ],
  [
    'a b',
    null,
    '/openai/deployments/a%20b/chat/completions?api-version=2024-10-21',
    '{"messages":[{"role":"user","content":"Hi"}],"max_tokens":1}',
  ],
];

for (const [name, model, path, body] of ASKS) {
  test(`asksOf: ${name} of ${model} gets the smallest request that its model takes`, () => {
    const ask = askFor({ name, model });
    assert.deepEqual([ask.method, ask.path, ask.body], ['POST', path, body]);
    assert.ok(ask.text.startsWith(`POST https://openai1.openai.azure.com${path}`), ask.text);
  });
}

test('asksOf: an open backend is asked for its models, or for the deployment that stands for all names; below its base path', () => {
  const fleet = testFleet([], ['openai1']);
  const [open] = fleet.openBackends;
  assert.ok(open);
  const backend = { ...open.backend, url: 'https://apim.example/ai' };
  const asks = asksOf({
    ...fleet,
    openBackends: [
      { ...open, backend },
      { ...open, backend, deploymentName: 'chat' },
    ],
  });
  assert.deepEqual(
    asks.map(({ id, method, path }) => [id, method, path]),
    [
      ['openai1/', 'GET', '/ai/openai/models?api-version=2024-10-21'],
      ['openai1/chat', 'POST', '/ai/openai/deployments/chat/chat/completions?api-version=2024-10-21'],
    ],
  );
});
