/** The app over node:http. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '@spillway/clock';
import type { Hono } from 'hono';
import type { Env } from './context.ts';

/** Longest request head. Bytes. */
const HEAD_BYTES_MAX = 16 * 1024;
/** A request must be here, upload included, within this time. Milliseconds. */
const REQUEST_MS_MAX = 300_000;
/** Connections at once; beyond, new ones are dropped. */
const CONNECTIONS_MAX = 2_000;
/** Readers of answers that have ended get so long to take the rest of them. Milliseconds. */
export const FLUSH_MS_MAX = 2_000;

/** @param connectionsMax fewer than by default, for tests. */
export function chatServer(app: Pick<Hono<Env>, 'fetch'>, connectionsMax = CONNECTIONS_MAX): Server {
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => Response.json({ error: { code: 'badRequest', message: UNREADABLE } }, { status: 400 }),
  });
  const server = createServer({ maxHeaderSize: HEAD_BYTES_MAX, requestTimeout: REQUEST_MS_MAX }, listener);
  server.maxConnections = connectionsMax;
  server.on('request', (_, response) => response.once('close', () => setImmediate(() => letGo(server))));
  return server;
}

const UNREADABLE = "The request has no usable 'host' header or path.";

/** @returns the port. @throws the system's error: the port is taken, the address is none of this machine's. */
export function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** A browser keeps its connection for the next request: of a server that no longer listens there is none. */
function letGo(server: Server): void {
  if (!server.listening) server.closeIdleConnections();
}

/** Takes no new connection, and resolves when the open ones have ended, or the time for them has. */
export async function flushed(server: Server, clock: Clock): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  await within(clock, FLUSH_MS_MAX, ended);
}

/** Resolves with `work`, or when the time is over. */
export function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, resolve);
    work.then(() => resolve(), reject).finally(() => timer.cancel());
  });
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
