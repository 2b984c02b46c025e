/** The admin port over node:http. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { azureError } from '@spillway/protocol';
import type { Hono } from 'hono';

/** Longest request head. Bytes. */
const HEAD_BYTES_MAX = 16 * 1024;
/** A request must be here, head and body, within this time. Milliseconds. */
const REQUEST_MS_MAX = 30_000;

export function adminServer(app: Hono): Server {
  const listener = getRequestListener(app.fetch, {
    // The adapter would otherwise put its own Request and Response in place of those of the whole process.
    overrideGlobalObjects: false,
    errorHandler: () => Response.json(azureError('BadRequest', UNREADABLE), { status: 400 }),
  });
  return createServer({ maxHeaderSize: HEAD_BYTES_MAX, requestTimeout: REQUEST_MS_MAX }, listener);
}

const UNREADABLE = "The request has no usable 'host' header or path.";
