/**
 * The client's side of a handshake, as an exchange sees any client: it is answered by HTTP on the bare socket, with a refusal, or with
 * 101 and then the bytes of a WebSocket.
 */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Deadline } from '@spillway/clock';
import type { Spool } from '../body/spool.ts';
import type { Context } from '../exchange/context.ts';
import type { BodyLimits, BodyRead, Inbound, InboundListener, RawHeaders } from '../listen/inbound.ts';
import type { Knock } from './knock.ts';
import type { Tunnel } from './tunnel.ts';

/** After the last byte a client has this time to close as well. Milliseconds. */
export const CLOSE_MS_MAX = 2_000;

export interface HandshakeParts {
  readonly knock: Knock;
  readonly socket: Duplex;
  readonly context: Pick<Context, 'clock' | 'deadlines'>;
  /** Told of a head with 101: from now on the socket carries what the tunnel brings. */
  readonly onSwitch: () => Tunnel | null;
  /** Once, when the socket has closed. */
  readonly onClosed: () => void;
}

export class Handshake implements Inbound {
  readonly method = 'GET';
  readonly #parts: HandshakeParts;
  readonly #linger: Deadline;
  #listener: InboundListener | null = null;
  #tunnel: Tunnel | null = null;
  #over = false;

  constructor(parts: HandshakeParts) {
    this.#parts = parts;
    this.#linger = new Deadline(() => parts.socket.destroy());
  }

  get target(): string {
    return this.#parts.knock.target;
  }

  get rawHeaders(): RawHeaders {
    return this.#parts.knock.rawHeaders;
  }

  get peer(): string {
    return this.#parts.knock.peer;
  }

  header(lowerName: string): string | undefined {
    return this.#parts.knock.header(lowerName);
  }

  listen(listener: InboundListener): void {
    this.#listener = listener;
    const { socket } = this.#parts;
    socket.on('error', () => {});
    socket.on('close', this.#onClose);
    socket.on('finish', this.#onSent);
    socket.on('drain', () => this.#listener?.onDrain());
  }

  /** The name in the query is asked for as bodies ask for one; it goes up in the query again. */
  readBody(_limits: BodyLimits, _spool: Spool, done: (body: BodyRead) => void): void {
    const { model } = this.#parts.knock;
    done({ kind: 'whole', body: Buffer.from(model === null ? '{}' : JSON.stringify({ model })) });
  }

  writeHead(status: number, reason: string, headers: string[]): void {
    const { socket, onSwitch } = this.#parts;
    const switches = status === 101;
    const lines = [`HTTP/1.1 ${status} ${reason || (STATUS_CODES[status] ?? '')}`];
    for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
    if (switches) lines.push('connection: Upgrade', 'upgrade: websocket');
    else lines.push('connection: close');
    socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    if (switches) this.#tunnel = onSwitch();
  }

  write(chunk: Buffer): boolean {
    return this.#parts.socket.write(chunk);
  }

  end(chunk: Buffer | null): void {
    if (this.#over) {
      this.#listener?.onSent();
      return;
    }
    this.#hangUp(chunk);
  }

  destroy(): void {
    this.#listener = null;
    const last = this.#tunnel?.broken() ?? null;
    if (last === null || this.#over) this.#parts.socket.destroy();
    else this.#hangUp(last);
  }

  #hangUp(chunk: Buffer | null): void {
    const { socket, context } = this.#parts;
    context.deadlines.set(this.#linger, context.clock.nowMs(), CLOSE_MS_MAX);
    socket.resume();
    if (chunk === null || chunk.length === 0) socket.end();
    else socket.end(chunk);
  }

  readonly #onSent = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#listener?.onSent();
  };

  readonly #onClose = (): void => {
    const { context, onClosed } = this.#parts;
    context.deadlines.drop(this.#linger);
    const isNew = !this.#over;
    this.#over = true;
    const inOrder = this.#tunnel?.clientClosed() ?? false;
    if (isNew && !inOrder) this.#listener?.onClientGone();
    onClosed();
  };
}
