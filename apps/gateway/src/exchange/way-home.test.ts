import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  assert.equal(made.got('content-length'), null, 'the length is another one');

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
