/** A server that takes connections of PostgreSQL's driver, and says next to nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** AuthenticationOk, then ReadyForQuery. Source: PostgreSQL 18, protocol message formats. */
export const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

export interface Silent {
  readonly url: string;
  /** Bytes of the next message that comes. */
  readonly heard: () => Promise<Buffer>;
}

/** @param welcome of a connection; nothing is answered after it. */
export async function silent(t: TestContext, welcome: Buffer): Promise<Silent> {
  const sockets = new Set<Socket>();
  const messages: Buffer[] = [];
  let next = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.write(welcome));
    socket.on('data', (bytes) => {
      messages.push(bytes);
      next.resolve();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  const heard = async (): Promise<Buffer> => {
    if (messages.length === 0) await next.promise;
    next = Promise.withResolvers<void>();
    return messages.shift() ?? assert.fail('nothing came');
  };
  return { url: `postgres://somebody@127.0.0.1:${port}/postgres`, heard };
}
