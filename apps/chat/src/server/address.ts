/** Where a request comes from: the connection, for proxies that are trusted, and who is behind them, for limits. */
import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler } from 'hono';
import { plainAddress } from '../settings/auth-settings.ts';
import type { Env } from './context.ts';

/** @param proxies Addresses that are believed (SPILLWAY_CHAT_PROXY_ADDRESSES). */
export function addressed(proxies: readonly string[]): MiddlewareHandler<Env> {
  return async (c, next) => {
    const address = addressOf(() => getConnInfo(c).remote.address);
    c.set('address', address);
    c.set('client', clientOf(address, c.req.header('x-forwarded-for') ?? '', proxies));
    await next();
  };
}

/**
 * Each proxy adds the address that it was asked from at the end, so the list is read from there: the first that is no proxy of ours is who
 * asks. What stands before it anybody may have written. With what is no address the reading ends at the last proxy.
 */
export function clientOf(connection: string, forwardedFor: string, proxies: readonly string[]): string {
  let client = plainAddress(connection);
  for (const told of forwardedFor.split(',').reverse()) {
    const address = withoutPort(told);
    if (!proxies.includes(client) || isIP(address) === 0) return client;
    client = address;
  }
  return client;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(told: string): string {
  const [, inBrackets, v4] = /^\s*(?:\[([^\]]*)\](?::\d+)?|(\d[\d.]*):\d+)\s*$/.exec(told) ?? [];
  return plainAddress(inBrackets ?? v4 ?? told);
}

/** Requests made in process, as tests do, have no connection. */
function addressOf(read: () => string | undefined): string {
  try {
    return read() ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
