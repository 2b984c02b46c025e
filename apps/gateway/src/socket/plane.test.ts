import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import { testClient } from '../testing/client.ts';
import { FRAME_BYTES_MAX } from './frames.ts';
import { CLOSE_MS_MAX } from './handshake.ts';
import { HANDSHAKE_MS_MAX } from './realtime.ts';
import { bench, type SocketBench, standstill, until } from './testing/bench.ts';
import { IDLE_MS_MAX, QUIET_MS, SESSION_MS_MAX } from './tunnel.ts';

const GA = '/openai/v1/realtime?model=talk';

class Caller {
  readonly ws: WebSocket;
  readonly heard: string[] = [];
  /** Status and body of a refusal. */
  refused: { readonly status: number; readonly body: string } | null = null;
  /** Code of the end. */
  closed: number | null = null;

  constructor(t: TestContext, { host }: SocketBench, path = GA, options: ClientOptions = {}, protocols: string[] = []) {
    const headers = options.headers ?? { 'api-key': 'whatever' };
    this.ws = new WebSocket(`ws://${host}${path}`, protocols, { ...options, headers });
    t.after(() => this.ws.terminate());
    this.ws.on('error', () => {});
    this.ws.on('message', (data) => this.heard.push(String(data)));
    this.ws.on('close', (code) => {
      this.closed ??= code;
    });
    this.ws.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => {
        this.refused = { status: response.statusCode ?? 0, body };
      });
    });
  }

  async open(): Promise<this> {
    await until('it opens', () => this.ws.readyState === WebSocket.OPEN);
    return this;
  }

  async isRefused(): Promise<{ readonly status: number; readonly body: string }> {
    await until('it is refused', () => this.refused !== null);
    assert.ok(this.refused);
    return this.refused;
  }

  async isClosed(): Promise<number | null> {
    await until('it is closed', () => this.closed !== null);
    return this.closed;
  }
}

const FLAVOURS: ReadonlyArray<readonly [name: string, asked: string, sent: string]> = [
  ['GA', GA, '/openai/v1/realtime?model=talk'],
  [
    'preview',
    '/openai/realtime?api-version=2025-04-01-preview&deployment=talk',
    '/openai/realtime?deployment=talk&api-version=2025-04-01-preview',
  ],
  ['GA, key in the query', `${GA}&api-key=whatever`, '/openai/v1/realtime?model=talk'],
  [
    'GA with more in the query',
    `/openai/v1/realtime?intent=transcription&model=talk`,
    '/openai/v1/realtime?model=talk&intent=transcription',
  ],
];

for (const [name, asked, sent] of FLAVOURS) {
  test(`SocketPlane: ${name}: connects to ${sent} with the backend's own key`, async (t) => {
    const b = await bench(t);
    await new Caller(t, b, asked, {
      headers: { cookie: 'a=b', authorization: 'Bearer mine', 'content-type': 'multipart/form-data' },
    }).open();
    const [request] = b.backend(1).asked;
    assert.equal(request?.url, sent);
    assert.equal(request?.headers['api-key'], 'key-1');
    const { authorization, cookie, 'content-type': type } = request?.headers ?? {};
    assert.deepEqual([authorization, cookie, type], [undefined, undefined, undefined]);
  });
}

test('SocketPlane: a key that came as a subprotocol does not go up, the others do', async (t) => {
  const b = await bench(t);
  await new Caller(t, b, GA, {}, ['realtime', 'openai-insecure-api-key.mine', 'openai-beta.realtime-v1']).open();
  assert.equal(b.backend(1).asked[0]?.headers['sec-websocket-protocol'], 'realtime, openai-beta.realtime-v1');
});

test('SocketPlane: texts, bytes, fragments and pings pass both ways as they are', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  const { last } = b.backend(1);
  caller.ws.send('one');
  caller.ws.send('tw', { fin: false });
  caller.ws.send('o');
  caller.ws.send(Buffer.from([1, 2, 3]));
  await until('all is heard', () => b.backend(1).heard.length === 3);
  assert.deepEqual(b.backend(1).heard, ['one', 'two', '\u0001\u0002\u0003']);
  const long = 'x'.repeat(200_000);
  last.send(long);
  const pinged = once(caller.ws, 'ping');
  last.ping('p');
  assert.equal(String((await pinged)[0]), 'p');
  await until('it is heard', () => caller.heard.length === 1);
  assert.equal(caller.heard[0], long);
});

test('SocketPlane: compression that client and backend agree upon is theirs', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b, GA, { perMessageDeflate: true }).open();
  assert.equal(
    b.backend(1).asked[0]?.headers['sec-websocket-extensions'],
    'permessage-deflate; client_max_window_bits',
  );
  assert.equal(caller.ws.extensions, '');
});

test('SocketPlane: a backend that refuses is hidden by the next one, and told of', async (t) => {
  const b = await bench(t);
  b.backend(1).refusal = { status: 429, headers: { 'retry-after': '7' } };
  const caller = await new Caller(t, b).open();
  assert.equal(b.backend(2).asked.length, 1);
  const throttled = b.events.find((event) => event.kind === 'throttled');
  assert.equal(throttled?.deployment.id, 'openai1/talk');
  caller.ws.close(1000);
  await until('it is recorded', () => b.exchanges.length === 1);
  const [record] = b.exchanges;
  assert.deepEqual(
    [record?.operation, record?.model, record?.status, record?.attempts, record?.deployment, record?.ending],
    ['realtime', 'talk', 101, 2, 'openai2/talk', 'whole'],
  );
  assert.equal(b.context.inFlight, 0);
});

const FAILING: ReadonlyArray<readonly [status: number, body: string, seen: number, text: RegExp]> = [
  [503, '{"error":{"code":"503","message":"busy"}}', 503, /busy/],
  [429, '{}', 429, /No deployment of talk can take the request now/],
  [404, '{"error":{"code":"DeploymentNotFound","message":"none"}}', 404, /DeploymentNotFound/],
  [400, '{"error":{"code":"OperationNotSupported","message":"no talker"}}', 400, /no talker/],
];

for (const [status, body, seen, text] of FAILING) {
  test(`SocketPlane: where all refuse with ${status} the client sees ${seen}`, async (t) => {
    const b = await bench(t);
    for (const backend of b.backends)
      backend.refusal = { status, headers: { 'content-type': 'application/json' }, body };
    const refused = await new Caller(t, b).isRefused();
    assert.equal(refused.status, seen);
    assert.match(refused.body, text);
    await until('it is recorded', () => b.exchanges.length === 1);
    assert.equal(b.exchanges[0]?.attempts, status === 400 ? 1 : 2);
  });
}

test('SocketPlane: a backend that cannot be reached is hidden by the next one', async (t) => {
  const b = await bench(t);
  await b.backend(1).stop();
  await new Caller(t, b).open();
  assert.equal(b.backend(1).asked.length, 0);
});

test('SocketPlane: a backend that never answers is given up, and the next one asked', async (t) => {
  const b = await bench(t);
  b.backend(1).refusal = 'silence';
  const caller = new Caller(t, b);
  await until('it was asked', () => b.backend(1).asked.length === 1);
  b.clock.advance(HANDSHAKE_MS_MAX + 100);
  await caller.open();
  assert.equal(b.backend(2).asked.length, 1);
});

for (const path of [GA, '/openai/v1/responses']) {
  test(`SocketPlane: a stranger gets 401 at ${path}, and no backend hears of it`, async (t) => {
    const b = await bench(t, { config: { clients: [testClient('app', 'app-key')] } });
    const refused = await new Caller(t, b, path).isRefused();
    assert.equal(refused.status, 401);
    assert.equal(b.exchanges[0]?.status, 401);
    assert.equal(b.backend(1).asked.length, 0);
  });

  const WAYS: ReadonlyArray<
    readonly [name: string, query: string, headers: Record<string, string>, protocols: string[]]
  > = [
    ['api-key', '', { 'api-key': 'app-key' }, []],
    ['Bearer', '', { authorization: 'Bearer app-key' }, []],
    ['query', 'api-key=app-key', {}, []],
    ['subprotocol', '', {}, ['realtime', 'openai-insecure-api-key.app-key']],
  ];
  for (const [name, query, headers, protocols] of WAYS) {
    test(`SocketPlane: a client's key comes in at ${path} as ${name}`, async (t) => {
      const b = await bench(t, { config: { clients: [testClient('app', 'app-key')] } });
      b.backend(1).protocol = 'realtime';
      await new Caller(t, b, `${path}${path.includes('?') ? '&' : '?'}${query}`, { headers }, protocols).open();
      const seen = JSON.stringify([b.backend(1).asked[0]?.url, b.backend(1).asked[0]?.headers]);
      assert.ok(!seen.includes('app-key'), seen);
    });
  }
}

test('SocketPlane: no more at once than the limit, and again one when one has gone', async (t) => {
  const b = await bench(t, { socketsMax: 1 });
  const first = await new Caller(t, b).open();
  const refused = await new Caller(t, b).isRefused();
  assert.equal(refused.status, 503);
  assert.match(refused.body, /1 WebSockets open/);
  first.ws.close();
  await until('there is room', () => b.plane.size === 0);
  await new Caller(t, b).open();
});

test('SocketPlane: what is no handshake is refused with 400', async (t) => {
  const b = await bench(t);
  const socket = connect(Number(b.host.split(':')[1]), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET ${GA} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 400 .*sec-websocket-version/s);
});

test('SocketPlane: while it drains nobody comes in', async (t) => {
  const b = await bench(t);
  b.context.draining = true;
  assert.equal((await new Caller(t, b).isRefused()).status, 503);
});

test('SocketPlane: on drain a session ends with 1001 once its backend is quiet', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  b.plane.drain();
  assert.equal(caller.closed, null);
  b.clock.advance(QUIET_MS + 250);
  assert.equal(await caller.isClosed(), 1001);
  await until('all is over', () => b.plane.size === 0 && b.context.inFlight === 0);
  assert.equal(b.exchanges[0]?.ending, 'whole');
});

test('SocketPlane: on drain a session in the middle of an answer ends after it', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  const { last } = b.backend(1);
  last.send('{"type":"response.created","event_id":"e1"}');
  await until('it is heard', () => caller.heard.length === 1);
  b.plane.drain();
  b.clock.advance(60_000);
  assert.equal(caller.closed, null);
  last.send('{"type":"response.done","event_id":"e2"}');
  assert.equal(await caller.isClosed(), 1001);
  assert.equal(caller.heard.length, 2);
});

test('SocketPlane: nobody says anything for too long, and both are closed with 1001', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  const backendClosed = once(b.backend(1).last, 'close');
  b.clock.advance(IDLE_MS_MAX - 1_000);
  caller.ws.ping();
  await once(b.backend(1).last, 'ping');
  b.clock.advance(IDLE_MS_MAX - 1_000);
  assert.equal(caller.closed, null);
  b.clock.advance(2_000);
  assert.equal(await caller.isClosed(), 1001);
  assert.equal((await backendClosed)[0], 1001);
});

test('SocketPlane: codes of the end pass both ways', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  b.backend(1).last.close(4001, 'enough');
  assert.equal(await caller.isClosed(), 4001);
  const other = await new Caller(t, b).open();
  const closed = once(b.backend(1).last, 'close');
  other.ws.close(4002, 'mine');
  assert.deepEqual([(await closed)[0], String((await closed)[1])], [4002, 'mine']);
});

test('SocketPlane: a backend that breaks is told to the client with 1014, and counts as cut', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  b.backend(1).last.terminate();
  assert.equal(await caller.isClosed(), 1014);
  await until('it is recorded', () => b.exchanges.length === 1);
  assert.equal(b.exchanges[0]?.ending, 'cut');
});

test('SocketPlane: a client that vanishes takes its backend along', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  const closed = once(b.backend(1).last, 'close');
  caller.ws.terminate();
  assert.equal((await closed)[0], 1006);
  await until('it is recorded', () => b.exchanges.length === 1);
  assert.equal(b.exchanges[0]?.ending, 'clientGone');
});

test('SocketPlane: a frame beyond the limit ends both with 1009', async (t) => {
  const b = await bench(t);
  const socket = connect(Number(b.host.split(':')[1]), '127.0.0.1');
  t.after(() => socket.destroy());
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const lines = [`GET ${GA} HTTP/1.1`, `host: ${b.host}`, 'connection: upgrade', 'upgrade: websocket'];
  socket.write(`${[...lines, 'sec-websocket-version: 13', `sec-websocket-key: ${key}`].join('\r\n')}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  const head = Buffer.alloc(14);
  head[0] = 0x82;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(FRAME_BYTES_MAX + 1), 2);
  socket.write(head);
  const [frame] = await once(socket, 'data');
  assert.deepEqual([frame[0], frame.readUInt16BE(2)], [0x88, 1009]);
});

const MEGABYTE = Buffer.alloc(1024 * 1024);
const MEGABYTES = 64;

for (const slow of ['client', 'backend'] as const) {
  test(`SocketPlane: a ${slow} that does not read makes the other side wait, and the gateway keeps next to nothing`, async (t) => {
    const b = await bench(t);
    const caller = await new Caller(t, b).open();
    const { last, heard } = b.backend(1);
    const [sender, reader, read] = slow === 'client' ? [last, caller.ws, caller.heard] : [caller.ws, last, heard];
    reader.pause();
    for (let i = 0; i < MEGABYTES; i++) sender.send(MEGABYTE);
    const waits = await standstill(sender);
    // What the machine's own buffers hold does not wait.
    assert.ok(waits > (MEGABYTES / 2) * MEGABYTE.length, `${waits} bytes wait`);
    reader.resume();
    await until('all is there', () => read.length === MEGABYTES);
  });
}

test('SocketPlane: a close at once leaves nothing behind', async (t) => {
  const b = await bench(t);
  const callers = [await new Caller(t, b).open(), await new Caller(t, b, '/openai/v1/responses').open()];
  b.plane.close();
  for (const caller of callers) assert.equal(await caller.isClosed(), 1001);
  await until('all is over', () => b.plane.size === 0 && b.context.inFlight === 0 && b.context.deadlines.size === 0);
});

test('SocketPlane: a client that never closes its half is given up', async (t) => {
  const b = await bench(t);
  for (const backend of b.backends) backend.refusal = { status: 400 };
  const socket = connect({ port: Number(b.host.split(':')[1]), host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => socket.destroy());
  const lines = [`GET ${GA} HTTP/1.1`, `host: ${b.host}`, 'connection: upgrade', 'upgrade: websocket'];
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  socket.write(`${[...lines, 'sec-websocket-version: 13', `sec-websocket-key: ${key}`].join('\r\n')}\r\n\r\n`);
  await until('it is answered', () => b.exchanges.length === 1);
  assert.equal(b.plane.size, 1);
  b.clock.advance(CLOSE_MS_MAX + 100);
  await until('it is gone', () => b.plane.size === 0);
});

test('SocketPlane: however much is said, a session ends with 1001 at its limit', async (t) => {
  const b = await bench(t);
  const caller = await new Caller(t, b).open();
  const stepMs = IDLE_MS_MAX / 2;
  for (let ms = stepMs; ms < SESSION_MS_MAX; ms += stepMs) {
    b.clock.advance(stepMs);
    caller.ws.ping();
    await once(caller.ws, 'pong');
  }
  assert.equal(caller.closed, null);
  b.clock.advance(stepMs + 100);
  assert.equal(await caller.isClosed(), 1001);
  await until('it is recorded', () => b.exchanges.length === 1);
  assert.equal(b.exchanges[0]?.ending, 'whole');
});
