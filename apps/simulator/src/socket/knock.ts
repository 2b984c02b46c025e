/** The handshake of a WebSocket as the model reads requests: a browser cannot set headers, so its key comes in the query or as a subprotocol. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { DataRequest } from '@spillway/azure-model';
import { queryValue } from '@spillway/protocol';
import type { Target } from '../target.ts';

/** What browsers write before their key. Source: OpenAI's guide on realtime with WebSockets. */
const KEY_PROTOCOL = 'openai-insecure-api-key.';

export function knockOf(request: IncomingMessage, { path, query }: Target): DataRequest {
  const key = headerOf(request, 'api-key') ?? queryValue(query, 'api-key') ?? keyInProtocols(request) ?? undefined;
  const header = (name: string): string | undefined => (name === 'api-key' ? key : headerOf(request, name));
  return { method: 'GET', path, query, header, body: '' };
}

/** Of what the client offers, the first that is no credential. */
export function protocolOf(offered: Iterable<string>): string | false {
  for (const protocol of offered) if (!protocol.startsWith(KEY_PROTOCOL)) return protocol;
  return false;
}

/** As the journal may show them: it masks the usual headers itself. */
export function withoutKeys(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const protocols = headers['sec-websocket-protocol'];
  if (protocols === undefined) return headers;
  const masked = protocols.replaceAll(/(openai-insecure-api-key\.)[^,\s]+/g, '$1…');
  return { ...headers, 'sec-websocket-protocol': masked };
}

function keyInProtocols(request: IncomingMessage): string | null {
  const offered = (headerOf(request, 'sec-websocket-protocol') ?? '').split(',').map((each) => each.trim());
  return offered.find((each) => each.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length) ?? null;
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
