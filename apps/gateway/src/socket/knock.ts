/**
 * The handshake of a WebSocket as requests are read: what it is for, which model it asks for, and whose key it carries. A browser cannot
 * set headers, so its key may come in the query or as a subprotocol; it ends at the gateway wherever it stood (wire §1.5).
 */
import type { IncomingMessage } from 'node:http';
import { apiVersionOf, parsePath, queryValue } from '@spillway/protocol';
import type { RawHeaders } from '../listen/inbound.ts';

/** What browsers write before their key. Source: OpenAI's guide on realtime with WebSockets. */
const KEY_PROTOCOL = 'openai-insecure-api-key.';

export type SocketKind = 'realtime' | 'responses';

export interface Knock {
  readonly kind: SocketKind;
  /** Path and query; of realtime without the name of the deployment, which each backend has its own for. */
  readonly target: string;
  /** The name asked for; null where the query has none. */
  readonly model: string | null;
  /** Without keys among the subprotocols, and without what would describe a body. */
  readonly rawHeaders: RawHeaders;
  /** Address of the connection; '' where it is gone. */
  readonly peer: string;
  header(lowerName: string): string | undefined;
}

/** Whether this is a handshake for one of the paths that have WebSockets; else it is a request like any other. */
export function isKnock(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket' && kindOf(request) !== null;
}

/** @returns null for a path without WebSockets. */
export function knockOf(request: IncomingMessage): Knock | null {
  const kind = kindOf(request);
  if (kind === null) return null;
  const { path, query } = partsOf(request);
  const key = headerOf(request, 'api-key') ?? queryValue(query, 'api-key') ?? keyInProtocols(request);
  const rest = kind === 'realtime' ? withoutModel(query) : query;
  return {
    kind,
    target: rest === '' ? path : `${path}?${rest}`,
    model: queryValue(query, 'model') ?? queryValue(query, 'deployment'),
    rawHeaders: headersOf(request.rawHeaders),
    peer: request.socket.remoteAddress ?? '',
    header: (name) => (name === 'api-key' ? key : isOfBody(name) ? undefined : headerOf(request, name)),
  };
}

/** Why this is no handshake at all; null where it is one. Source: RFC 6455 §4.2.1. */
export function handshakeProblem({ method, headers }: IncomingMessage): string | null {
  if (method !== 'GET') return `A WebSocket begins with GET, not ${method}.`;
  if ('content-length' in headers || 'transfer-encoding' in headers) return 'A handshake has no body.';
  if (headers['sec-websocket-version'] !== '13') return "'sec-websocket-version' must be 13.";
  if (!/^[+/\dA-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? ''))
    return "'sec-websocket-key' must be 16 bytes in base64.";
  return null;
}

/** Of what the client offers, the first that is no credential. */
export function protocolOf(offered: Iterable<string>): string | false {
  for (const protocol of offered) if (!protocol.startsWith(KEY_PROTOCOL)) return protocol;
  return false;
}

const MODEL_NAMES: ReadonlySet<string> = new Set(['model', 'deployment']);

/** A query with the name of a deployment in front, as the path wants it. @param path with or without query. */
export function withModel(path: string, name: string): string {
  const mark = path.indexOf('?');
  const bare = mark < 0 ? path : path.slice(0, mark);
  const query = mark < 0 ? '' : `&${path.slice(mark + 1)}`;
  return `${bare}?${/\/v1\/realtime\/?$/i.test(bare) ? 'model' : 'deployment'}=${encodeURIComponent(name)}${query}`;
}

function withoutModel(query: string): string {
  return query
    .split('&')
    .filter((pair) => !MODEL_NAMES.has(nameOf(pair)))
    .join('&');
}

function nameOf(pair: string): string {
  const [name = ''] = pair.split('=', 1);
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name;
  }
}

function kindOf(request: IncomingMessage): SocketKind | null {
  const { path, query } = partsOf(request);
  const target = parsePath(path, apiVersionOf(query) !== null);
  if (target === null || target.dialect === 'classic') return null;
  const operation = target.operation.replace(/\/$/, '');
  return operation === 'realtime' || operation === 'responses' ? operation : null;
}

/** A server takes the absolute form of a target as well (RFC 9112 §3.2.2). */
function partsOf({ url = '/' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const local = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = local.indexOf('?');
  return mark < 0 ? { path: local, query: '' } : { path: local.slice(0, mark), query: local.slice(mark + 1) };
}

function headersOf(raw: RawHeaders): RawHeaders {
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const lower = name.toLowerCase();
    const value = lower === 'sec-websocket-protocol' ? withoutKeys(raw[i + 1] ?? '') : (raw[i + 1] ?? '');
    if (!isOfBody(lower) && value !== '') headers.push(name, value);
  }
  return headers;
}

function isOfBody(lowerName: string): boolean {
  return lowerName.startsWith('content-');
}

function withoutKeys(protocols: string): string {
  return listed(protocols)
    .filter((protocol) => !protocol.startsWith(KEY_PROTOCOL))
    .join(', ');
}

function keyInProtocols(request: IncomingMessage): string | undefined {
  const offered = listed(headerOf(request, 'sec-websocket-protocol') ?? '');
  return offered.find((each) => each.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length);
}

function listed(protocols: string): readonly string[] {
  return protocols.split(',').map((each) => each.trim());
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
