import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeClock, systemClock } from '@spillway/clock';
import { rawServer } from '../drive/testing.ts';
import { type ConnectEnded, openConnection, placeOf } from './connect.ts';

function opened(endpoint: string, clock = systemClock): Promise<ConnectEnded> {
  return new Promise((resolve) => {
    openConnection(endpoint, { clock, limitMs: 10_000 }, resolve);
  });
}

/** A port of loopback on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function silent(t: TestContext) {
  const said: string[] = [];
  const url = await rawServer(t, (socket, text) => {
    said.push(text);
    socket.end('HTTP/1.1 400 X\r\n\r\n');
  });
  return { url, said };
}

test('placeOf: host and port of an address, whatever stands behind and before them', () => {
  const rows: ReadonlyArray<readonly [string, ReturnType<typeof placeOf>]> = [
    ['https://one.example/openai/v1', { host: 'one.example', port: 443, isTls: true }],
    ['http://one.example', { host: 'one.example', port: 80, isTls: false }],
    ['https://me:secret@one.example:8443?x=1', { host: 'one.example', port: 8443, isTls: true }],
    ['http://[::1]:9001/', { host: '::1', port: 9001, isTls: false }],
  ];
  for (const [endpoint, want] of rows) assert.deepEqual(placeOf(endpoint), want, endpoint);
});

test('openConnection: connects, says nothing, and leaves', async (t) => {
  const { url, said } = await silent(t);
  const ended = await opened(url);
  assert.ok(ended.kind === 'connected' && ended.tcpMs >= 0 && ended.tlsMs === null, JSON.stringify(ended));
  assert.deepEqual(said, []);
});

test('openConnection: the round trip stands where the handshake behind it fails', async (t) => {
  const { url } = await silent(t);
  const ended = await opened(url.replace('http:', 'https:'));
  assert.ok(ended.kind === 'connected' && ended.tcpMs >= 0 && ended.tlsMs === null, JSON.stringify(ended));
});

test('openConnection: nobody there is a failure with its code', async () => {
  assert.deepEqual(await opened(`http://127.0.0.1:${await closedPort()}`), { kind: 'failed', why: 'ECONNREFUSED' });
});

test('openConnection: the limit ends it, and no answer counts after that', async (t) => {
  const { url } = await silent(t);
  const clock = new FakeClock();
  const ended: ConnectEnded[] = [];
  openConnection(url, { clock, limitMs: 2_000 }, (one) => ended.push(one));
  clock.advance(1_999);
  assert.deepEqual(ended, []);
  clock.advance(1);
  assert.deepEqual(ended, [{ kind: 'failed', why: 'no connection within 2000 ms' }]);
  await opened(url);
  assert.deepEqual([ended.length, clock.pending], [1, 0]);
});

test('openConnection: cancelled, it tells nobody', async (t) => {
  const { url } = await silent(t);
  const clock = new FakeClock();
  const ended: ConnectEnded[] = [];
  openConnection(url, { clock, limitMs: 2_000 }, (one) => ended.push(one)).cancel();
  await opened(url);
  assert.deepEqual([ended, clock.pending], [[], 0]);
});
