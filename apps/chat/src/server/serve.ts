/** The app over node:http. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Env } from './context.ts';

/** Longest request head. Bytes. */
const HEAD_BYTES_MAX = 16 * 1024;
/** A request must be here, upload included, within this time. Milliseconds. */
const REQUEST_MS_MAX = 300_000;
/** Connections at once; beyond, new ones are dropped. */
const CONNECTIONS_MAX = 2_000;

export function chatServer(app: Hono<Env>): Server {
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => Response.json({ error: { code: 'badRequest', message: UNREADABLE } }, { status: 400 }),
  });
  const server = createServer({ maxHeaderSize: HEAD_BYTES_MAX, requestTimeout: REQUEST_MS_MAX }, listener);
  server.maxConnections = CONNECTIONS_MAX;
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

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
