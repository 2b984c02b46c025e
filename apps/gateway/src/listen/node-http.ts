/** Inbound over node:http: the first engine, and the judge of any faster one (design §4.10). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { azureError } from '@spillway/protocol';
import type { BodyRead, Inbound, InboundListener, RawHeaders } from './inbound.ts';

/** Longest request head. Entra tokens with many groups pass 10 kB. Bytes. */
export const HEAD_BYTES_MAX = 32 * 1024;
/** A client must have sent its whole head within this time, its whole request within the next. Milliseconds. */
const HEAD_MS_MAX = 60_000;
const REQUEST_MS_MAX = 300_000;
/** Longer than the idle time of the usual load balancers in front (60 s), so that they are the ones to close. Milliseconds. */
const KEEP_ALIVE_MS = 75_000;

export function createListener(onInbound: (inbound: Inbound) => void, isDraining: () => boolean): Server {
  const server = createServer(
    {
      maxHeaderSize: HEAD_BYTES_MAX,
      headersTimeout: HEAD_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => onInbound(new NodeInbound(request, response, isDraining())),
  );
  server.on('clientError', refuseUnreadable);
  return server;
}

const EMPTY = Buffer.alloc(0);

class NodeInbound implements Inbound {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #lastOnConnection: boolean;
  #listener: InboundListener | null = null;
  #ended = false;

  constructor(request: IncomingMessage, response: ServerResponse, lastOnConnection: boolean) {
    this.#request = request;
    this.#response = response;
    this.#lastOnConnection = lastOnConnection;
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

  header(lowerName: string): string | undefined {
    const value = this.#request.headers[lowerName];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  listen(listener: InboundListener): void {
    this.#listener = listener;
    this.#response.on('close', () => {
      if (this.#ended) return;
      this.#ended = true;
      listener.onClientGone();
    });
  }

  readBody(bytesMax: number, done: (body: BodyRead) => void): void {
    const request = this.#request;
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (coding === undefined && (length === undefined || length === '0')) return done({ kind: 'whole', bytes: EMPTY });
    if (length !== undefined && Number(length) > bytesMax) return done({ kind: 'tooLarge' });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let over = false;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (over) return;
      if (bytes <= bytesMax) chunks.push(chunk);
      else {
        over = true;
        chunks.length = 0;
        done({ kind: 'tooLarge' });
      }
    });
    request.on('end', () => {
      if (!over) done({ kind: 'whole', bytes: chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks) });
    });
  }

  writeHead(status: number, reason: string, headers: string[]): void {
    if (this.#lastOnConnection) headers.push('connection', 'close');
    if (reason === '') this.#response.writeHead(status, headers);
    else this.#response.writeHead(status, reason, headers);
  }

  write(chunk: Buffer): boolean {
    if (this.#response.write(chunk)) return true;
    this.#response.once('drain', () => this.#listener?.onDrain());
    return false;
  }

  end(chunk: Buffer | null): void {
    this.#ended = true;
    if (chunk === null) this.#response.end();
    else this.#response.end(chunk);
  }

  destroy(): void {
    this.#ended = true;
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
