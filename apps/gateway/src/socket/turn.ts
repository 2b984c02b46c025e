/** One `response.create` of a client, as an exchange sees any request; its answer goes out as messages of the client's WebSocket. */
import type { WebSocket } from 'ws';
import type { Spool } from '../body/spool.ts';
import type { BodyLimits, BodyRead, Inbound, InboundListener, RawHeaders } from '../listen/inbound.ts';
import { EventFrames, errorText } from './event-frames.ts';
import type { Knock } from './knock.ts';

/** Waiting for a slow reader; beyond it the backend waits too. Bytes. */
export const UNSENT_BYTES_MAX = 1024 * 1024;

export interface TurnParts {
  readonly ws: WebSocket;
  readonly knock: Knock;
  /** The whole message. */
  readonly body: Buffer;
  /** Once, when the turn is over. */
  readonly onOver: () => void;
}

export class Turn implements Inbound {
  readonly method = 'POST';
  readonly #parts: TurnParts;
  readonly #frames = new EventFrames();
  #listener: InboundListener | null = null;
  #status = 0;
  /** Of an answer that is no stream. */
  readonly #whole: Buffer[] = [];
  #awaitsDrain = false;
  #over = false;

  constructor(parts: TurnParts) {
    this.#parts = parts;
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
    return lowerName === 'content-type' ? 'application/json' : this.#parts.knock.header(lowerName);
  }

  listen(listener: InboundListener): void {
    this.#listener = listener;
  }

  /** It is in memory already, and no longer than a message may be. */
  readBody({ bodyBytesMax: bytesMax }: BodyLimits, _spool: Spool, done: (body: BodyRead) => void): void {
    const { body } = this.#parts;
    const tooLarge = { kind: 'tooLarge', setting: 'limits.bodyBytesMax', bytesMax } as const;
    done(body.length > bytesMax ? tooLarge : { kind: 'whole', body });
  }

  /** A WebSocket has no place for a head; what of it matters is in the events. */
  writeHead(status: number): void {
    this.#status = status;
  }

  write(chunk: Buffer): boolean {
    if (this.#status >= 400) {
      this.#whole.push(chunk);
      return true;
    }
    for (const text of this.#frames.add(chunk)) this.#send(text);
    if (this.#parts.ws.bufferedAmount <= UNSENT_BYTES_MAX) return true;
    this.#awaitsDrain = true;
    return false;
  }

  end(chunk: Buffer | null): void {
    if (chunk !== null && chunk.length > 0) this.write(chunk);
    if (this.#status >= 400) this.#send(errorText(this.#status, Buffer.concat(this.#whole).toString()));
    this.#finish(() => this.#listener?.onSent());
  }

  /** Without an event that says so the client would wait for ever. */
  destroy(): void {
    this.#listener = null;
    this.#parts.ws.terminate();
    this.#finish(() => {});
  }

  /** The client's connection has closed. */
  left(): void {
    this.#finish(() => this.#listener?.onClientGone());
  }

  #send(text: string): void {
    const { ws } = this.#parts;
    ws.send(text, () => this.#onSent());
  }

  #onSent(): void {
    if (!this.#awaitsDrain || this.#over || this.#parts.ws.bufferedAmount > UNSENT_BYTES_MAX / 2) return;
    this.#awaitsDrain = false;
    this.#listener?.onDrain();
  }

  #finish(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    tell();
    this.#parts.onOver();
  }
}
