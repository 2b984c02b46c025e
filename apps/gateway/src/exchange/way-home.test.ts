import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Seal } from '../home/seal.ts';
import { TestGateway, type TestInbound } from '../testing/kit.ts';

/** As the kit's gateways have it. */
const seal = new Seal(['a key for tests']);
const RESPONSE = 'resp_0123456789abcdef';
const FILE = 'file-0123456789abcdef';
const JSON_TYPE = { 'content-type': 'application/json' };

function ask(gateway: TestGateway, method: string, target: string, body?: unknown): TestInbound {
  return gateway.ask({ method, target, body: body === undefined ? '' : JSON.stringify(body) });
}

test('exchange: an id goes out sealed and comes home, whoever is preferred', () => {
  const gateway = new TestGateway();
  const made = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat', input: 'hi' });
  gateway.call.refusesConnection();
  assert.equal(gateway.call.request.origin, 'https://openai2.openai.azure.com');
  gateway.call.answer(200, `{"id":"${RESPONSE}","object":"response"}`, { ...JSON_TYPE, 'content-length': '54' });
  const { id } = JSON.parse(made.received);
  assert.deepEqual(seal.open(id), { kind: 'sealed', owner: 'openai2', id: RESPONSE });
  assert.equal(made.got('content-length'), String(Buffer.byteLength(made.received)), 'the length is another one');

  ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat', previous_response_id: id, input: 'and?' });
  assert.equal(gateway.call.request.origin, 'https://openai2.openai.azure.com');
  assert.equal(JSON.parse(gateway.call.request.body?.toString() ?? '').previous_response_id, RESPONSE);

  ask(gateway, 'GET', `/openai/v1/responses/${id}`);
  assert.equal(gateway.call.request.path, `/openai/v1/responses/${RESPONSE}`);
  assert.equal(gateway.call.request.origin, 'https://openai2.openai.azure.com');
});

test('exchange: where the owner is throttled the client waits for it; nobody else is asked', () => {
  const gateway = new TestGateway();
  const id = seal.seal(RESPONSE, 'openai2');
  const client = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat', previous_response_id: id });
  gateway.call.answer(429, '{}', { ...JSON_TYPE, 'retry-after-ms': '1500' });
  assert.equal(gateway.called.length, 1);
  assert.equal(client.status, 429);
  assert.equal(client.got('retry-after-ms'), '1500');
});

test('exchange: a stream has its ids sealed, event by event', () => {
  const gateway = new TestGateway();
  const client = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat', stream: true });
  gateway.call.head(200, { 'content-type': 'text/event-stream' });
  gateway.call.data(`data: {"type":"response.created","response":{"id":"${RESPONSE}"}}\n\n`);
  gateway.call.data(`data: {"type":"response.output_text.delta","item_id":"msg_0123456789","del`);
  gateway.call.data(`ta":"x"}\n\n`);
  gateway.call.end();
  assert.ok(!client.received.includes(RESPONSE) && !client.received.includes('msg_0123456789'));
  assert.ok(client.received.includes(seal.seal(RESPONSE, 'openai1')));
});

const PLAIN: ReadonlyArray<readonly [what: string, target: string, body: unknown]> = [
  ['a chat completion', '/openai/v1/chat/completions', { model: 'chat', messages: [] }],
  ['a response that is not kept', '/openai/v1/responses', { model: 'chat', store: false }],
  ['embeddings', '/openai/v1/embeddings', { model: 'chat', input: 'x' }],
];

for (const [what, target, body] of PLAIN) {
  test(`exchange: ${what} passes byte for byte, its id too`, () => {
    const gateway = new TestGateway();
    const client = ask(gateway, 'POST', target, body);
    const answer = `{ "id":"${RESPONSE}" , "x":1.0}`;
    gateway.call.answer(200, answer, { ...JSON_TYPE, 'content-length': String(answer.length) });
    assert.equal(client.received, answer);
    assert.equal(client.got('content-length'), String(answer.length));
  });
}

test('exchange: a chat completion that is stored has its id sealed', () => {
  const gateway = new TestGateway();
  const client = ask(gateway, 'POST', '/openai/v1/chat/completions', { model: 'chat', messages: [], store: true });
  gateway.call.answer(200, '{"id":"chatcmpl-0123456789"}');
  assert.equal(seal.open(JSON.parse(client.received).id).kind, 'sealed');
});

const REFUSED: ReadonlyArray<readonly [what: string, path: string, status: number, code: string]> = [
  ['of a backend that is gone', `responses/${seal.seal(RESPONSE, 'openai9')}`, 404, 'StateOwnerGone'],
  ['of another gateway', `responses/${new Seal(['other']).seal(RESPONSE, 'openai1')}`, 404, 'UnknownState'],
  [
    'of two backends',
    `vector_stores/${seal.seal('vs_0123456789', 'openai1')}/files/${seal.seal(FILE, 'openai2')}`,
    400,
    'StateOnTwoResources',
  ],
];

for (const [what, path, status, code] of REFUSED) {
  test(`exchange: an id ${what} is refused with ${code}, and nobody is asked`, () => {
    const gateway = new TestGateway();
    const client = ask(gateway, 'GET', `/openai/v1/${path}`);
    assert.deepEqual([client.status, JSON.parse(client.received).error.code], [status, code]);
    assert.equal(gateway.called.length, 0);
  });
}

test('exchange: state of a backend without the model asked for is refused', () => {
  const gateway = new TestGateway({ members: [{ on: 'openai1' }, { on: 'openai2', name: 'other' }] });
  const id = seal.seal(RESPONSE, 'openai2');
  const client = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat', previous_response_id: id });
  assert.equal(JSON.parse(client.received).error.code, 'StateOwnerLacksModel');
});

test('exchange: an id of nobody is asked of each owner once; then its owner is known', () => {
  const gateway = new TestGateway();
  const unknown = '{"error":{"message":"No such File object","code":null}}';
  const client = ask(gateway, 'GET', `/openai/v1/files/${FILE}`);
  gateway.call.answer(404, unknown);
  gateway.call.answer(404, unknown);
  gateway.call.answer(200, `{"id":"${FILE}"}`);
  assert.equal(client.status, 200);
  assert.deepEqual(gateway.called, ['openai1', 'openai2', 'openai3']);
  ask(gateway, 'DELETE', `/openai/v1/files/${FILE}`);
  assert.equal(gateway.call.request.origin, 'https://openai3.openai.azure.com');
});

test('exchange: an id that no owner knows gets their answer', () => {
  const gateway = new TestGateway();
  const client = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat', previous_response_id: RESPONSE });
  const unknown = '{"error":{"code":"previous_response_not_found","message":"gone"}}';
  for (let i = 0; i < 3; i++) gateway.call.answer(400, unknown);
  assert.deepEqual([client.status, client.received], [400, unknown]);
});

test('exchange: an error that repeats an id repeats it as the client knows it', () => {
  const gateway = new TestGateway();
  const id = seal.seal(RESPONSE, 'openai1');
  const client = ask(gateway, 'GET', `/openai/v1/responses/${id}`);
  gateway.call.answer(404, `{"error":{"message":"Response with id '${RESPONSE}' not found."}}`);
  assert.equal(JSON.parse(client.received).error.message, `Response with id '${id}' not found.`);
});

// What is not sealed

const SSE = { 'content-type': 'text/event-stream' };

test('exchange: what is looked into is asked for as it is; a plain chat completion keeps its encodings', () => {
  const gateway = new TestGateway();
  for (const [body, want] of [
    [{ model: 'chat', store: true }, 'identity'],
    [{ model: 'chat' }, 'gzip'],
  ] as const) {
    gateway.ask({
      target: '/openai/v1/chat/completions',
      headers: { 'Accept-Encoding': 'gzip' },
      body: JSON.stringify(body),
    });
    const { headers } = gateway.call.request;
    const encodings = headers.filter((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === 'accept-encoding');
    assert.deepEqual(encodings, [want]);
  }
});

test('exchange: a compressed answer passes as it is; whose its ids are is remembered', () => {
  const gateway = new TestGateway();
  const packed = gzipSync(`{"id":"${RESPONSE}"}`);
  const client = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat' });
  gateway.call.head(200, { ...JSON_TYPE, 'content-encoding': 'gzip', 'content-length': String(packed.length) });
  gateway.call.receiver.onData(packed);
  gateway.call.end();
  assert.equal(client.got('content-length'), String(packed.length));
  assert.equal(gateway.context.home.owners.of(RESPONSE), 'openai1');
});

test('exchange: an answer too long to be held has its ids sealed as it comes', () => {
  const gateway = new TestGateway({ limits: { heldAnswerBytesMax: 10 } });
  const client = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat' });
  const text = `{"id":"${RESPONSE}","output":[{"result":"${'A'.repeat(5_000)}"}],"previous_response_id":"${RESPONSE}"}`;
  gateway.call.head(200, { ...JSON_TYPE, 'content-length': String(text.length) });
  for (let i = 0; i < text.length; i += 17) gateway.call.data(text.slice(i, i + 17));
  gateway.call.end();
  assert.equal(client.received, text.replaceAll(RESPONSE, seal.seal(RESPONSE, 'openai1')));
  assert.equal(client.got('content-length'), null);
});

test('exchange: items that a stateless conversation repeats bind it to nobody', () => {
  const gateway = new TestGateway();
  const input = [{ type: 'message', id: 'msg_0123456789', role: 'assistant', content: [] }];
  for (let i = 0; i < 2; i++) {
    const client = ask(gateway, 'POST', '/openai/v1/responses', { model: 'chat', store: false, input });
    gateway.call.answer(429, '{"error":{"code":"429"}}', { 'retry-after-ms': '1' });
    gateway.call.answer(200, '{}');
    assert.equal(client.status, 200);
    gateway.clock.advance(10);
  }
  assert.equal(gateway.context.home.owners.size, 0);
});

test('exchange: what is deleted is forgotten; what is only taken out of something is not', () => {
  const gateway = new TestGateway();
  const { owners } = gateway.context.home;
  const store = 'vs_0123456789';
  for (const [path, left] of [
    [`vector_stores/${store}/files/${FILE}`, 'openai1'],
    [`files/${FILE}`, null],
  ] as const) {
    ask(gateway, 'DELETE', `/openai/v1/${path}`);
    gateway.call.answer(200, '{"deleted":true}');
    assert.equal(owners.of(FILE), left);
  }
});

test('exchange: where a backend says where something is, the client is told how to get there through the gateway', () => {
  const gateway = new TestGateway();
  const client = ask(gateway, 'POST', '/openai/v1/videos', { model: 'chat' });
  const place = 'https://openai1.openai.azure.com/openai/v1/videos/video_0123456789';
  gateway.call.answer(201, '{"id":"video_0123456789"}', { ...JSON_TYPE, location: place });
  assert.equal(client.got('location'), `/openai/v1/videos/${JSON.parse(client.received).id}`);
});

test('exchange: a run that breaks off says so as runs do, its ids sealed', () => {
  const gateway = new TestGateway();
  const thread = seal.seal('thread_0123456789', 'openai1');
  const client = ask(gateway, 'POST', `/openai/threads/${thread}/runs?api-version=2024-05-01-preview`, {
    assistant_id: seal.seal('asst_0123456789', 'openai1'),
    stream: true,
  });
  const created = 'event: thread.run.created\ndata: {"id":"run_0123456789","thread_id":"thread_0123456789"}\n\n';
  gateway.call.head(200, SSE).data(`${created}event: thread.mess`).breaks();
  const [first, last] = client.received.split('\n\n');
  assert.ok(first?.includes(`"thread_id":"${thread}"`));
  assert.match(last ?? '', /^event: error\ndata: \{"error":\{.*"code":"upstream_broken"\}\}$/);
});

// Several gateways

test('exchange: two gateways with one key share ids; with another key they are refused, clearly', () => {
  const [one, two, other] = [['k1'], ['k1'], ['k2']].map((sealKeys) => new TestGateway({ sealKeys }));
  assert.ok(one !== undefined && two !== undefined && other !== undefined);
  one.stateOf('openai1/chat').paused = true;
  const made = ask(one, 'POST', '/openai/v1/responses', { model: 'chat' });
  one.call.answer(200, `{"id":"${RESPONSE}"}`);
  const { id } = JSON.parse(made.received);
  ask(two, 'GET', `/openai/v1/responses/${id}`);
  assert.deepEqual(
    [two.call.request.origin, two.call.request.path],
    ['https://openai2.openai.azure.com', `/openai/v1/responses/${RESPONSE}`],
  );
  const refused = ask(other, 'GET', `/openai/v1/responses/${id}`);
  assert.deepEqual([refused.status, other.called.length], [404, 0]);
  assert.match(refused.received, /UnknownState.*SPILLWAY_SEAL_KEY/);
});

test('exchange: while keys are changed, gateways with the new and the old one read what both have sealed', () => {
  const old = new TestGateway({ sealKeys: ['old'] });
  const both = new TestGateway({ sealKeys: ['new', 'old'] });
  const made = ask(old, 'POST', '/openai/v1/responses', { model: 'chat' });
  old.call.answer(200, `{"id":"${RESPONSE}"}`);
  const before: string = JSON.parse(made.received).id;
  const read = ask(both, 'GET', `/openai/v1/responses/${before}`);
  both.call.answer(200, `{"id":"${RESPONSE}"}`);
  const after: string = JSON.parse(read.received).id;
  assert.equal(after, before, 'an id comes back as the client knows it');
  ask(both, 'GET', `/openai/v1/responses/${after}`);
  assert.equal(both.call.request.path, `/openai/v1/responses/${RESPONSE}`);
});
