/** The gateway on real sockets, between raw clients and raw backends. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Config, DEFAULT_GATEWAY } from '@spillway/config';
import { OWED_MAX } from './listen/connections.ts';
import { UsageError } from './listen/listen-on.ts';
import { HEAD_BYTES_MAX } from './listen/node-http.ts';
import { type Gateway, type GatewayOptions, startGateway } from './main.ts';
import type { GatewayEvent } from './observe/events.ts';
import { testClient } from './testing/client.ts';
import { configFor, type RawBackend, type RawRequest, rawBackend } from './testing/raw-backend.ts';

const CHAT = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';
const JSON_OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}';

async function backend(t: TestContext, respond: (request: RawRequest) => void): Promise<RawBackend> {
  const made = await rawBackend(respond);
  t.after(() => made.close());
  return made;
}

const says = (bytes: string) => (request: RawRequest) => request.socket.write(bytes, 'latin1');
const saysAndCloses = (bytes: string) => (request: RawRequest) => request.socket.end(bytes, 'latin1');

interface Started {
  readonly gateway: Gateway;
  readonly events: GatewayEvent[];
  readonly clock: FakeClock;
}

async function started(t: TestContext, config: Config, options: Partial<GatewayOptions> = {}): Promise<Started> {
  const events: GatewayEvent[] = [];
  const clock = new FakeClock();
  const emit = (event: GatewayEvent) => events.push(event);
  const gateway = await startGateway({ config, port: 0, adminPort: 0, clock, emit, ...options });
  t.after(() => gateway.close());
  return { gateway, events, clock };
}

/** Sends bytes and reads until the connection closes, or until `until` says that enough has come. */
function raw(url: string, bytes: string, until: (text: string) => boolean = () => false): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (until(text)) done();
    });
    socket.on('close', done);
    socket.on('error', done);
  });
}

function post(path: string, body: string, headers = ''): string {
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}

const SSE_ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('data: {"choices":[{"delta":{"content":"Grüße"}}]}\n\n')}${chunk('data: [DONE]\n\n')}0\r\n\r\n`;

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

const ANSWERS: ReadonlyArray<readonly [name: string, answer: string]> = [
  ['JSON with a length', JSON_OK],
  [
    'chunked JSON',
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('{"a":')}${chunk('1}')}0\r\n\r\n`,
  ],
  ['a stream', SSE_ANSWER],
  [
    'compressed bytes',
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\n\x1f\x8b\x08\x00\xff',
  ],
  [
    'headers that repeat, and odd case',
    'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-MS-Region: East US 2\r\nx-Empty: \r\ncontent-length: 2\r\n\r\nhi',
  ],
  ['no content', 'HTTP/1.1 204 No Content\r\nx-request-id: 1\r\n\r\n'],
  ['an odd reason', 'HTTP/1.1 401 PermissionDenied\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'],
  [
    'content filter',
    'HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 36\r\n\r\n{"error":{"code":"content_filter"}}\n',
  ],
  ['binary', 'HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 4\r\n\r\n\x00\xff\x80\x7f'],
];

/** Status line, headers and body of an answer, without what belongs to one hop and what is ours. */
function essence(answer: string): unknown {
  const at = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...headers] = answer.slice(0, at).split('\r\n');
  const kept = headers.filter(
    (line) => !/^(date|connection|keep-alive|transfer-encoding|x-spillway-[a-z-]+):/i.test(line),
  );
  const chunked = headers.some((line) => /^transfer-encoding: chunked/i.test(line));
  const body = answer.slice(at + 4);
  return { statusLine, headers: kept, body: chunked ? unchunked(body) : body };
}

function unchunked(body: string): string {
  const end = body.indexOf('\r\n');
  const size = Number.parseInt(body.slice(0, end), 16);
  return size === 0 || Number.isNaN(size)
    ? ''
    : body.slice(end + 2, end + 2 + size) + unchunked(body.slice(end + 4 + size));
}

for (const [name, answer] of ANSWERS) {
  test(`gateway: what a client gets of ${name} is byte for byte what it gets directly`, async (t) => {
    const upstream = await backend(t, saysAndCloses(answer));
    const { gateway } = await started(t, configFor([upstream.url]));
    const request = post(CHAT, '{"messages":[]}');
    const [direct, through] = [await raw(upstream.url, request), await raw(gateway.url, request)];
    assert.deepEqual(essence(through), essence(direct));
  });
}

const MISBEHAVIOURS: ReadonlyArray<readonly [name: string, respond: (request: RawRequest) => void]> = [
  ['closes without a word', (request) => request.socket.end()],
  ['resets the connection', (request) => request.socket.resetAndDestroy()],
  ['answers garbage', saysAndCloses('SSH-2.0-OpenSSH_9.2\r\n')],
  ['closes in the middle of the head', saysAndCloses('HTTP/1.1 200 OK\r\ncontent-ty')],
  [
    'closes in the middle of a JSON answer',
    saysAndCloses('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":'),
  ],
  [
    'breaks off its chunks',
    saysAndCloses(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunk('{"ok":')}`,
    ),
  ],
  [
    'sends bad chunks',
    saysAndCloses('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
  ],
  [
    'sends a stream head and no event',
    saysAndCloses('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'),
  ],
  ['throttles', says('HTTP/1.1 429 Too Many Requests\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n')],
  [
    'sends an endless head',
    (request) => request.socket.write(`HTTP/1.1 200 OK\r\n${`x-long: ${'y'.repeat(1_000)}\r\n`.repeat(80)}`),
  ],
];

for (const [name, respond] of MISBEHAVIOURS) {
  test(`gateway: a backend that ${name} is hidden by the next`, async (t) => {
    const bad = await backend(t, respond);
    const good = await backend(t, says(JSON_OK));
    const { gateway } = await started(t, configFor([bad.url, good.url]));
    const answer = await raw(gateway.url, post(CHAT, '{"messages":[1,  2]}'));
    assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*x-spillway-attempts: 2[\s\S]*\{"ok":true\}$/);
    assert.equal(bad.requests.length, 1);
    assert.equal(good.requests[0]?.text.split('\r\n\r\n')[1], '{"messages":[1,  2]}');
  });
}

test('gateway: a port where nothing listens is hidden by the next', async (t) => {
  const gone = await backend(t, () => {});
  await gone.close();
  const good = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([gone.url, good.url]));
  assert.match(await raw(gateway.url, post(CHAT, '{}')), /^HTTP\/1\.1 200 OK/);
});

test('gateway: a stream cut after its content ends with an event that says so', async (t) => {
  const upstream = await backend(t, saysAndCloses(SSE_ANSWER.slice(0, SSE_ANSWER.indexOf('data: [DONE]') - 4)));
  const other = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([upstream.url, other.url]));
  const answer = await raw(gateway.url, post(CHAT, '{"stream":true}'));
  assert.match(answer, /Gr/);
  assert.match(answer, /data: \{"error":\{[^\n]*"code":"upstream_broken"\}\}\n\n\r\n0\r\n\r\n$/);
  assert.equal(other.requests.length, 0);
});

test('gateway: a client that leaves closes its connection to the backend at once', async (t) => {
  const closed = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const upstream = await backend(t, ({ socket }) => {
    socket.on('close', () => closed.resolve());
    asked.resolve();
  });
  const { gateway } = await started(t, configFor([upstream.url]));
  const socket: Socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.write(post(CHAT, '{}'));
  await asked.promise;
  socket.destroy();
  await closed.promise;
});

test('gateway: requests in turn share one connection to the backend', async (t) => {
  const upstream = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([upstream.url]));
  for (let i = 0; i < 5; i++) await raw(gateway.url, post(CHAT, '{}'));
  assert.equal(upstream.connections(), 1);
});

test('gateway: a large body arrives whole, after Expect: 100-continue too', async (t) => {
  const upstream = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([upstream.url]));
  const body = JSON.stringify({ messages: [{ content: 'x'.repeat(3_000_000) }] });
  const answer = await raw(gateway.url, post(CHAT, body, 'expect: 100-continue\r\n'));
  assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  assert.equal(upstream.requests[0]?.text.split('\r\n\r\n')[1], body);
  assert.doesNotMatch(upstream.requests[0]?.text.slice(0, 500) ?? '', /expect/i);
});

test('gateway: a chunked body goes up whole, with its length', async (t) => {
  const upstream = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([upstream.url]));
  const request = `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${chunk('{"a":')}${chunk('1}')}0\r\n\r\n`;
  assert.match(await raw(gateway.url, request), /^HTTP\/1\.1 200/);
  assert.match(upstream.requests[0]?.text ?? '', /content-length: 7\r\n\r\n\{"a":1\}$/);
});

test('gateway: a body past its limit is refused while it comes, with or without a length', async (t) => {
  const limits = { ...DEFAULT_GATEWAY.limits, bodyBytesMax: 20 };
  const upstream = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([upstream.url], { gateway: { ...DEFAULT_GATEWAY, limits } }));
  const announced = await raw(gateway.url, post(CHAT, 'x'.repeat(21)));
  const endless = `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${chunk('x'.repeat(30))}`;
  const chunked = await raw(gateway.url, endless, (text) => text.includes('}'));
  for (const answer of [announced, chunked]) assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*bodyBytesMax/);
  assert.equal(upstream.requests.length, 0);
});

const UNREADABLE: ReadonlyArray<readonly [name: string, bytes: string, status: number]> = [
  ['what is no HTTP', 'hello\r\n\r\n', 400],
  ['a head that is too long', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(HEAD_BYTES_MAX)}\r\n\r\n`, 431],
  ['two lengths', 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
];

for (const [name, bytes, status] of UNREADABLE) {
  test(`gateway: refuses ${name} with ${status} in Azure's shape`, async (t) => {
    const { gateway } = await started(t, configFor(['http://127.0.0.1:9']));
    const answer = await raw(gateway.url, bytes);
    assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
    assert.ok(answer.includes(`{"error":{"code":"${status}",`), answer);
  });
}

test('gateway: a reason phrase that Node would not write is left out, and the answer arrives', async (t) => {
  for (const reason of ['a\x01b', 'caf\x7f', '\x0b', 'Tr\xe8s bien']) {
    const upstream = await backend(t, saysAndCloses(JSON_OK.replace('OK', reason)));
    const { gateway } = await started(t, configFor([upstream.url]));
    const answer = await raw(gateway.url, post(CHAT, '{}'));
    assert.ok(/^HTTP\/1\.1 (200 OK|503 )/.test(answer), answer);
  }
});

test('gateway: a client that asks ahead without reading is owed so many answers, then its connection ends', async (t) => {
  const upstream = await backend(t, () => {});
  const { gateway, events } = await started(t, configFor([upstream.url]));
  const one = `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}`;
  await raw(gateway.url, one.repeat(OWED_MAX + 1));
  const began = events.filter((event) => event.kind === 'exchangeBegan').length;
  assert.equal(began, OWED_MAX);
});

test('gateway: what follows a request and is no HTTP breaks the connection, and never speaks into an answer', async (t) => {
  const asked = Promise.withResolvers<void>();
  const upstream = await backend(t, ({ socket }) => {
    socket.write(SSE_ANSWER.slice(0, SSE_ANSWER.indexOf('data: [DONE]') - 4), 'latin1');
    asked.resolve();
  });
  const { gateway } = await started(t, configFor([upstream.url]));
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  let text = '';
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    if (text === '') socket.write('garbage\r\n\r\n');
    text += bytes.toString('latin1');
  });
  socket.write(post(CHAT, '{}').replace('connection: close\r\n', ''));
  await asked.promise;
  await closed;
  assert.doesNotMatch(text, /400 Bad Request/);
});

const REFUSED: ReadonlyArray<readonly [name: string, request: string, status: number]> = [
  [
    "TRACE, which would show the gateway's credential",
    `TRACE ${CHAT} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    405,
  ],
  [
    'a host that is another machine',
    `GET /openai/files HTTP/1.1\r\nhost: evil.example:8080\r\nconnection: close\r\n\r\n`,
    403,
  ],
  [
    'a page of elsewhere',
    `GET /openai/files HTTP/1.1\r\nhost: localhost:8080\r\norigin: http://evil.example\r\nconnection: close\r\n\r\n`,
    403,
  ],
  [
    'a body that is coded',
    `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n0\r\n\r\n`,
    501,
  ],
];

for (const [name, request, status] of REFUSED) {
  test(`gateway: refuses ${name} with ${status}, and asks no backend`, async (t) => {
    const upstream = await backend(t, says(JSON_OK));
    const { gateway } = await started(t, configFor([upstream.url]));
    assert.ok((await raw(gateway.url, request)).startsWith(`HTTP/1.1 ${status} `));
    assert.equal(upstream.requests.length, 0);
  });
}

test('gateway: takes a target in absolute form, whatever its origin', async (t) => {
  const upstream = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([upstream.url]));
  assert.match(await raw(gateway.url, post(`http://localhost${CHAT}`, '{}')), /^HTTP\/1\.1 200/);
  assert.equal(upstream.requests[0]?.path, CHAT);
});

test('gateway: a connection that never asked anything does not hold up a drain', async (t) => {
  const { gateway } = await started(t, configFor(['http://127.0.0.1:9']));
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.on('connect', resolve));
  await raw(gateway.url, 'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  await gateway.drain();
  socket.destroy();
});

test('gateway: health is told without a backend; ready no longer once it drains', async (t) => {
  const asked = Promise.withResolvers<RawRequest>();
  const upstream = await backend(t, asked.resolve);
  const { gateway } = await started(t, configFor([upstream.url]));
  const health = (path: string) =>
    raw(gateway.url, `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  for (const path of ['/healthz', '/livez', '/readyz']) assert.match(await health(path), /^HTTP\/1\.1 200 OK/);
  const pending = raw(gateway.url, post(CHAT, '{}'));
  const request = await asked.promise;
  const drained = gateway.drain();
  assert.match(await health('/readyz'), /^HTTP\/1\.1 503/);
  assert.match(await health('/livez'), /^HTTP\/1\.1 200 OK/);
  request.socket.write(JSON_OK);
  assert.match(await pending, /^HTTP\/1\.1 200 OK[\s\S]*\{"ok":true\}$/);
  await drained;
});

test('gateway: a drain waits for streams until its deadline, then cuts them', async (t) => {
  const asked = Promise.withResolvers<void>();
  const upstream = await backend(t, ({ socket }) => {
    socket.write(SSE_ANSWER.slice(0, SSE_ANSWER.indexOf('data: [DONE]') - 4), 'latin1');
    asked.resolve();
  });
  const { gateway, clock } = await started(t, configFor([upstream.url]));
  const begun = Promise.withResolvers<void>();
  const answer = raw(gateway.url, post(CHAT, '{}'), (text) => {
    if (text.includes('data:')) begun.resolve();
    return false;
  });
  await Promise.all([asked.promise, begun.promise]);
  const drained = gateway.drain();
  clock.advance(DEFAULT_GATEWAY.drainMs);
  await drained;
  assert.doesNotMatch(await answer, /DONE/);
});

test('gateway: a reload takes new backends and keeps what it learned', async (t) => {
  const first = await backend(t, says('HTTP/1.1 429 Too Many\r\nretry-after: 50\r\ncontent-length: 0\r\n\r\n'));
  const second = await backend(t, says(JSON_OK));
  const { gateway } = await started(t, configFor([first.url]));
  assert.match(await raw(gateway.url, post(CHAT, '{}')), /^HTTP\/1\.1 429/);
  gateway.reload(configFor([first.url, second.url]));
  const answer = await raw(gateway.url, post(CHAT, '{}'));
  assert.match(answer, /^HTTP\/1\.1 200[\s\S]*x-spillway-attempts: 1\r\n/);
  assert.equal(first.requests.length, 1);
});

test('gateway: does not listen for strangers on other hosts than loopback, and says the ways out', async () => {
  const config = configFor(['http://127.0.0.1:9']);
  const open = startGateway({ config, host: '0.0.0.0', port: 0, adminPort: 0 });
  await assert.rejects(
    open,
    (error) => error instanceof UsageError && /CLIENT_1_KEY.*127\.0\.0\.1.*--allow-anonymous/.test(error.message),
  );
  const admin = startGateway({ config, port: 0, adminHost: '0.0.0.0', adminPort: 0 });
  await assert.rejects(admin, /SPILLWAY_ADMIN_KEY/);
});

test('gateway: a reload that would let strangers in is not taken', async (t) => {
  const upstream = await backend(t, says(JSON_OK));
  const closed = configFor([upstream.url], { clients: [testClient('app', 'client-key')] });
  const { gateway } = await started(t, closed, { host: '0.0.0.0' });
  const url = gateway.url.replace('localhost', '127.0.0.1');
  assert.match(gateway.reload(configFor([upstream.url])) ?? '', /no client keys/);
  assert.match(await raw(url, post(CHAT, '{}')), /^HTTP\/1\.1 401/);
  const more = [testClient('app', 'client-key'), testClient('other', 'other-key')];
  assert.equal(gateway.reload(configFor([upstream.url], { clients: more })), null);
  assert.match(await raw(url, post(CHAT, '{}', 'api-key: other-key\r\n')), /^HTTP\/1\.1 200/);
});

test('gateway: a port in use is named, with the way out', async (t) => {
  const config = configFor(['http://127.0.0.1:9']);
  const { gateway } = await started(t, config);
  const port = Number(new URL(gateway.url).port);
  await assert.rejects(
    startGateway({ config, port, adminPort: 0 }),
    new RegExp(`--port ${port}: another program listens`),
  );
});
