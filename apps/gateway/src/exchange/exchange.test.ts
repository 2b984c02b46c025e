import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNKNOWN_WAIT_MS } from '@spillway/policy';
import { testClient } from '../testing/client.ts';
import { assertWhole, CHAT, type TestAsk, type TestCall, TestGateway } from '../testing/kit.ts';

const SSE = { 'content-type': 'text/event-stream' };
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"},"index":0}]}\n\n';
const THROTTLED = '{"error":{"code":"429","message":"slow down"}}';
const IMAGES = '/openai/deployments/chat/images/generations?api-version=2024-10-21';
const FILES = '/openai/files?api-version=2024-10-21';

test('exchange: an answer comes back as it was, with our headers behind it', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  gateway.call.answer(200, '{"ok":1}', {
    'Content-Type': 'application/json',
    'X-Odd': 'Kept',
    connection: 'keep-alive',
  });
  assertWhole(inbound, 200, '{"ok":1}');
  assert.deepEqual(inbound.headers.slice(0, 4), ['Content-Type', 'application/json', 'X-Odd', 'Kept']);
  assert.equal(inbound.got('connection'), null);
  assert.equal(inbound.got('x-spillway-attempts'), '1');
  assert.equal(inbound.got('x-spillway-deployment'), 'openai1/chat');
  assert.match(inbound.got('x-spillway-request-id') ?? '', /^[0-9a-f-]{36}$/);
});

test('exchange: a 429 goes to another deployment at once, with the same bytes', () => {
  const gateway = new TestGateway();
  const body = '{"messages":[{"role":"user","content":"Grüße \\u00e9"}],   "temperature":0.70}';
  const inbound = gateway.ask({ body });
  gateway.call.answer(429, THROTTLED, { 'retry-after-ms': '5000' });
  assert.deepEqual(gateway.called, ['openai1', 'openai2']);
  assert.equal(gateway.call.request.body?.toString(), body);
  gateway.call.answer(200, '{}');
  assertWhole(inbound, 200, '{}');
  assert.equal(inbound.got('x-spillway-attempts'), '2');
  assert.equal(gateway.stateOf('openai1/chat').throttle.untilMs, gateway.clock.nowMs() + 5_000);
});

/** Time goes by for a call that has come so far. */
function pass(ms: number, gateway: TestGateway, _call: TestCall): void {
  gateway.clock.advance(ms);
}

/** How a backend may fail, and whether a request that could be done twice is still tried elsewhere. */
const FAILURES: ReadonlyArray<
  readonly [name: string, fail: (call: TestCall, gateway: TestGateway) => void, proven: boolean]
> = [
  ['401', (call) => call.answer(401, '{"error":{"code":"401","message":"no"}}'), true],
  ['403', (call) => call.answer(403, '{"error":{"code":"403","message":"no"}}'), true],
  [
    '404 DeploymentNotFound',
    (call) => call.answer(404, '{"error":{"code":"DeploymentNotFound","message":"no"}}'),
    true,
  ],
  ['408', (call) => call.answer(408, '{"error":{"code":"Timeout","message":"no"}}'), false],
  ['424 of an inner 429', (call) => call.answer(424, '{}', { 'ms-azureml-model-error-statuscode': '429' }), true],
  ['424 of an inner 500', (call) => call.answer(424, '{}', { 'ms-azureml-model-error-statuscode': '500' }), false],
  ['429', (call) => call.answer(429, THROTTLED), true],
  ['500', (call) => call.answer(500, '{"error":{"message":"no"}}'), false],
  ['503 that is no JSON', (call) => call.answer(503, '<html>', { 'content-type': 'text/html' }), false],
  ['a refused connection', (call) => call.refusesConnection(), true],
  ['an unknown host', (call) => call.refusesConnection('ENOTFOUND'), true],
  ['a connect timeout', (_call, gateway) => gateway.clock.advance(10_100), true],
  ['a reset before the head', (call) => call.connected().breaks(), false],
  ['a first-byte timeout', (call, gateway) => pass(100_100, gateway, call.connected()), false],
  ['a reset after the head', (call) => call.head(200).breaks(), false],
  ['a reset in the middle of a JSON answer', (call) => call.head(200).data('{"choices":[').breaks(), false],
  [
    'an idle timeout in the middle of a JSON answer',
    (call, gateway) => pass(100_100, gateway, call.head(200).data('{"')),
    false,
  ],
];

for (const [name, fail, proven] of FAILURES) {
  test(`exchange: ${name} is tried elsewhere at once, and the client sees a whole answer`, () => {
    const gateway = new TestGateway();
    const inbound = gateway.ask();
    fail(gateway.call, gateway);
    assert.deepEqual(gateway.called, ['openai1', 'openai2']);
    assert.equal(inbound.status, null);
    gateway.call.answer(200, '{"ok":true}');
    assertWhole(inbound, 200, '{"ok":true}');
    assert.equal(gateway.stateOf('openai1/chat').inFlight, 0);
  });

  test(`exchange: ${name} on a request that could be done twice ${proven ? 'is tried elsewhere' : 'ends there'}`, () => {
    const gateway = new TestGateway();
    const inbound = gateway.ask({ target: IMAGES });
    fail(gateway.call, gateway);
    if (proven) {
      assert.deepEqual(gateway.called, ['openai1', 'openai2']);
      gateway.call.answer(200, '{}');
      assertWhole(inbound, 200, '{}');
    } else {
      assert.deepEqual(gateway.called, ['openai1']);
      assert.equal(inbound.ended, true);
      assert.ok((inbound.status ?? 0) >= 400);
    }
    assert.equal(gateway.context.inFlight, 0);
  });
}

test('exchange: a careful request that timed out gets 504 that says it may have taken effect', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask({ target: FILES });
  gateway.call.connected();
  gateway.clock.advance(100_100);
  assert.equal(inbound.status, 504);
  assert.match(inbound.received, /UpstreamTimeout.*may have taken effect/);
  assert.equal(gateway.call.cancelled, true);
});

const CLIENTS_OWN: ReadonlyArray<readonly [status: number, body: string]> = [
  [400, '{"error":{"code":"content_filter","message":"filtered"}}'],
  [400, '{"error":{"code":"unsupported_value","message":"no"}}'],
  [404, '{"error":{"code":"404","message":"Resource not found"}}'],
  [409, '{}'],
  [413, ''],
  [422, '{"detail":[]}'],
  [424, '{}'],
];

for (const [status, body] of CLIENTS_OWN) {
  test(`exchange: ${status} ${body.slice(0, 40)} is the client's and touches nothing`, () => {
    const gateway = new TestGateway();
    for (let i = 0; i < 20; i++) {
      const inbound = gateway.ask();
      const call = gateway.call.head(status);
      if (body !== '') call.data(body);
      call.end();
      assertWhole(inbound, status, body);
    }
    assert.deepEqual(new Set(gateway.called), new Set(['openai1']));
    assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
  });
}

test('exchange: a prompt that is too long is not sent to another that is as short: the client gets the answer as it was', () => {
  const gateway = new TestGateway();
  const body = '{"error":{"code":"context_length_exceeded","message":"long"}}';
  for (let i = 0; i < 20; i++) {
    const inbound = gateway.ask();
    gateway.call.answer(400, body);
    assertWhole(inbound, 400, body);
    assert.equal(inbound.got('x-spillway-attempts'), '1');
    assert.match(inbound.got('x-spillway-deployment') ?? '', /^openai\d\/chat$/);
  }
  assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
});

test('exchange: a prompt too long for a provisioned deployment goes to a Standard one, and the next one as long goes there at once', () => {
  const gateway = new TestGateway({
    members: [
      { on: 'units', type: 'ProvisionedManaged', priority: 1 },
      { on: 'standard', type: 'Standard', priority: 2 },
    ],
  });
  for (const attempts of ['2', '1']) {
    const inbound = gateway.ask();
    if (attempts === '2') gateway.call.answer(400, '{"error":{"code":"context_length_exceeded","message":"long"}}');
    gateway.call.answer(200, '{}');
    assertWhole(inbound, 200, '{}');
    assert.equal(inbound.got('x-spillway-attempts'), attempts);
  }
  assert.deepEqual(gateway.called, ['units', 'standard', 'standard']);
});

test('exchange: one request that breaks every deployment opens no breaker but that of the first it is sent to', () => {
  const gateway = new TestGateway();
  for (let i = 0; i < 4; i++) {
    const inbound = gateway.ask();
    for (let tries = 0; tries < 3; tries++) gateway.call.answer(500, '{}');
    assert.equal(inbound.status, 500);
  }
  const failures = ['openai1', 'openai2', 'openai3'].map((on) => gateway.stateOf(`${on}/chat`).breaker);
  assert.deepEqual(
    failures.map((breaker) => (breaker.kind === 'closed' ? breaker.inARow : breaker.kind)),
    [4, 0, 0],
  );
});

test('exchange: when all have failed, the last upstream error comes back as it was', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  gateway.call.answer(500, '{"error":{"message":"first"}}');
  gateway.call.refusesConnection();
  gateway.call.answer(503, '<h1>third</h1>', { 'content-type': 'text/html', 'x-third': 'yes' });
  assertWhole(inbound, 503, '<h1>third</h1>');
  assert.equal(inbound.got('x-third'), 'yes');
  assert.equal(inbound.got('x-spillway-deployment'), 'openai3/chat');
  assert.equal(inbound.got('x-spillway-attempts'), '3');
});

test('exchange: when all are throttled, 429 with the earliest time of all', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  gateway.call.answer(429, THROTTLED, { 'retry-after': '30' });
  gateway.call.answer(429, THROTTLED, { 'retry-after-ms': '4200' });
  gateway.call.answer(429, THROTTLED, { 'retry-after': '86400' });
  assert.equal(inbound.status, 429);
  assert.equal(inbound.got('retry-after-ms'), '4200');
  assert.equal(inbound.got('retry-after'), '5');
  assert.match(inbound.received, /^\{"error":\{"code":"429"/);
  const second = gateway.ask();
  assert.equal(second.status, 429);
  assert.equal(second.got('x-spillway-attempts'), '0');
  assert.equal(gateway.upstream.calls.length, 3);
  gateway.clock.advance(4_201);
  gateway.ask();
  assert.equal(gateway.called.at(-1), 'openai2');
});

test('exchange: while a quota is all that keeps one from serving, the client hears when, not how the others failed', () => {
  for (const fail of [(call: TestCall) => call.answer(401, 'no'), (call: TestCall) => call.answer(500, 'no')]) {
    const gateway = new TestGateway();
    const inbound = gateway.ask();
    gateway.call.answer(429, THROTTLED, { 'retry-after': '30' });
    gateway.call.answer(429, THROTTLED, { 'retry-after': '20' });
    fail(gateway.call);
    assert.equal(inbound.status, 429);
    assert.equal(inbound.got('retry-after-ms'), '20000');
  }
});

test('exchange: a probe is told of as its breaker opens half', () => {
  const gateway = new TestGateway({ members: [{ on: 'openai1' }] });
  for (let i = 0; i < 5; i++) {
    gateway.ask();
    gateway.call.answer(500, 'no');
  }
  gateway.clock.advance(10_001);
  gateway.ask();
  gateway.call.answer(200, '{}');
  const states = gateway.events.flatMap((event) => (event.kind === 'breakerMoved' ? [event.state.kind] : []));
  assert.deepEqual(states, ['open', 'halfOpen', 'closed']);
});

test('exchange: the record names what was asked for even where nobody serves it', () => {
  const gateway = new TestGateway({ clients: [testClient('app', 'key')] });
  const target = '/openai/deployments/other/chat/completions?api-version=1';
  gateway.ask({ target, headers: { 'api-key': 'key' } });
  gateway.ask({ target });
  const [missing, stranger] = gateway.exchanges;
  assert.deepEqual([missing?.status, missing?.model, missing?.operation], [404, 'other', 'chat.completions']);
  assert.deepEqual([stranger?.status, stranger?.operation], [401, 'chat.completions']);
});

test('exchange: when nobody can be reached, 503 with a time to come back; then, with the breakers open, without a try', () => {
  const gateway = new TestGateway();
  for (let i = 0; i < 5; i++) {
    const inbound = gateway.ask();
    for (let tries = 0; tries < 3; tries++) gateway.call.refusesConnection();
    assert.equal(inbound.status, 503);
    if (i < 4) assert.equal(inbound.got('retry-after-ms'), String(UNKNOWN_WAIT_MS));
    assert.match(inbound.received, /connectFailed ECONNREFUSED/);
  }
  const inbound = gateway.ask();
  assert.equal(inbound.status, 503);
  assert.equal(inbound.got('retry-after-ms'), '10000');
  assert.equal(gateway.upstream.calls.length, 15);
});

test('exchange: a refused credential is told to the operator although the client sees an answer', () => {
  const gateway = new TestGateway();
  gateway.ask();
  gateway.call.answer(401, '{}');
  gateway.call.answer(200, '{}');
  const problems = gateway.events.filter((event) => event.kind === 'operatorProblem');
  assert.equal(problems.length, 1);
  assert.equal(problems[0]?.kind === 'operatorProblem' && problems[0].subject, 'openai1');
});

// The client

test('exchange: a client that leaves cancels its request at the backend, and nobody is to blame', () => {
  const moments: ReadonlyArray<(call: TestCall) => void> = [
    () => {},
    (call) => call.receiver.onConnected(),
    (call) => call.head(200, SSE),
    (call) => call.head(200, SSE).data(CONTENT),
  ];
  for (const reach of moments) {
    const gateway = new TestGateway();
    for (let i = 0; i < 10; i++) {
      const inbound = gateway.ask();
      reach(gateway.call);
      inbound.leave();
      assert.equal(gateway.call.cancelled, true);
    }
    assert.deepEqual(new Set(gateway.called), new Set(['openai1']));
    assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
    assert.equal(gateway.stateOf('openai1/chat').inFlight, 0);
    assert.deepEqual(new Set(gateway.exchanges.map((each) => each.ending)), new Set(['clientGone']));
  }
});

test('exchange: a slow client pauses the backend, and the pause is no idle time', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  const call = gateway.call.head(200, SSE).data(CONTENT);
  inbound.roomy = false;
  call.data(CONTENT);
  assert.equal(call.paused, true);
  gateway.clock.advance(500_000);
  assert.equal(inbound.destroyed, false);
  inbound.drains();
  assert.equal(call.paused, false);
  gateway.clock.advance(100_100);
  assert.match(inbound.received, /upstream_broken/);
});

// Limits and doors

test('exchange: a body past its limit gets 413 and reaches nobody', () => {
  const gateway = new TestGateway({ limits: { bodyBytesMax: 10 } });
  const inbound = gateway.ask({ body: '01234567890' });
  assert.equal(inbound.status, 413);
  assert.equal(gateway.upstream.calls.length, 0);
  gateway.ask({ body: '0123456789' });
  assert.equal(gateway.upstream.calls.length, 1);
});

test('exchange: past the number of exchanges at once, 503 with a time to come back', () => {
  const gateway = new TestGateway({ limits: { exchangesMax: 2 } });
  gateway.ask();
  gateway.ask();
  const third = gateway.ask();
  assert.equal(third.status, 503);
  assert.equal(third.got('retry-after-ms'), '1000');
  gateway.call.answer(200, '{}');
  const fourth = gateway.ask();
  assert.equal(fourth.status, null);
});

test('exchange: with client keys a stranger gets 401 and reaches nobody; both ways to send a key are known', () => {
  const clients = [testClient('chat-app', 'client-key')];
  const cases: ReadonlyArray<readonly [headers: TestAsk['headers'], known: boolean]> = [
    [{}, false],
    [{ 'api-key': 'wrong' }, false],
    [{ authorization: 'Basic client-key' }, false],
    [{ 'api-key': 'client-key' }, true],
    [{ authorization: 'Bearer client-key' }, true],
    [{ authorization: 'bearer  client-key ' }, true],
    [{ 'api-key': 'x'.repeat(5_000) }, false],
  ];
  for (const [headers, known] of cases) {
    const gateway = new TestGateway({ clients });
    const inbound = gateway.ask(headers === undefined ? {} : { headers });
    assert.equal(inbound.status, known ? null : 401);
    assert.equal(gateway.upstream.calls.length, known ? 1 : 0);
    if (!known) continue;
    gateway.call.answer(200, '{}');
    assert.equal(gateway.exchanges[0]?.client, 'chat-app');
  }
});

test('exchange: no credential of the client, no proxy header and no header of ours goes up; the backend gets its own key', () => {
  const gateway = new TestGateway();
  gateway.ask({
    target: `${CHAT}&api-key=canary1`,
    headers: {
      'api-key': 'canary2',
      authorization: 'Bearer canary3',
      cookie: 'canary4',
      'x-forwarded-for': '10.0.0.1',
      'x-stainless-lang': 'js',
      'x-spillway-explain': '1',
      'x-hop': 'canary5',
      connection: 'keep-alive, X-Hop',
      te: 'trailers',
      'x-ms-client-request-id': 'kept',
    },
  });
  const { headers, path } = gateway.call.request;
  assert.deepEqual(headers, [
    'content-type',
    'application/json',
    'x-ms-client-request-id',
    'kept',
    'api-key',
    'key-of-openai1',
  ]);
  assert.equal(path, CHAT);
});

test('exchange: pinning takes the admin key; pinned, no other deployment is tried', () => {
  const gateway = new TestGateway({ adminKey: 'admin' });
  const refused = gateway.ask({ headers: { 'x-spillway-pin': 'openai3/chat' } });
  assert.equal(refused.status, 403);
  const pinned = gateway.ask({ headers: { 'x-spillway-pin': 'openai3/chat', 'x-spillway-admin-key': 'admin' } });
  assert.deepEqual(gateway.called, ['openai3']);
  gateway.call.answer(500, 'no');
  assert.equal(pinned.status, 500);
});

// Names

test('exchange: a deployment called chat survives the rewriting of its path segment', () => {
  const gateway = new TestGateway({ members: [{ on: 'a', name: 'gpt-4o-ptu', model: 'chat' }] });
  gateway.ask({ target: CHAT });
  assert.equal(gateway.call.request.path, '/openai/deployments/gpt-4o-ptu/chat/completions?api-version=2024-10-21');
});

test('exchange: on v1 the deployment is spliced into the body, each other byte kept, and a dated api-version dropped', () => {
  const members = [
    { on: 'a', name: 'gpt-4o-ptu', model: 'gpt-4o', priority: 1 },
    { on: 'b', name: 'gpt-4o', model: 'gpt-4o', priority: 2 },
  ];
  const gateway = new TestGateway({ members });
  const body = '{ "messages":[{"content":"model: \\"gpt-4o\\""}],\n "model" : "gpt-4o", "x":1.50}';
  gateway.ask({ target: '/openai/v1/chat/completions?api-version=2024-10-21&a=b', body });
  assert.equal(gateway.call.request.path, '/openai/v1/chat/completions?a=b');
  assert.equal(gateway.call.request.body?.toString(), body.replace(': "gpt-4o"', ': "gpt-4o-ptu"'));
  gateway.call.answer(429, THROTTLED);
  assert.equal(gateway.call.request.body?.toString(), body);
});

test('exchange: a model that is named twice goes up under one name', () => {
  const gateway = new TestGateway({ members: [{ on: 'a', name: 'gpt-4o' }] });
  gateway.ask({ target: '/openai/v1/chat/completions', body: '{"model":"forbidden","model":"gpt-4o"}' });
  assert.equal(gateway.call.request.body?.toString(), '{"model":"gpt-4o","model":"gpt-4o"}');
});

test('exchange: headers that the connection header of an answer names end at the gateway', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  gateway.call.answer(200, '{}', { connection: 'x-hop', 'X-Hop': '1', 'x-kept': '2' });
  assert.deepEqual(inbound.headers.slice(0, 2), ['x-kept', '2']);
});

test("exchange: an unknown name is 404 in Azure's shape; an open backend serves any name", () => {
  const closed = new TestGateway();
  const inbound = closed.ask({ target: '/openai/deployments/other/chat/completions?api-version=1' });
  assert.equal(inbound.status, 404);
  assert.match(inbound.received, /DeploymentNotFound/);
  const open = new TestGateway({ open: ['o1', 'o2'] });
  open.ask({ target: '/openai/deployments/other/chat/completions?api-version=1' });
  open.call.answer(429, THROTTLED);
  assert.deepEqual(open.called, ['o1', 'o2']);
});

test("exchange: a path that is none of Azure OpenAI's is 404, and a request without a name goes to a resource", () => {
  const gateway = new TestGateway();
  assert.equal(gateway.ask({ target: '/metrics' }).status, 404);
  gateway.ask({ method: 'GET', target: '/openai/models?api-version=2024-10-21', body: '' });
  assert.equal(gateway.call.request.path, '/openai/models?api-version=2024-10-21');
  assert.equal(gateway.call.request.body, null);
});

test("exchange: headers of ours can be switched off, the backend's URL switched on, the decision asked for", () => {
  const off = new TestGateway({
    gateway: { headers: { spillway: false, hideUpstreamHeaders: true, backendUrl: true } },
  });
  const inbound = off.ask();
  off.call.answer(200, '{}', { 'x-ratelimit-remaining-tokens': '5', 'x-ms-region': 'East US', 'x-request-id': 'r' });
  assert.deepEqual(inbound.headers, ['x-request-id', 'r', 'x-openai-backendurl', 'https://openai1.openai.azure.com']);
  const asked = new TestGateway();
  const explained = asked.ask({ headers: { 'x-spillway-explain': '1' } });
  asked.call.answer(429, THROTTLED, { 'retry-after': '3' });
  asked.call.answer(200, '{}');
  assert.match(
    explained.got('x-spillway-decision') ?? '',
    /^tried: openai1\/chat=429, openai2\/chat=200; passed over: openai3\/chat=higherPriorityNumber; waited: 0 ms$/,
  );
});

const UNREADABLE: ReadonlyArray<readonly [name: string, ask: TestAsk, sends: number]> = [
  [
    'says in upper case that it is JSON',
    { headers: { 'content-type': 'APPLICATION/JSON' }, body: '{"store":true}' },
    1,
  ],
  ['says that it is text', { headers: { 'content-type': 'text/plain' }, body: '{"store":true}' }, 1],
  ['is compressed', { headers: { 'content-encoding': 'gzip' }, body: '\u001f\u008b' }, 1],
  ['is no JSON', { body: 'store' }, 1],
  ['stores nothing', { headers: { 'content-type': 'text/plain' }, body: '{"messages":[]}' }, 2],
];

for (const [name, ask, sends] of UNREADABLE) {
  test(`exchange: a chat completion whose body ${name} is sent ${sends === 1 ? 'once' : 'again'} after a 500`, () => {
    const gateway = new TestGateway();
    gateway.ask(ask);
    gateway.call.answer(500, 'no');
    assert.equal(gateway.upstream.calls.length, sends);
  });
}

test('exchange: a chat completion that is to be stored is not sent twice', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask({ body: '{"messages":[],"store":true}' });
  gateway.call.answer(500, 'no');
  assert.equal(inbound.status, 500);
  assert.deepEqual(gateway.called, ['openai1']);
});
