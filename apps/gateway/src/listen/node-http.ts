/** Inbound over node:http: the first engine, and the judge of any faster one (design §4.10). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { azureError } from '@spillway/protocol';
import { type AtEndOfTurn, atEndOfTurn } from '../end-of-turn.ts';
import { Connections } from './connections.ts';
import type { BodyRead, Inbound, InboundListener, RawHeaders } from './inbound.ts';

/** Longest request head. Entra tokens with many groups pass 10 kB. Bytes. */
export const HEAD_BYTES_MAX = 32 * 1024;
/** A client must have sent its whole head within this time, its whole request within the next. Milliseconds. */
const HEAD_MS_MAX = 60_000;
const REQUEST_MS_MAX = 300_000;
/** Longer than the idle time of the usual load balancers in front (60 s), so that they are the ones to close. Milliseconds. */
const KEEP_ALIVE_MS = 75_000;
/** Read of a refused body past the limit, before the connection is broken. Bytes. */
const LINGER_BYTES_MAX = 16 * 1024 * 1024;

export interface Listener {
  readonly server: Server;
  readonly connections: Connections;
}

export function createListener(onInbound: (inbound: Inbound) => void, isDraining: () => boolean): Listener {
  const connections = new Connections();
  const settings = {
    maxHeaderSize: HEAD_BYTES_MAX,
    headersTimeout: HEAD_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = createServer(settings, (request, response) => {
    const { socket } = request;
    if (!connections.begins(socket)) {
      socket.destroy();
      return;
    }
    const inbound = new NodeInbound({ request, response, connections, isLast: isDraining() });
    if (isCoded(request)) refuseCoding(response);
    else onInbound(inbound);
  });
  server.on('connection', (socket) => connections.opened(socket));
  server.on('clientError', (error: Error, socket: Socket) => {
    // An answer on its way must not get another one in its middle.
    if (connections.isOwed(socket)) socket.destroy();
    else refuseUnreadable(error, socket);
  });
  return { server, connections };
}

/** `transfer-encoding: gzip, chunked` and the like: the gateway would have to undo it, and no client of Azure OpenAI sends it. */
function isCoded(request: IncomingMessage): boolean {
  const coding = request.headers['transfer-encoding'];
  return coding !== undefined && coding.toLowerCase() !== 'chunked';
}

function refuseCoding(response: ServerResponse): void {
  const message = "The gateway takes no transfer-encoding but 'chunked'.";
  const body = JSON.stringify(azureError('NotImplemented', message));
  response.writeHead(501, ['content-type', 'application/json', 'connection', 'close']);
  response.end(body);
}

const EMPTY = Buffer.alloc(0);
/** What RFC 9112 §4 lets a reason phrase hold; Node throws at anything else. A backend's odd one is left out. */
const REASON = /^[\t\x20-\x7e\x80-\xff]+$/;

interface Parts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connections: Connections;
  /** The connection closes after this answer. */
  readonly isLast: boolean;
}

class NodeInbound implements Inbound, AtEndOfTurn {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connections: Connections;
  readonly #isLast: boolean;
  #listener: InboundListener | null = null;
  #over = false;
  #awaitsDrain = false;
  #isPutOff = false;
  /** Ends the answer when the turn ends; null as long as more is to come. */
  #last: Buffer | null = null;

  constructor({ request, response, connections, isLast }: Parts) {
    this.#request = request;
    this.#response = response;
    this.#connections = connections;
    this.#isLast = isLast;
    response.on('close', this.#onClose);
  }

  /** Node says `close` of a response once, sent or not; one listener for it is what a request can afford. */
  readonly #onClose = (): void => {
    this.#connections.ends(this.#request.socket);
    if (this.#over) return;
    this.#over = true;
    if (this.#response.writableFinished) this.#listener?.onSent();
    else this.#listener?.onClientGone();
  };

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get target(): string {
    return this.#request.url ?? '/';
  }

  get rawHeaders(): RawHeaders {
    return this.#request.rawHeaders;
  }

  header(lowerName: string): string | undefined {
    const value = this.#request.headers[lowerName];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  listen(listener: InboundListener): void {
    this.#listener = listener;
  }

  /** What is too large is read on for a while, so that a client which is still sending can read why it was refused. */
  readBody(bytesMax: number, done: (body: BodyRead) => void): void {
    const request = this.#request;
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (coding === undefined && (length === undefined || length === '0')) return done({ kind: 'whole', bytes: EMPTY });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let over = length !== undefined && Number(length) > bytesMax;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax + LINGER_BYTES_MAX) request.destroy();
      if (over) return;
      if (bytes <= bytesMax) chunks.push(chunk);
      else {
        over = true;
        chunks.length = 0;
        done({ kind: 'tooLarge' });
      }
    });
    request.on('end', () => {
      if (!over) done({ kind: 'whole', bytes: taken(chunks) });
    });
    if (over) done({ kind: 'tooLarge' });
  }

  writeHead(status: number, reason: string, headers: string[]): void {
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

/** The chunks as one, out of the list: what still points to the list keeps nothing. */
function taken(chunks: Buffer[]): Buffer {
  const bytes = chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks);
  chunks.length = 0;
  return bytes;
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
