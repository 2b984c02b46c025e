/** Every limit of the listener and of an exchange that a client can reach: reached, said by name, and over again afterwards. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Answering } from './backend.ts';
import { answersOk, CHAT, CHAT_BODY, KEY, OK, post, type Stage, settled, startStage } from './stage.ts';

/** A connection that a test holds in its hand. */
class Client {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  text = '';

  constructor(t: TestContext, stage: Stage) {
    this.socket = connect(stage.port, '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
    });
    this.socket.on('error', () => {});
    this.closed = once(this.socket, 'close');
    t.after(() => this.socket.destroy());
  }
}

/** The backend answers when the test says so. */
class Held {
  readonly #waiting: Socket[] = [];
  readonly answer: Answering = (socket) => this.#waiting.push(socket);

  get count(): number {
    return this.#waiting.length;
  }

  release(): void {
    for (const socket of this.#waiting.splice(0)) socket.write(OK);
  }
}

function busy(t: TestContext, stage: Stage, count: number): Client[] {
  return Array.from({ length: count }, () => {
    const client = new Client(t, stage);
    client.socket.write(post());
    return client;
  });
}

const LIMITS = [
  ['exchangesMax', 503, /GatewayBusy.*limits\.exchangesMax/],
  ['exchangesPerClientMax', 429, /TooManyExchanges.*limits\.exchangesPerClientMax/],
] as const;

for (const [limit, status, says] of LIMITS) {
  test(`limits.${limit}: one more is refused with ${status}, and served once another has ended`, async (t) => {
    const held = new Held();
    const stage = await startStage(t, { answer: held.answer, limits: { [limit]: 3 } });
    const clients = busy(t, stage, 3);
    await settled(() => held.count === 3);
    for (let i = 0; i < 3; i++) {
      const [refused] = (await stage.send(post())).answers;
      assert.equal(refused?.status, status);
      assert.match(refused?.body ?? '', says);
      assert.equal(refused?.headers.get('retry-after'), '1');
    }
    assert.equal(held.count, 3, 'the backend heard of none of them');
    held.release();
    await Promise.all(clients.map(({ closed }) => closed));
    for (const { text } of clients) assert.match(text, /^HTTP\/1\.1 200 /);
    const last = stage.send(post());
    await settled(() => held.count === 1);
    held.release();
    assert.equal((await last).answers[0]?.status, 200);
  });
}

test('limits.exchangesPerClientMax: does not hold for those who are refused, nor for other clients', async (t) => {
  const held = new Held();
  const stage = await startStage(t, { answer: held.answer, limits: { exchangesPerClientMax: 1 } });
  const [client] = busy(t, stage, 1);
  await settled(() => held.count === 1);
  const [stranger] = (await stage.send(post().replace(KEY, 'another'))).answers;
  assert.equal(stranger?.status, 401);
  held.release();
  await client?.closed;
});

test('limits.connectionsMax: one more connection is closed at once', async (t) => {
  const stage = await startStage(t, { limits: { connectionsMax: 2 } });
  const clients = [new Client(t, stage), new Client(t, stage)];
  await Promise.all(clients.map(({ socket }) => once(socket, 'connect')));
  const late = new Client(t, stage);
  await late.closed;
  assert.equal(late.text, '');
  for (const { socket } of clients) socket.destroy();
  await Promise.all(clients.map(({ closed }) => closed));
  await settled(() => false);
  await stage.isWell();
});

test('timeouts.clientHeadMs: a head that does not come is refused with 408', async (t) => {
  const stage = await startStage(t, { timeouts: { clientHeadMs: 50, clientRequestMs: 60_000 } });
  const client = new Client(t, stage);
  client.socket.write(`POST ${CHAT} HTTP/1.1\r\nhost: local`);
  await client.closed;
  assert.match(client.text, /^HTTP\/1\.1 408 .*"code":"408"/s);
  await stage.isWell();
});

test('timeouts.clientRequestMs: a body that does not come is refused with 408, and nothing reaches the backend', async (t) => {
  const stage = await startStage(t, { timeouts: { clientHeadMs: 50, clientRequestMs: 50 } });
  const client = new Client(t, stage);
  client.socket.write(post().slice(0, -5));
  await client.closed;
  assert.match(client.text, /^HTTP\/1\.1 408 .*"code":"408"/s);
  assert.deepEqual(stage.backend.reached, []);
  await stage.isWell();
});

test('timeouts.totalMs: a client that sends its body without end in sight is refused with 504', async (t) => {
  const clock = new FakeClock();
  const stage = await startStage(t, { clock, timeouts: { totalMs: 1_000 } });
  const client = new Client(t, stage);
  client.socket.write(post().slice(0, -5));
  await settled(() => stage.underWay === 1);
  clock.advance(1_100);
  await settled(() => client.text !== '');
  assert.match(client.text, /^HTTP\/1\.1 504 .*timeouts\.totalMs/s);
  client.socket.destroy();
});

const STREAM =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n';

test('timeouts.streamMs: a stream that goes on for longer ends with an event that says so', async (t) => {
  const clock = new FakeClock();
  const answer: Answering = (socket, request) =>
    request.body === CHAT_BODY ? answersOk(socket, request) : socket.write(STREAM);
  const stage = await startStage(t, { clock, answer, timeouts: { streamMs: 5_000 } });
  const client = new Client(t, stage);
  client.socket.write(post({ body: '{"model":"chat","stream":true}' }));
  await settled(() => client.text.includes('"hi"'));
  clock.advance(4_900);
  await settled(() => false);
  assert.equal(stage.underWay, 1, 'not before its time');
  clock.advance(200);
  await client.closed;
  assert.match(client.text, /data: \{"error":.*5000 ms/s);
  await stage.isWell();
});

test('HEAD_BYTES_MAX, HEADERS_MAX: see requests.ts; a head just below both is served', async (t) => {
  const stage = await startStage(t);
  const more = Array.from({ length: 190 }, (_, i) => `x-${i}: ${'a'.repeat(140)}`);
  const { answers } = await stage.send(post({ more }));
  assert.equal(answers[0]?.status, 200);
});
