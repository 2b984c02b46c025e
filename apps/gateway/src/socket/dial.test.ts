import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Receiver } from '../forward/upstream.ts';
import { selfSigned } from '../testing/certificate.ts';
import { dial } from './dial.ts';
import { until } from './testing/bench.ts';

class Heard implements Receiver {
  readonly all: string[] = [];
  onConnected = (): number => this.all.push('connected');
  onHead = (status: number): number => this.all.push(`head ${status}`);
  onData = (chunk: Buffer): number => this.all.push(`data ${chunk}`);
  onEnd = (): number => this.all.push('end');
  onFailure = ({ kind, code }: { readonly kind: string; readonly code: string }): number =>
    this.all.push(`${kind} ${code}`);
}

test('dial: over TLS, to a backend whose certificate is trusted and to one whose is not', async (t) => {
  const pair = await selfSigned('backend');
  const server = createServer(pair);
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-a: b\r\n\r\nfirst');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const request = { origin: `https://127.0.0.1:${port}`, method: 'GET', path: '/', headers: [], body: null };
  const distrusted = new Heard();
  dial(request, distrusted, () => assert.fail('not trusted'));
  await until('it fails', () => distrusted.all.length > 0);
  assert.deepEqual(distrusted.all, ['unsent DEPTH_ZERO_SELF_SIGNED_CERT']);
  const before = getCACertificates('default');
  t.after(() => setDefaultCACertificates(before));
  setDefaultCACertificates([...before, pair.cert]);
  const trusted = new Heard();
  let first = '';
  dial(request, trusted, ({ socket, head, reason, rawHeaders }) => {
    t.after(() => socket.destroy());
    first = `${reason} ${head} ${rawHeaders.slice(-2)}`;
  });
  await until('it is switched', () => first !== '');
  assert.equal(first, 'Switching first x-a,b');
  assert.deepEqual(trusted.all, ['connected']);
});

test('dial: one that nobody answers is unsent; one that was cancelled is never heard of', async () => {
  const request = { origin: 'http://127.0.0.1:1', method: 'GET', path: '/', headers: [], body: null };
  const heard = new Heard();
  const cancelled = new Heard();
  dial(request, cancelled, () => {}).cancel();
  dial(request, heard, () => {});
  await until('it fails', () => heard.all.length > 0);
  assert.deepEqual([heard.all, cancelled.all], [['unsent ECONNREFUSED'], []]);
});
