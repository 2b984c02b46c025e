/** The address of the connection, for limits and for proxies that are trusted. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler } from 'hono';
import type { Env } from './context.ts';

export function addressed(): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set(
      'address',
      addressOf(() => getConnInfo(c).remote.address),
    );
    await next();
  };
}

/** Requests made in process, as tests do, have no connection. */
function addressOf(read: () => string | undefined): string {
  try {
    return read() ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
