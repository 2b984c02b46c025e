/** Inbound over node:http: the first engine, and the judge of any faster one (design §4.10). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Limits, Timeouts } from '@spillway/config';
import { azureError } from '@spillway/protocol';
import type { Spool } from '../body/spool.ts';
import { type AtEndOfTurn, atEndOfTurn } from '../end-of-turn.ts';
import { type Connection, Connections } from './connections.ts';
import { HANDSHAKE_MS_MAX, isOfTls, watchHandshakes } from './handshakes.ts';
import type { BodyLimits, BodyRead, Inbound, InboundListener, RawHeaders } from './inbound.ts';
import { BodyReader } from './read-body.ts';
import type { TlsPair } from './tls.ts';

/** Longest request head. Entra tokens with many groups pass 10 kB. Bytes. */
export const HEAD_BYTES_MAX = 32 * 1024;
/** Most headers of a request. Node leaves out those past its own limit without a word, so ours is one below it. */
export const HEADERS_MAX = 200;
/** How often the time of slow clients is looked at, at most. Milliseconds. */
const CHECK_MS_MAX = 30_000;
/** Longer than the idle time of the usual load balancers in front (60 s), so that they are the ones to close. Milliseconds. */
const KEEP_ALIVE_MS = 75_000;

export interface Listener {
  readonly server: Server;
  readonly connections: Connections;
  /** Takes what a new configuration says. How often slow clients are looked at stays. */
  limit(limits: ListenerLimits): void;
}

/** A client must have sent its whole head within `clientHeadMs`, its whole request within `clientRequestMs`. */
export type ListenerLimits = Pick<Timeouts, 'clientHeadMs' | 'clientRequestMs'> & Pick<Limits, 'connectionsMax'>;

interface ListenerOptions {
  readonly limits: ListenerLimits;
  readonly onInbound: (inbound: Inbound) => void;
  readonly isDraining: () => boolean;
  /** null: http. */
  readonly tls: TlsPair | null;
  /** Which requests that ask for an upgrade become an `upgrade` of the server; to all others the wish means nothing. Default none. */
  readonly isUpgrade?: (request: IncomingMessage) => boolean;
}

export function createListener({
  limits,
  onInbound,
  isDraining,
  tls,
  isUpgrade = () => false,
}: ListenerOptions): Listener {
  const connections = new Connections();
  const { clientHeadMs, clientRequestMs } = limits;
  const settings = {
    maxHeaderSize: HEAD_BYTES_MAX,
    // What stands twice is seen, not left out: two hosts, two credentials.
    joinDuplicateHeaders: true,
    // Refused here, in Azure's shape.
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    shouldUpgradeCallback: isUpgrade,
    connectionsCheckingInterval: Math.min(CHECK_MS_MAX, clientHeadMs, clientRequestMs),
  };
  const server: Server =
    tls === null
      ? createServer(settings)
      : createTlsServer({ ...settings, ...tls, handshakeTimeout: HANDSHAKE_MS_MAX });
  server.maxHeadersCount = HEADERS_MAX + 1;
  const limit = (to: ListenerLimits): void => {
    server.headersTimeout = Math.min(to.clientHeadMs, to.clientRequestMs);
    server.requestTimeout = to.clientRequestMs;
    server.maxConnections = to.connectionsMax;
  };
  limit(limits);
  const take = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void => {
    const { socket } = request;
    const connection = connections.begins(socket);
    if (connection === null) {
      socket.destroy();
      return;
    }
    const parts = { request, response, connections, connection, isLast: isDraining(), awaitsContinue };
    const inbound = new NodeInbound(parts);
    connection.newest = inbound;
    const refusal = headRefusal(request);
    if (refusal === null) onInbound(inbound);
    else refuseHead(response, refusal);
  };
  server.on('request', (request, response) => take(request, response, false));
  server.on('checkContinue', (request, response) => take(request, response, true));
  server.on('checkExpectation', (request, response) => take(request, response, true));
  if (tls === null) server.on('connection', (socket) => connections.opened(socket));
  else watchHandshakes(server, connections);
  server.on('clientError', (error: Error, socket: Socket) => {
    // An answer on its way must not get another one in its middle.
    if (connections.isAnswering(socket) || isOfTls(error)) socket.destroy();
    else refuseUnreadable(error, socket);
  });
  return { server, connections, limit };
}

type Refusal = readonly [status: number, code: string, message: string];

/** What is HTTP, but not taken here, whatever it is for. */
function headRefusal(request: IncomingMessage): Refusal | null {
  if (request.rawHeaders.length > 2 * HEADERS_MAX) {
    return [431, 'TooManyHeaders', `A request has ${HEADERS_MAX} headers at most, the limit of this gateway.`];
  }
  const { expect, host } = request.headers;
  if (request.httpVersionMajor !== 1) {
    return [505, 'HTTPVersionNotSupported', 'The gateway speaks HTTP/1.1 here.'];
  }
  // RFC 9112 §3.2: none in HTTP/1.1, or several, is a bad request.
  if (host === undefined ? request.httpVersionMinor > 0 : host.includes(',')) {
    return [400, 'BadRequest', "A request has one 'host'."];
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    return [417, 'ExpectationFailed', "The gateway knows no expectation but '100-continue'."];
  }
  // RFC 9112 §6.1: HTTP/1.0 knows no transfer-encoding, so such a request is framed by mistake or by malice.
  if (request.httpVersionMinor === 0 && request.headers['transfer-encoding'] !== undefined) {
    return [400, 'BadRequest', "A request of HTTP/1.0 has no 'transfer-encoding'."];
  }
  return isCoded(request) ? [501, 'NotImplemented', "The gateway takes no transfer-encoding but 'chunked'."] : null;
}

/** `transfer-encoding: gzip, chunked` and the like: the gateway would have to undo it, and no client of Azure OpenAI sends it. */
function isCoded(request: IncomingMessage): boolean {
  const coding = request.headers['transfer-encoding'];
  return coding !== undefined && coding.toLowerCase() !== 'chunked';
}

function refuseHead(response: ServerResponse, [status, code, message]: Refusal): void {
  const body = JSON.stringify(azureError(code, message));
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, ['content-type', 'application/json', 'content-length', length, 'connection', 'close']);
  response.end(body);
}

const EMPTY = Buffer.alloc(0);
/** What RFC 9112 §4 lets a reason phrase hold; Node throws at anything else. A backend's odd one is left out. */
const REASON = /^[\t\x20-\x7e\x80-\xff]+$/;

interface Parts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connections: Connections;
  readonly connection: Connection;
  /** The connection closes after this answer. */
  readonly isLast: boolean;
  /** The client sends its body when it is told to (RFC 9110 §10.1.1). */
  readonly awaitsContinue: boolean;
}

class NodeInbound implements Inbound, AtEndOfTurn {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connections: Connections;
  readonly #connection: Connection;
  readonly #isLast: boolean;
  /**
   * As long as it is true the client has not been told to send its body, and may send it or not. An answer then ends the connection
   * (Node sees to it): what follows could be read as the body or as a request.
   */
  #awaitsContinue: boolean;
  #listener: InboundListener | null = null;
  #body: BodyReader | null = null;
  #over = false;
  #awaitsDrain = false;
  #isPutOff = false;
  /** Ends the answer when the turn ends; null as long as more is to come. */
  #last: Buffer | null = null;

  constructor({ request, response, connections, connection, isLast, awaitsContinue }: Parts) {
    this.#request = request;
    this.#response = response;
    this.#connections = connections;
    this.#connection = connection;
    this.#isLast = isLast;
    this.#awaitsContinue = awaitsContinue;
    response.on('close', this.#onClose);
  }

  /** Node says `close` of a response once, sent or not; one listener for it is what a request can afford. */
  readonly #onClose = (): void => {
    this.#connections.ends(this.#connection);
    this.#body?.release();
    if (this.#over) return;
    this.#over = true;
    if (this.#response.writableFinished) this.#listener?.onSent();
    else this.#listener?.onClientGone();
  };

  get isReadingBody(): boolean {
    return this.#body?.isWanted === true && !this.#request.complete;
  }

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get target(): string {
    return this.#request.url ?? '/';
  }

  get rawHeaders(): RawHeaders {
    return this.#request.rawHeaders;
  }

  get peer(): string {
    return this.#request.socket.remoteAddress ?? '';
  }

  header(lowerName: string): string | undefined {
    const value = this.#request.headers[lowerName];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  listen(listener: InboundListener): void {
    this.#listener = listener;
  }

  readBody(limits: BodyLimits, spool: Spool, done: (body: BodyRead) => void): void {
    const request = this.#request;
    const { 'content-length': text, 'transfer-encoding': coding } = request.headers;
    if (coding === undefined && (text === undefined || text === '0')) return done({ kind: 'whole', body: EMPTY });
    const length = text === undefined ? null : Number(text);
    const body = new BodyReader(request, { limits, spool, done });
    this.#body = body;
    body.begin(length);
    if (!this.#awaitsContinue || !body.isWanted) return;
    this.#awaitsContinue = false;
    this.#response.writeContinue();
  }

  writeHead(status: number, reason: string, headers: string[]): void {
    if (this.#body?.isEmpty === true && this.#request.complete) this.#body = null;
    if (this.#isLast) headers.push('connection', 'close');
    if (REASON.test(reason)) this.#response.writeHead(status, reason, headers);
    else this.#response.writeHead(status, headers);
  }

  write(chunk: Buffer): boolean {
    this.#cork();
    if (this.#response.write(chunk)) return true;
    if (!this.#awaitsDrain) this.#response.on('drain', () => this.#listener?.onDrain());
    this.#awaitsDrain = true;
    return false;
  }

  end(chunk: Buffer | null): void {
    this.#last = chunk ?? EMPTY;
    this.#putOff();
  }

  /** What is written within one turn of the event loop goes out together. The socket's cork: that of a response loses chunks at `end`. */
  #cork(): void {
    if (this.#isPutOff) return;
    this.#request.socket.cork();
    this.#putOff();
  }

  #putOff(): void {
    if (this.#isPutOff) return;
    this.#isPutOff = true;
    atEndOfTurn(this);
  }

  onEndOfTurn(): void {
    this.#isPutOff = false;
    if (this.#over) return;
    if (this.#last === null) this.#request.socket.uncork();
    else if (this.#last.length === 0) this.#response.end();
    else this.#response.end(this.#last);
  }

  destroy(): void {
    this.#over = true;
    this.#response.destroy();
  }
}

/** What cannot be read as HTTP is answered in Azure's shape, and the connection closed. */
function refuseUnreadable(error: Error, socket: Socket): void {
  if (!socket.writable || ('code' in error && error.code === 'ECONNRESET')) {
    socket.destroy();
    return;
  }
  const [status, reason] = statusFor('code' in error ? error.code : '');
  const body = JSON.stringify(azureError(String(status), `The request could not be read as HTTP/1.1: ${reason}.`));
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function statusFor(code: unknown): readonly [number, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'Request Header Fields Too Large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request Timeout'];
  return [400, 'Bad Request'];
}
