import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeClock, systemClock } from '@spillway/clock';
import { ANSWER_BYTES_MAX } from './answer-reader.ts';
import { type Answered, Sender, type Sent, TOO_LONG } from './sender.ts';
import { rawServer, runClockOf, SENT } from './testing.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n';

function chunked(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

const WORD = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}\n\n';

function stage(t: TestContext, clock = runClockOf(systemClock)) {
  const sender = new Sender(clock);
  t.after(() => sender.close());
  const send = (address: string, more: Partial<Sent> = {}) => {
    const ended = Promise.withResolvers<Answered>();
    const sending = sender.send({ ...SENT, address, ...more }, ended.resolve);
    return { ended: ended.promise, cancel: () => sending.cancel() };
  };
  return { send };
}

test('Sender: what was sent, and what the head of Azure told', async (t) => {
  const seen: string[] = [];
  const url = await rawServer(t, (socket, text) => {
    seen.push(text);
    const body = '{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}';
    const lines = [
      'HTTP/1.1 200 OK',
      'content-type: application/json',
      `content-length: ${body.length}`,
      'x-ratelimit-limit-tokens: 30000',
      'x-ratelimit-remaining-tokens: 29000',
      'x-ratelimit-remaining-requests: 29',
      'azure-openai-deployment-utilization: 11.2%',
      'x-ms-is-spilled-over: true',
      'x-ms-region: East US',
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  });
  const { send } = stage(t);
  const answer = await send(`${url}/openai/x?api-version=1`, { headers: { 'api-key': 'k' }, body: '{"a":1}' }).ended;
  assert.match(seen.join(''), /^POST \/openai\/x\?api-version=1 HTTP\/1\.1\r\n.*\napi-key: k\r\n.*\r\n\r\n\{"a":1\}$/s);
  assert.deepEqual(
    [answer.class, answer.status, answer.utilisation?.toFixed(4), answer.spilledOver, answer.servedBy],
    ['ok', 200, '0.1120', true, 'East US'],
  );
  const { atMs, ...quota } = answer.quota ?? { atMs: null };
  assert.deepEqual(quota, { limitTokens: 30_000, remainingTokens: 29_000, limitRequests: null, remainingRequests: 29 });
  assert.equal(atMs, answer.headMs);
});

const REFUSED: readonly (readonly [string, string, readonly unknown[]])[] = [
  ['429 with milliseconds', '429 X\r\nretry-after-ms: 100\r\nretry-after: 1', ['throttled', 429, 100]],
  ['429 with seconds', '429 X\r\nretry-after: 2', ['throttled', 429, 2_000]],
  ['503 with seconds', '503 X\r\nretry-after: 2', ['serverError', 503, 2_000]],
  ['500 with seconds', '500 X\r\nretry-after: 2', ['serverError', 500, null]],
  ['a redirect, which is not followed', '302 X\r\nlocation: http://127.0.0.1:9/', ['refused', 302, null]],
];

for (const [name, head, want] of REFUSED) {
  test(`Sender: ${name}`, async (t) => {
    const url = await rawServer(t, (socket) => socket.write(`HTTP/1.1 ${head}\r\ncontent-length: 0\r\n\r\n`));
    const { class: of, status, hint } = await stage(t).send(url).ended;
    assert.deepEqual([of, status, hint?.waitMs ?? null], want);
  });
}

test('Sender: a reset before an answer, in its head, and in its middle', async (t) => {
  const url = await rawServer(t, (socket, text) => {
    if (text.includes('/head')) socket.end('HTTP/1.1 200 OK\r\ncontent-ty');
    else if (text.includes('/middle')) socket.write(`${HEAD}\r\n${chunked(WORD)}`, () => socket.resetAndDestroy());
    else if (text.includes('/end')) socket.end(`${HEAD}\r\n${chunked(WORD)}`);
    else socket.resetAndDestroy();
  });
  const { send } = stage(t);
  for (const [path, of, status, code] of [
    ['/before', 'reset', 0, /^(?:ECONNRESET|UND_ERR_SOCKET)$/],
    ['/head', 'reset', 0, /^UND_ERR_SOCKET|^HPE_/],
    ['/middle', 'broken', 200, /^(?:ECONNRESET|UND_ERR_SOCKET)$/],
    ['/end', 'broken', 200, /^UND_ERR_SOCKET|^HPE_/],
  ] as const) {
    const answer = await send(`${url}${path}`).ended;
    assert.deepEqual([answer.class, answer.status], [of, status], path);
    assert.match(answer.errorCode ?? '', code, path);
  }
});

test('Sender: nobody listens', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  server.close();
  await once(server, 'close');
  const answer = await stage(t).send(`http://127.0.0.1:${port}/`).ended;
  assert.deepEqual([answer.class, answer.status, answer.errorCode], ['reset', 0, 'ECONNREFUSED']);
});

for (const [name, answer, want] of [
  ['is silent', '', ['timeout', 0]],
  ['goes silent within its answer', `${HEAD}\r\n${chunked(WORD)}`, ['timeout', 200]],
] as const) {
  test(`Sender: a server that ${name} is given up when its time is over`, async (t) => {
    const came = Promise.withResolvers<void>();
    const url = await rawServer(t, (socket) => {
      if (answer !== '') socket.write(answer);
      came.resolve();
    });
    const fake = new FakeClock();
    const { send } = stage(t, runClockOf(fake));
    const { ended } = send(url, { timeoutMs: 5_000 });
    await came.promise;
    // The answer's beginning is on its way: a trip there and back of another call is behind it.
    if (answer !== '') await fetch(url, { method: 'POST' }).then((response) => response.body?.getReader().read());
    fake.advance(5_000);
    const { class: of, status, endMs, errorCode } = await ended;
    assert.deepEqual([of, status, endMs, errorCode], [...want, 5_000, null]);
    assert.equal(fake.pending, 0);
  });
}

test('Sender: an answer without an end is given up when it is longer than is read', async (t) => {
  const piece = chunked(`data: ${'x'.repeat(1024 * 1024)}\n\n`);
  const url = await rawServer(t, (socket) => {
    socket.write(`${HEAD}\r\n`);
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece)) {}
    };
    socket.on('drain', more);
    more();
  });
  const { class: of, errorCode } = await stage(t).send(url).ended;
  assert.deepEqual([of, errorCode], ['broken', TOO_LONG]);
  assert.ok(ANSWER_BYTES_MAX < 100 * 1024 * 1024);
});

test('Sender: a call is cancelled while it connects, and while it is under way', async (t) => {
  const came = Promise.withResolvers<void>();
  const seen: string[] = [];
  const url = await rawServer(t, (_, text) => {
    seen.push(text);
    if (text.includes('/under')) came.resolve();
  });
  const { send } = stage(t);
  const early = send(url);
  early.cancel();
  assert.equal((await early.ended).class, 'cancelled');
  const under = send(`${url}/under`);
  await came.promise;
  under.cancel();
  under.cancel();
  const { class: of, errorCode } = await under.ended;
  assert.deepEqual([of, errorCode], ['cancelled', null]);
  assert.ok(
    seen.every((text) => text.startsWith('POST /under ')),
    'what was cancelled before it was connected is not sent',
  );
});

test('Sender: what cannot be sent at all comes back in a later turn, so that asking again at once starves nobody', async (t) => {
  const { send } = stage(t);
  let ranTimer = false;
  systemClock.after(1, () => {
    ranTimer = true;
  });
  for (let i = 0; !ranTimer; i++) {
    const { ended } = send('http://127.0.0.1:9/', { headers: { 'api-key': 'a\nb' } });
    assert.equal((await ended).class, 'reset');
    assert.ok(i < 100_000, 'no timer ran');
  }
});

test('Sender: connections are kept and used again, and are not limited in number', async (t) => {
  const ports = new Set<number | undefined>();
  const waiting: Array<() => void> = [];
  const url = await rawServer(t, (socket) => {
    ports.add(socket.remotePort);
    waiting.push(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
    if (waiting.length === 50) for (const answer of waiting.splice(0)) answer();
  });
  const { send } = stage(t);
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(url).ended));
    assert.ok(answers.every(({ class: of }) => of === 'ok'));
  }
  // One that is not free again when the next round begins has another in its place.
  assert.ok(ports.size >= 50 && ports.size < 75, `${ports.size} connections`);
});
