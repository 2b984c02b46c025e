import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DEFAULT_GATEWAY } from '@spillway/config';
import { WebSocket } from 'ws';
import { MESSAGE_BYTES_MAX } from './line.ts';
import { LINES_MAX } from './lines.ts';
import { bench, type SocketBench, standstill, until } from './testing/bench.ts';
import { IDLE_MS_MAX } from './tunnel.ts';
import { UNSENT_BYTES_MAX } from './turn.ts';

const PATH = '/openai/v1/responses';
const CREATED = '{"type":"response.created","response":{"id":"resp_0123456789"}}';
const DELTA = '{"type":"response.output_text.delta","delta":"Hi"}';
const USAGE = '"usage":{"input_tokens":7,"output_tokens":3}';
const COMPLETED = `{"type":"response.completed","response":{"id":"resp_0123456789",${USAGE}}}`;
const WHOLE = [CREATED, DELTA, COMPLETED];
const ASK = { type: 'response.create', model: 'chat', input: 'Hi' };

class Talker {
  readonly ws: WebSocket;
  readonly heard: string[] = [];
  closed: number | null = null;

  constructor(t: TestContext, { host }: SocketBench, path = PATH) {
    this.ws = new WebSocket(`ws://${host}${path}`, { headers: { 'api-key': 'mine', 'x-own': 'kept' } });
    t.after(() => this.ws.terminate());
    this.ws.on('error', () => {});
    this.ws.on('message', (data) => this.heard.push(String(data)));
    this.ws.on('close', (code) => {
      this.closed ??= code;
    });
  }

  async says(event: object): Promise<void> {
    await until('it is open', () => this.ws.readyState === WebSocket.OPEN);
    this.ws.send(JSON.stringify(event));
  }

  get events(): ReadonlyArray<Record<string, unknown>> {
    return this.heard.map((text) => JSON.parse(text));
  }

  async hears(count: number): Promise<void> {
    await until(`${count} events are heard`, () => this.heard.length >= count);
  }

  async isClosed(): Promise<number | null> {
    await until('it is closed', () => this.closed !== null);
    return this.closed;
  }
}

/** Every backend answers each request with these. */
function answering(b: SocketBench, texts: readonly string[] = WHOLE): void {
  for (const backend of b.backends) {
    backend.onMessage = (ws) => {
      for (const text of texts) ws.send(text);
    };
  }
}

function ended(b: SocketBench) {
  return b.exchanges.map(({ operation, model, deployment, status, attempts, ending }) => ({
    operation,
    model,
    deployment,
    status,
    attempts,
    ending,
  }));
}

test('Responses: the backend is connected by the first request, and gets it with its own key', async (t) => {
  const b = await bench(t);
  answering(b);
  const talker = new Talker(t, b, `${PATH}?api-key=other`);
  await until('it is open', () => talker.ws.readyState === WebSocket.OPEN);
  assert.equal(b.backend(1).asked.length, 0);
  await talker.says(ASK);
  await talker.hears(3);
  const [request] = b.backend(1).asked;
  assert.deepEqual(
    [request?.url, request?.headers['api-key'], request?.headers['x-own']],
    ['/openai/v1/responses', 'key-1', 'kept'],
  );
  assert.deepEqual(b.backend(1).heard, [JSON.stringify(ASK)]);
  assert.equal(talker.heard[1], DELTA);
  await until('it is recorded', () => b.exchanges.length === 1);
  const [record] = b.exchanges;
  assert.deepEqual([record?.usage.promptTokens, record?.usage.completionTokens], [7, 3]);
  const one = {
    operation: 'responses',
    model: 'chat',
    deployment: 'openai1/chat',
    status: 200,
    attempts: 1,
    ending: 'whole',
  };
  assert.deepEqual(ended(b), [one]);
});

test('Responses: ids are sealed on their way out and opened on their way in, and lead to their owner', async (t) => {
  const b = await bench(t);
  answering(b);
  b.backend(1).onMessage = (ws) => ws.send('{"type":"error","status":429,"error":{"code":"429","message":"later"}}');
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await talker.hears(3);
  const response = talker.events[2]?.response;
  assert.ok(typeof response === 'object' && response !== null && 'id' in response);
  assert.match(String(response.id), /^resp_swA/);
  b.clock.advance(120_000);
  answering(b);
  await talker.says({ ...ASK, previous_response_id: response.id });
  await talker.hears(6);
  assert.equal(JSON.parse(b.backend(2).heard[1] ?? '{}').previous_response_id, 'resp_0123456789');
  assert.deepEqual(
    ended(b).map(({ deployment, attempts }) => [deployment, attempts]),
    [
      ['openai2/chat', 2],
      ['openai2/chat', 1],
    ],
  );
  assert.equal(b.backend(2).sockets.length, 1);
});

test('Responses: an answer that is not stored goes on where it began', async (t) => {
  const b = await bench(t);
  answering(b, [CREATED.replace('{"id"', '{"store":false,"id"'), COMPLETED]);
  b.backend(1).refusal = { status: 429 };
  const talker = new Talker(t, b);
  await talker.says({ ...ASK, store: false });
  await talker.hears(2);
  assert.match(talker.heard[1] ?? '', /"id":"resp_0123456789"/);
  b.backend(1).refusal = null;
  b.clock.advance(120_000);
  await talker.says({ ...ASK, store: false, previous_response_id: 'resp_0123456789' });
  await talker.hears(4);
  assert.deepEqual([b.backend(1).heard.length, b.backend(2).heard.length, b.backend(2).sockets.length], [0, 2, 1]);
});

const REFUSED: ReadonlyArray<readonly [name: string, refusing: (b: SocketBench) => void]> = [
  [
    'an error 429 instead of an answer',
    (b) => (b.backend(1).onMessage = (ws) => ws.send('{"type":"error","status":429,"error":{}}')),
  ],
  [
    'an answer that fails before its content',
    (b) =>
      (b.backend(1).onMessage = (ws) => {
        ws.send(CREATED);
        ws.send('{"type":"response.failed","response":{"error":{"code":"server_error","message":"no"}}}');
      }),
  ],
  ['200 at the handshake', (b) => (b.backend(1).refusal = { status: 200 })],
  ['429 at the handshake', (b) => (b.backend(1).refusal = { status: 429 })],
  ['503 at the handshake', (b) => (b.backend(1).refusal = { status: 503 })],
  [
    'a connection that breaks before its content',
    (b) =>
      (b.backend(1).onMessage = (ws) => {
        ws.send(CREATED);
        ws.terminate();
      }),
  ],
];

for (const [name, refusing] of REFUSED) {
  test(`Responses: ${name} is hidden by another backend`, async (t) => {
    const b = await bench(t);
    answering(b);
    refusing(b);
    const talker = new Talker(t, b);
    await talker.says({ ...ASK, store: false });
    await talker.hears(3);
    assert.deepEqual(
      talker.events.map(({ type }) => type),
      ['response.created', 'response.output_text.delta', 'response.completed'],
    );
    await until('it is recorded', () => b.exchanges.length === 1);
    assert.deepEqual(ended(b)[0]?.deployment, 'openai2/chat');
    assert.equal(ended(b)[0]?.attempts, 2);
  });
}

test('Responses: an answer that breaks off ends with an error, and the connection goes on', async (t) => {
  const b = await bench(t);
  b.backend(1).onMessage = (ws) => {
    ws.send(CREATED);
    ws.send(DELTA);
    ws.terminate();
  };
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await talker.hears(3);
  const last = talker.events[2];
  assert.deepEqual([last?.type, last?.status], ['error', 502]);
  await until('it is recorded', () => b.exchanges.length === 1);
  assert.equal(ended(b)[0]?.ending, 'cut');
  answering(b);
  await talker.says(ASK);
  await talker.hears(6);
  assert.equal(talker.events[5]?.type, 'response.completed');
});

test('Responses: nobody left is an error event with the status', async (t) => {
  const b = await bench(t);
  for (const backend of b.backends) backend.refusal = { status: 429, headers: { 'retry-after': '9' } };
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await talker.hears(1);
  const [error] = talker.events;
  assert.deepEqual([error?.type, error?.status], ['error', 429]);
  assert.match(JSON.stringify(error), /retry after 9 seconds/);
});

test('Responses: a second request at once is refused, and the first goes on', async (t) => {
  const b = await bench(t);
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await until('it is asked', () => b.backend(1).heard.length === 1);
  await talker.says(ASK);
  await talker.hears(1);
  assert.match(talker.heard[0] ?? '', /"code":"response_in_progress"/);
  for (const text of WHOLE) b.backend(1).last.send(text);
  await talker.hears(4);
  assert.equal(talker.events[3]?.type, 'response.completed');
  assert.equal(b.backend(1).heard.length, 1);
});

test('Responses: what is no request passes to the backend that was asked last; before, it is refused', async (t) => {
  const b = await bench(t);
  answering(b);
  const talker = new Talker(t, b);
  await talker.says({ type: 'something.else' });
  await talker.hears(1);
  assert.match(talker.heard[0] ?? '', /"status":400/);
  await talker.says(ASK);
  await talker.hears(4);
  answering(b, []);
  await talker.says({ type: 'something.else' });
  await until('it is passed', () => b.backend(1).heard.length === 2);
  b.backend(1).last.send('{"type":"unasked"}');
  await talker.hears(5);
  assert.equal(talker.heard[4], '{"type":"unasked"}');
});

test('Responses: a client that leaves ends what was made for it', async (t) => {
  const b = await bench(t);
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await until('it is asked', () => b.backend(1).heard.length === 1);
  talker.ws.terminate();
  await until('its backend is left', () => b.backend(1).last.readyState === WebSocket.CLOSED);
  assert.deepEqual(ended(b), [
    { operation: 'responses', model: 'chat', deployment: null, status: 499, attempts: 1, ending: 'clientGone' },
  ]);
  assert.deepEqual([b.context.inFlight, b.plane.size], [0, 0]);
});

test('Responses: a message beyond the limit of bodies is refused with 413', async (t) => {
  const limits = { ...DEFAULT_GATEWAY.limits, bodyBytesMax: 1024 };
  const b = await bench(t, { config: { gateway: { ...DEFAULT_GATEWAY, limits } } });
  const talker = new Talker(t, b);
  await talker.says({ ...ASK, input: 'x'.repeat(2000) });
  await talker.hears(1);
  assert.equal(talker.events[0]?.status, 413);
});

test('Responses: a message beyond the limit of messages ends the connection with 1009', async (t) => {
  const b = await bench(t);
  const talker = new Talker(t, b);
  await talker.says({ ...ASK, input: 'x'.repeat(MESSAGE_BYTES_MAX) });
  assert.equal(await talker.isClosed(), 1009);
  assert.equal(b.backend(1).asked.length, 0);
});

test('Responses: a backend whose message is beyond the limit is cut off, and the client told', async (t) => {
  const b = await bench(t);
  answering(b, [CREATED, DELTA, 'x'.repeat(MESSAGE_BYTES_MAX + 1)]);
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await talker.hears(3);
  assert.deepEqual([talker.events[2]?.type, talker.events[2]?.status], ['error', 502]);
});

test('Responses: nobody says anything for too long, and it is closed with 1001', async (t) => {
  const b = await bench(t);
  answering(b);
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await talker.hears(3);
  b.clock.advance(IDLE_MS_MAX + 1_000);
  assert.equal(await talker.isClosed(), 1001);
  await until('its backend is left', () => b.backend(1).last.readyState === WebSocket.CLOSED);
});

test('Responses: a client that does not read makes its backend wait', async (t) => {
  const b = await bench(t);
  const talker = new Talker(t, b);
  await talker.says(ASK);
  await until('it is asked', () => b.backend(1).heard.length === 1);
  talker.ws.pause();
  const { last } = b.backend(1);
  last.send(CREATED);
  const delta = JSON.stringify({ type: 'response.output_text.delta', delta: 'x'.repeat(UNSENT_BYTES_MAX / 4) });
  for (let i = 0; i < 128; i++) last.send(delta);
  const waits = await standstill(last);
  assert.ok(waits > 64 * delta.length, `${waits} bytes wait at the backend`);
  last.send(COMPLETED);
  talker.ws.resume();
  await talker.hears(130);
});

test('Responses: no more connections to backends than the limit', async (t) => {
  const backends = LINES_MAX + 2;
  const b = await bench(t, { backends });
  answering(b);
  const talker = new Talker(t, b);
  for (let n = 1; n <= backends; n++) {
    const last = b.backend(n);
    last.onMessage = (ws) => {
      for (const text of WHOLE) ws.send(text);
    };
    const pin = b.context.ledger.fleet.backends.slice(0, n - 1);
    for (const { name } of pin) b.context.ledger.deployment({ ...deploymentOf(b), id: `${name}/chat` }).paused = true;
    await talker.says(ASK);
    await talker.hears(3 * n);
  }
  const isOpen = (n: number) => b.backend(n).last.readyState === WebSocket.OPEN;
  await until('the oldest are closed', () => !isOpen(1) && !isOpen(2));
  assert.deepEqual([3, 4, 5, 6].map(isOpen), [true, true, true, true]);
});

function deploymentOf(b: SocketBench) {
  const pool = b.context.ledger.pool('chat', b.clock.nowMs());
  const [member] = pool?.members ?? [];
  assert.ok(member);
  return member;
}
