import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { retryHint } from '@spillway/protocol';
import fc from 'fast-check';
import { Faults, readFault } from './faults.ts';
import type { Latency } from './latency.ts';
import type { Answer } from './reply.ts';
import type { DataRequest, Resource } from './resource.ts';
import { answered, CHAT_PATH, FACTS, headersOf, NOW_MS, testRequest, testResource } from './testing.ts';
import { CONTENT_FILTER_TRIGGER } from './wire/refusals.ts';

const HELLO = { messages: [{ role: 'user', content: 'Hello' }] };
const request = testRequest;

function resource(faults = new Faults(), latency: Latency = FACTS.latency): Resource {
  return testResource(seededUnit, { latency }, { faults });
}

/** Requests that the deployment has counted in this minute. */
function counted(one: Resource, deployment = 'chat'): number | null {
  const quota = one.deployments.get(deployment)?.quota;
  return quota?.kind === 'standard' ? quota.state(NOW_MS).requests : null;
}

function bodyOf(answer: Answer) {
  return answer.body.kind === 'text' ? JSON.parse(answer.body.text) : null;
}

const V1 = { path: '/openai/v1/chat/completions', query: '' };
const NOT_FOUND = { code: '404', message: 'Resource not found' };

const REFUSED: ReadonlyArray<
  readonly [name: string, asked: DataRequest, status: number, error: Record<string, unknown>]
> = [
  ['a wrong key', request(HELLO, { headers: { 'api-key': 'key-2' } }), 401, { code: '401' }],
  ['no key', request(HELLO, { headers: { 'api-key': undefined } }), 401, { code: '401' }],
  [
    'a wrong bearer',
    request(HELLO, { headers: { 'api-key': undefined, authorization: 'Bearer key-2' } }),
    401,
    { code: '401' },
  ],
  [
    'a wrong key beside a right bearer',
    request(HELLO, { headers: { 'api-key': 'key-2', authorization: 'Bearer key-1' } }),
    401,
    { code: '401' },
  ],
  [
    'an unknown deployment',
    request(HELLO, { path: '/openai/deployments/none/chat/completions' }),
    404,
    { code: 'DeploymentNotFound' },
  ],
  ['an unknown deployment on v1', request({ ...HELLO, model: 'none' }, V1), 404, { code: 'DeploymentNotFound' }],
  ['an unknown path', request(HELLO, { path: '/openai/deployments/chat/sing' }), 404, NOT_FOUND],
  ['a path outside of /openai', request(HELLO, { path: '/chat/completions' }), 404, NOT_FOUND],
  ['another method', request('', { method: 'GET' }), 404, NOT_FOUND],
  ['no api-version', request(HELLO, { query: '' }), 404, NOT_FOUND],
  [
    'an api-version that is no date',
    request(HELLO, { query: 'api-version=latest' }),
    400,
    { code: 'BadRequest', message: 'API version not supported' },
  ],
  ['an api-version that never was', request(HELLO, { query: 'api-version=2024-10-22' }), 404, NOT_FOUND],
  [
    'Responses of an api-version before there were any',
    request({ model: 'chat', input: 'Hello' }, { path: '/openai/responses' }),
    404,
    NOT_FOUND,
  ],
  [
    'a dated api-version on v1',
    request({ ...HELLO, model: 'chat' }, { ...V1, query: 'api-version=2024-10-21' }),
    400,
    { code: 'BadRequest', message: 'api-version query parameter is not allowed when using /v1 path' },
  ],
  [
    'api-version preview on v1',
    request({ ...HELLO, model: 'chat' }, { ...V1, query: 'api-version=preview' }),
    400,
    { code: 'BadRequest' },
  ],
  ['no model on v1', request(HELLO, V1), 400, { param: 'model' }],
  ['a body that is no JSON', request('{"messages":'), 400, { type: 'invalid_request_error' }],
  ['a body that is a list', request('[]'), 400, { type: 'invalid_request_error' }],
  ['an empty body', request(''), 400, { type: 'invalid_request_error' }],
  ['no messages', request({}), 400, { param: 'messages' }],
  [
    'a longer answer than the model gives',
    request({ ...HELLO, max_tokens: 20_000 }),
    400,
    {
      code: 'invalid_value',
      param: 'max_tokens',
      message:
        'max_tokens is too large: 20000. This model supports at most 16384 completion tokens, whereas you provided 20000.',
    },
  ],
  [
    'chat of a model that embeds',
    request(HELLO, { path: '/openai/deployments/embedding/chat/completions' }),
    400,
    { code: 'OperationNotSupported' },
  ],
  [
    'embeddings of a model that chats',
    request({ input: 'a' }, { path: '/openai/deployments/chat/embeddings' }),
    400,
    { code: 'OperationNotSupported' },
  ],
  [
    'a prompt that the filter refuses',
    request({ messages: [{ role: 'user', content: CONTENT_FILTER_TRIGGER }], stream: true }),
    400,
    { code: 'content_filter', param: 'prompt', status: 400 },
  ],
];

for (const [name, asked, status, error] of REFUSED) {
  test(`respond: ${name} is answered ${status} ${error.code ?? error.param ?? error.type}`, () => {
    const answer = answered(resource(), asked);
    assert.equal(answer.status, status);
    const headers = headersOf(answer);
    assert.equal(headers['content-type'], 'application/json');
    assert.match(headers['apim-request-id'] ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const [key, value] of Object.entries(error)) assert.equal(bodyOf(answer).error[key], value);
  });
}

test('respond: a wrong key has the reason phrase PermissionDenied', () => {
  assert.equal(answered(resource(), request(HELLO, { headers: { 'api-key': 'no' } })).statusText, 'PermissionDenied');
});

test('respond: takes the key as api-key or as Bearer, classic and v1', () => {
  const bearer = { headers: { 'api-key': undefined, authorization: 'Bearer key-1' } };
  const v1 = { ...HELLO, model: 'chat' };
  for (const asked of [
    request(HELLO),
    request(HELLO, bearer),
    request(v1, V1),
    request(v1, { ...V1, ...bearer, query: 'api-version=v1' }),
  ]) {
    assert.equal(answered(resource(), asked).status, 200);
  }
});

test('respond: the headers of a 200 are those of the capture of 2026-07', () => {
  const asked = request({ messages: [{ role: 'user', content: 'x'.repeat(40) }], max_tokens: 4 });
  const { 'apim-request-id': apim, 'x-request-id': id, ...rest } = headersOf(answered(resource(), asked));
  assert.notEqual(apim, id);
  assert.deepEqual(rest, {
    'cache-control': 'no-cache, must-revalidate',
    'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
    'x-content-type-options': 'nosniff',
    'x-ms-client-request-id': 'Not-Set',
    'x-ms-region': 'East US',
    'x-accel-buffering': 'no',
    'x-ms-rai-invoked': 'true',
    'x-ms-deployment-name': 'chat',
    'x-ms-served-model': 'gpt-4o-2024-11-20',
    'x-ms-is-spilled-over': 'false',
    'azureai-fe-is-streaming': 'False',
    'x-ratelimit-key': 'gpt-4o',
    'x-ratelimit-limit-requests': '180',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-requests': '179',
    'x-ratelimit-remaining-tokens': '29986',
    'x-ratelimit-renewalperiod-requests': '10',
    'x-ratelimit-renewalperiod-tokens': '60',
    'x-ratelimit-reset-requests': '0',
    'x-ratelimit-reset-tokens': '0',
    'x-ratelimit-abusepenalty-active': 'False',
    'content-type': 'application/json',
  });
});

test('respond: gives the client its request id back', () => {
  const answer = answered(resource(), request(HELLO, { headers: { 'x-ms-client-request-id': 'mine' } }));
  assert.equal(headersOf(answer)['x-ms-client-request-id'], 'mine');
});

test('respond: a token limit is refused in the words of 2025, with a wait that every reader finds', () => {
  const one = resource();
  answered(one, request({ ...HELLO, max_tokens: 14_995, n: 2 }));
  const answer = answered(one, request({ ...HELLO, max_tokens: 50 }), NOW_MS + 20_500);
  assert.equal(answer.status, 429);
  assert.deepEqual(bodyOf(answer), {
    error: {
      code: 'RateLimitReached',
      message:
        'Your requests to chat for gpt-4o in East US have exceeded the token rate limit for your current OpenAI S0 pricing tier. This request was for ChatCompletions_Create under Azure OpenAI API version 2024-10-21. Please retry after 40 seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.',
    },
  });
  const headers = headersOf(answer);
  assert.equal(headers['retry-after'], '40');
  assert.equal(headers['retry-after-ms'], '39500');
  assert.equal(headers['x-ratelimit-reset-tokens'], '40');
  assert.equal(headers['x-ratelimit-reset-requests'], '0');
  assert.equal(headers['x-ratelimit-remaining-tokens'], '0');
  assert.deepEqual(
    retryHint((name) => headers[name], NOW_MS),
    { waitMs: 39_500, source: 'retry-after-ms' },
  );
});

test('respond: a rate limit is refused as calls, for the rest of the slice', () => {
  const one = resource();
  for (let i = 0; i < 30; i++) answered(one, request({ ...HELLO, max_tokens: 1 }));
  const answer = answered(one, request({ ...HELLO, max_tokens: 1 }), NOW_MS + 9500);
  assert.match(bodyOf(answer).error.message, /exceeded the call rate limit .* retry after 1 second\./);
  const headers = headersOf(answer);
  assert.deepEqual(
    [headers['x-ratelimit-reset-requests'], headers['x-ratelimit-reset-tokens'], headers['retry-after-ms']],
    ['1', '0', '500'],
  );
});

test('respond: v1 is named as such in a refusal, and one quota holds for both dialects', () => {
  const one = resource();
  answered(one, request({ ...HELLO, max_tokens: 14_500, n: 2 }));
  const answer = answered(one, request({ ...HELLO, model: 'chat', max_tokens: 2000 }, V1));
  assert.match(bodyOf(answer).error.message, /under Azure OpenAI API version v1\./);
});

test('respond: deployments have quotas of their own, and their own rate where it is set', () => {
  const one = resource();
  answered(one, request({ ...HELLO, max_tokens: 15_000, n: 2 }));
  const own = request(HELLO, { path: '/openai/deployments/own/chat/completions' });
  assert.equal(answered(one, own).status, 200);
  assert.equal(headersOf(answered(one, own))['x-ratelimit-limit-requests'], '600');
  assert.equal(bodyOf(answered(one, own)).model, 'gpt-4o-2024-05-13');
});

test('respond: embeddings are charged a quarter of their characters', () => {
  const answer = answered(
    resource(),
    request({ input: 'x'.repeat(400) }, { path: '/openai/deployments/embedding/embeddings' }),
  );
  assert.equal(headersOf(answer)['x-ratelimit-remaining-tokens'], '29900');
  assert.equal(bodyOf(answer).model, 'text-embedding-3-small');
});

test('respond: a request refused before the quota costs nothing, a filtered one is charged', () => {
  const one = resource();
  answered(one, request({}));
  answered(one, request(HELLO, { headers: { 'api-key': 'no' } }));
  assert.equal(counted(one), 0);
  answered(one, request({ messages: [{ role: 'user', content: CONTENT_FILTER_TRIGGER }] }));
  assert.equal(counted(one), 1);
});

test('respond: the same seed and prompt give the same words, on every resource and whatever came before', () => {
  const words = (answer: Answer): string => bodyOf(answer).choices[0].message.content;
  const one = resource();
  const first = bodyOf(answered(one, request(HELLO)));
  const again = bodyOf(answered(one, request(HELLO)));
  assert.deepEqual(again.choices, first.choices);
  assert.notEqual(again.id, first.id);
  assert.notEqual(
    words(answered(one, request({ messages: [{ role: 'user', content: 'Hello!' }] }))),
    first.choices[0].message.content,
  );
  assert.deepEqual(answered(resource(), request(HELLO)), answered(resource(), request(HELLO)));
});

test('respond: a stream says the same words as an answer in one piece', () => {
  const answer = answered(resource(), request({ ...HELLO, stream: true }));
  assert.equal(headersOf(answer)['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(headersOf(answer)['azureai-fe-is-streaming'], 'True');
  const events = answer.body.kind === 'events' ? answer.body.events : null;
  const chunks = events?.content(0, events.contentEvents).split('\n\n').slice(0, -1) ?? [];
  const text = chunks.map((chunk) => JSON.parse(chunk.slice(6)).choices[0].delta.content).join('');
  assert.equal(text, bodyOf(answered(resource(), request(HELLO))).choices[0].message.content);
});

test('respond: an answer takes its time, a refusal none', () => {
  const one = resource(new Faults(), { firstTokenMs: 100, perTokenMs: 10, spread: 0, gapSpread: 0 });
  const { waitMs } = answered(one, request({ ...HELLO, max_tokens: 5 }));
  // The prompt of 9 tokens adds 0.18 ms, the four tokens after the first 10 ms each.
  assert.ok(waitMs >= 140 && waitMs <= 141, `${waitMs}`);
  assert.equal(answered(one, request(HELLO, { headers: { 'api-key': 'no' } })).waitMs, 0);
  assert.equal(answered(one, request({ ...HELLO, max_tokens: 10_000, n: 4 })).waitMs, 0);
});

test('respond: lists the models behind the deployments, in both dialects', () => {
  const get = { method: 'GET', body: '' };
  const classic = bodyOf(answered(resource(), request('', { ...get, path: '/openai/models' })));
  assert.deepEqual(
    classic.data.map((model: { id: string }) => model.id),
    ['gpt-4o-2024-11-20', 'text-embedding-3-small', 'gpt-4o-2024-05-13'],
  );
  assert.equal(classic.data[1].capabilities.embeddings, true);
  const v1 = bodyOf(answered(resource(), request('', { ...get, path: '/openai/v1/models', query: '' })));
  assert.deepEqual(v1.data[0], { id: 'gpt-4o-2024-11-20', object: 'model', created: 1_732_060_800, owned_by: 'azure' });
  const one = answered(
    resource(),
    request('', { ...get, path: '/openai/v1/models/text-embedding-3-small', query: '' }),
  );
  assert.equal(bodyOf(one).id, 'text-embedding-3-small');
  assert.equal(answered(resource(), request('', { ...get, path: '/openai/v1/models/none', query: '' })).status, 404);
});

function withFault(fault: Record<string, unknown>): Resource {
  const faults = new Faults();
  const read = readFault(fault, new Map([['openai1', ['chat', 'embedding', 'own']]]));
  if (read.kind === 'errors') throw new Error(read.errors.join('; '));
  faults.add(read.spec);
  return resource(faults);
}

test('respond: a fault with a status answers it, uncounted, once', () => {
  const one = withFault({ kind: 'status', status: 503, headers: { 'x-ms-region': 'Nowhere', 'retry-after': '7' } });
  const answer = answered(one, request(HELLO));
  assert.deepEqual([answer.status, answer.fault], [503, 'status']);
  assert.equal(bodyOf(answer).error.code, 'InternalServerError');
  assert.deepEqual([headersOf(answer)['x-ms-region'], headersOf(answer)['retry-after']], ['Nowhere', '7']);
  assert.equal(counted(one), 0);
  assert.equal(answered(one, request(HELLO)).status, 200);
});

test('respond: a fault of 429 says the wait that its header says, one of 403 is the firewall', () => {
  const throttled = answered(
    withFault({ kind: 'status', status: 429, headers: { 'retry-after': '7' } }),
    request(HELLO),
  );
  assert.equal(bodyOf(throttled).error.message, 'Rate limit is exceeded. Try again in 7 seconds.');
  const denied = answered(withFault({ kind: 'status', status: 403 }), request(HELLO));
  assert.equal(headersOf(denied)['policy-id'], 'ThrowExceptionDueToTrafficDenied');
});

test('respond: a fault for a deployment finds it in the body of v1 too', () => {
  const one = withFault({ kind: 'hang', deployment: 'own' });
  assert.equal(one.respond(request({ ...HELLO, model: 'chat' }, V1), NOW_MS).kind, 'answer');
  assert.equal(one.respond(request({ ...HELLO, model: 'own' }, V1), NOW_MS).kind, 'hang');
});

const FAULTS: ReadonlyArray<readonly [fault: Record<string, unknown>, reply: Record<string, unknown>]> = [
  [
    { kind: 'reset', delayMs: 5 },
    { kind: 'reset', waitMs: 5, deployment: 'chat', fault: 'reset', work: null },
  ],
  [{ kind: 'hang' }, { kind: 'hang', waitMs: 0, deployment: 'chat', fault: 'hang', work: null }],
];

for (const [fault, reply] of FAULTS) {
  test(`respond: a ${fault.kind} gives no answer`, () => {
    assert.deepEqual(withFault(fault).respond(request(HELLO), NOW_MS), { ...reply, metered: null });
  });
}

test('respond: a delay is waited before an answer that is as ever', () => {
  const answer = answered(withFault({ kind: 'delay', delayMs: 250 }), request(HELLO));
  assert.deepEqual([answer.status, answer.waitMs, answer.cut], [200, 250, null]);
});

test('respond: a cut tells where to break off', () => {
  const cut = answered(withFault({ kind: 'cut', afterEvents: 3 }), request({ ...HELLO, stream: true })).cut;
  assert.deepEqual(cut, { kind: 'inBody', afterEvents: 3, afterBytes: null });
  assert.deepEqual(answered(withFault({ kind: 'cut-before-body' }), request(HELLO)).cut, { kind: 'beforeBody' });
});

const SEED = 401;
const STATUSES = [200, 400, 401, 404, 429];
const KEYS = ['messages', 'input', 'model', 'tools', 'tool_choice', 'n', 'stop', 'max_tokens', 'stream', 'dimensions'];

/** Whole answers and every event can be read as JSON. */
function checkReadable(answer: Answer): void {
  if (answer.body.kind === 'text') JSON.parse(answer.body.text);
  else if (answer.body.kind === 'events') {
    const { events } = answer.body;
    const text = events.preamble() + events.content(0, events.contentEvents) + events.ending();
    const parts = text.split('\n\n');
    assert.deepEqual(parts.slice(-2), ['data: [DONE]', '']);
    for (const part of parts.slice(0, -2)) JSON.parse(part.slice(6));
  }
}

test(`respond: whatever comes, the answer is one that Azure could give (seed ${SEED})`, () => {
  const one = resource();
  const value = fc.oneof(fc.jsonValue(), fc.constant(HELLO.messages), fc.constantFrom('chat', 'required', true, 3));
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(fc.constantFrom(...KEYS), value).map((fields) => JSON.stringify(fields)),
    fc.dictionary(fc.constantFrom(...KEYS), value).map((fields) => JSON.stringify({ ...HELLO, ...fields })),
  );
  const path = fc.oneof(
    fc.constantFrom(
      CHAT_PATH,
      V1.path,
      '/openai/deployments/embedding/embeddings',
      '/openai/models',
      '/openai/v1/embeddings',
    ),
    fc.webPath(),
    fc.string().map((tail) => `/openai/${tail}`),
  );
  const query = fc.constantFrom('', 'api-version=2024-10-21', 'api-version=%', 'api-version');
  let nowMs = NOW_MS;
  fc.assert(
    fc.property(path, query, body, fc.constantFrom('GET', 'POST', 'PUT'), (path, query, body, method) => {
      nowMs += 5000;
      const answer = answered(one, request(body, { path, query, method }), nowMs);
      assert.ok(STATUSES.includes(answer.status), String(answer.status));
      checkReadable(answer);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});
