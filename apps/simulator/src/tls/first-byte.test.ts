import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { FakeClock } from '@spillway/clock';
import { SILENT_MS_MAX, speakBoth } from './first-byte.ts';
import { folder } from './testing.ts';
import { Tls } from './tls.ts';

interface Both {
  readonly port: number;
  readonly ca: string;
  readonly clock: FakeClock;
  readonly server: Server;
}

async function both(t: TestContext): Promise<Both> {
  const tls = new Tls({ caFile: join(folder(t), 'ca.pem'), keyFile: null }, '127.0.0.1');
  const clock = new FakeClock();
  const server = createServer((request, response) => {
    if (request.url === '/reset') request.socket.resetAndDestroy();
    else request.pipe(response);
  });
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhello'));
  speakBoth(server, await tls.contexts(), clock);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, ca: (await tls.trusted()).ca, clock, server };
}

/** Connected, and known to the server. */
async function raw({ port, server }: Both): Promise<Socket> {
  const seen = once(server, 'connection');
  const socket = connect(port, '127.0.0.1');
  await seen;
  return socket;
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (more) => (text += more));
  await once(socket, 'close');
  return text;
}

const ASK = 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello';

test('speakBoth: answers http and https on one port', async (t) => {
  const it = await both(t);
  const plain = connect(it.port, '127.0.0.1');
  plain.end(ASK);
  assert.match(await textOf(plain), /^HTTP\/1\.1 200 OK.*hello/s);
  for (const servername of ['localhost', 'openai2.localhost', 'management.azure.com', 'x.openai.azure.com']) {
    const secure = tlsConnect({ port: it.port, host: '127.0.0.1', servername, ca: it.ca, ALPNProtocols: ['http/1.1'] });
    secure.end(ASK);
    assert.match(await textOf(secure), /^HTTP\/1\.1 200 OK.*hello/s);
    assert.equal(secure.authorized, true, servername);
  }
});

test('speakBoth: a first byte that comes alone is enough, and none is lost', async (t) => {
  const it = await both(t);
  const socket = await raw(it);
  socket.setNoDelay(true);
  for (const character of ASK) socket.write(character);
  assert.match(await textOf(socket), /^HTTP\/1\.1 200 OK.*hello/s);
});

test('speakBoth: upgrades reach the handler on both', async (t) => {
  const it = await both(t);
  const upgrade = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
  const plain = await raw(it);
  plain.write(upgrade);
  assert.match(await textOf(plain), /^HTTP\/1\.1 101 .*hello/s);
  const secure = tlsConnect({ port: it.port, host: '127.0.0.1', servername: 'localhost', ca: it.ca });
  secure.write(upgrade);
  assert.match(await textOf(secure), /^HTTP\/1\.1 101 .*hello/s);
});

test('speakBoth: a reset below TLS is one', async (t) => {
  const { port, ca } = await both(t);
  const sent = httpsRequest({ port, host: '127.0.0.1', path: '/reset', ca });
  sent.end();
  const [error] = await once(sent, 'error');
  assert.equal(error.code, 'ECONNRESET');
});

test('speakBoth: a connection that stays silent is closed when its time is over, and not before', async (t) => {
  const it = await both(t);
  const silent = await raw(it);
  const closed = once(silent.resume(), 'close');
  it.clock.advance(SILENT_MS_MAX - 1);
  const other = await raw(it);
  other.end(ASK);
  await textOf(other);
  assert.equal(silent.closed, false);
  it.clock.advance(1);
  await closed;
});

test('speakBoth: who does not trust the CA, or speaks nonsense, is closed, and others are served on', async (t) => {
  const it = await both(t);
  const wary = tlsConnect({ port: it.port, host: '127.0.0.1', servername: 'localhost' });
  const [error] = await once(wary, 'error');
  assert.match(String(error.code), /SELF_SIGNED|UNABLE_TO/);
  const odd = await raw(it);
  odd.end(Buffer.from([0x16, 0x03, 0x01, 0xff, 0xff, 1, 2, 3]));
  odd.on('error', () => {});
  await textOf(odd);
  const plain = await raw(it);
  plain.end(ASK);
  assert.match(await textOf(plain), /200 OK/);
});
