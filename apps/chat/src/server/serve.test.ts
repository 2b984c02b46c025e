import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { chatServer, closed, FLUSH_MS_MAX, flushed, listening } from './serve.ts';

/** Answers everything; `/slow` begins and does not end. */
async function served(t: TestContext, connectionsMax?: number): Promise<{ server: Server; port: number }> {
  const endless = () =>
    new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('a')) }));
  const fetch = (request: Request) => (request.url.endsWith('/slow') ? endless() : new Response('well'));
  const server = chatServer({ fetch }, connectionsMax);
  const port = await listening(server, '127.0.0.1', 0);
  t.after(() => closed(server));
  return { server, port };
}

function connected(t: TestContext, port: number): { readonly socket: Socket; readonly said: () => Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  const said = async () => String((await once(socket, 'data'))[0]);
  return { socket, said };
}

function ask(socket: Socket, path: string, head = ''): void {
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${head}\r\n`);
}

test('chatServer: connections beyond the limit are dropped, and there is room again when one has gone', async (t) => {
  const { server, port } = await served(t, 2);
  const [first, second] = [connected(t, port), connected(t, port)];
  for (const { socket, said } of [first, second]) {
    ask(socket, '/');
    assert.match(await said(), /^HTTP\/1\.1 200/);
  }
  const third = connected(t, port);
  await Promise.all([once(server, 'drop'), once(third.socket, 'close')]);
  first.socket.end();
  await once(first.socket, 'close');
  const fourth = connected(t, port);
  ask(fourth.socket, '/');
  assert.match(await fourth.said(), /^HTTP\/1\.1 200/);
});

test('chatServer: takes 2,000 connections, heads of 16 KiB and requests of 5 minutes', async (t) => {
  const { server, port } = await served(t);
  assert.deepEqual([server.maxConnections, server.requestTimeout], [2_000, 300_000]);
  for (const [bytes, want] of [
    [16_000, 200],
    [16_500, 431],
  ] as const) {
    const { socket, said } = connected(t, port);
    ask(socket, '/', `x-long: ${'a'.repeat(bytes)}\r\n`);
    assert.match(await said(), new RegExp(`^HTTP/1\\.1 ${want}`));
  }
});

test('flushed: resolves when who was reading has the rest, a kept connection or not', async (t) => {
  const { server, port } = await served(t);
  const idle = connected(t, port);
  ask(idle.socket, '/');
  await idle.said();
  await flushed(server, new FakeClock());
  assert.equal(server.listening, false);
});

test('flushed: waits for a reader no longer than the limit', async (t) => {
  const { server, port } = await served(t);
  const { socket, said } = connected(t, port);
  ask(socket, '/slow');
  await said();
  const clock = new FakeClock();
  let isOver = false;
  const over = flushed(server, clock).then(() => {
    isOver = true;
  });
  clock.advance(FLUSH_MS_MAX - 1);
  await setImmediate();
  assert.equal(isOver, false);
  clock.advance(1);
  await over;
});
