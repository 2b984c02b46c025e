/**
 * Pages in a browser (Fetch standard, "HTTP CORS protocol"): preflights are answered here, since they carry no credential, and answers
 * tell the browser which origin may read them. Cookies and the like are never asked for.
 */
import { azureError } from '@spillway/protocol';
import type { Spool } from '../body/spool.ts';
import type { BodyLimits, BodyRead, Inbound, InboundListener, RawHeaders } from './inbound.ts';

/** How long a browser may keep the answer to a preflight. Seconds. */
const MAX_AGE_SECONDS = '600';
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** Names of headers, in a list; anything else is not said back. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?: *, *[\w!#$%&'*+.^`|~-]+)*$/;

export class Cors {
  readonly #origins: readonly string[];

  /** @param origins in small letters; `*` for all; none: this is off. */
  constructor(origins: readonly string[]) {
    this.#origins = origins;
  }

  /** @returns the request to go on with, whose answer a page may read if its origin may ask; null for a preflight, which is answered. */
  admit(inbound: Inbound): Inbound | null {
    const origin = this.#origins.length === 0 ? undefined : inbound.header('origin');
    if (origin === undefined) return inbound;
    const allowed = this.#allowed(origin);
    const asked = inbound.method === 'OPTIONS' ? inbound.header('access-control-request-method') : undefined;
    if (asked !== undefined) {
      answerPreflight(inbound, allowed);
      return null;
    }
    return allowed === null ? inbound : new ReadableInbound(inbound, allowed);
  }

  /** As the answer names it; null where it may not ask. */
  #allowed(origin: string): string | null {
    if (this.#origins.includes('*')) return '*';
    return this.#origins.includes(origin.toLowerCase()) ? origin : null;
  }
}

function answerPreflight(inbound: Inbound, allowed: string | null): void {
  if (allowed === null) {
    const body = Buffer.from(JSON.stringify(azureError('OriginRefused', NOT_LISTED)));
    const headers = ['content-type', 'application/json', 'content-length', String(body.length), 'vary', 'Origin'];
    inbound.writeHead(403, '', headers);
    inbound.end(body);
    return;
  }
  const names = inbound.header('access-control-request-headers') ?? '';
  const headers = [...originHeaders(allowed), 'access-control-allow-methods', METHODS];
  if (HEADER_NAMES.test(names)) headers.push('access-control-allow-headers', names);
  headers.push('access-control-max-age', MAX_AGE_SECONDS);
  inbound.writeHead(204, '', headers);
  inbound.end(null);
}

const NOT_LISTED =
  "Pages of this origin may not ask this gateway: it is not among 'cors.origins' of its configuration.";

function originHeaders(allowed: string): string[] {
  const vary = allowed === '*' ? [] : ['vary', 'Origin'];
  return ['access-control-allow-origin', allowed, ...vary];
}

/** A request whose answer says that its page may read it. */
class ReadableInbound implements Inbound {
  readonly #inner: Inbound;
  readonly #allowed: string;

  constructor(inner: Inbound, allowed: string) {
    this.#inner = inner;
    this.#allowed = allowed;
  }

  get method(): string {
    return this.#inner.method;
  }

  get target(): string {
    return this.#inner.target;
  }

  get rawHeaders(): RawHeaders {
    return this.#inner.rawHeaders;
  }

  get peer(): string {
    return this.#inner.peer;
  }

  header(lowerName: string): string | undefined {
    return this.#inner.header(lowerName);
  }

  listen(listener: InboundListener): void {
    this.#inner.listen(listener);
  }

  readBody(limits: BodyLimits, spool: Spool, done: (body: BodyRead) => void): void {
    this.#inner.readBody(limits, spool, done);
  }

  /** What a backend says about pages is about its own. */
  writeHead(status: number, reason: string, headers: string[]): void {
    const kept: string[] = [];
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i] ?? '';
      if (!/^access-control-/i.test(name)) kept.push(name, headers[i + 1] ?? '');
    }
    kept.push(...originHeaders(this.#allowed), 'access-control-expose-headers', '*');
    this.#inner.writeHead(status, reason, kept);
  }

  write(chunk: Buffer): boolean {
    return this.#inner.write(chunk);
  }

  end(chunk: Buffer | null): void {
    this.#inner.end(chunk);
  }

  destroy(): void {
    this.#inner.destroy();
  }
}
