/** One connection to a backend that speaks Responses over WebSocket: asked one thing at a time, as an upstream is asked by HTTP. */
import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import type { Receiver, UpstreamCall, UpstreamRequest } from '../forward/upstream.ts';
import type { RawHeaders } from '../listen/inbound.ts';
import { eventOf, isLast, refusalStatus } from './event-frames.ts';

/** Of one message in either direction. Bytes; a longer one ends the connection with 1009. */
export const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

/** In the first event of an answer, which tells how it was asked for. */
const UNSTORED = /"store"\s*:\s*false/;
const RESPONSE_ID = /"id"\s*:\s*"(resp_[^"]+)"/;

const STREAM: RawHeaders = ['content-type', 'text/event-stream'];
const JSON_TEXT: RawHeaders = ['content-type', 'application/json'];

export interface LineListener {
  /** An answer has begun that its backend keeps on this connection alone. */
  onUnstored(id: string): void;
  /** The backend said something without being asked. */
  onStray(text: string): void;
  /** It takes no more requests. */
  onGone(): void;
}

/** What is being answered. */
interface Asked {
  readonly receiver: Receiver;
  /** What is to be sent; null once it has been. */
  text: string | null;
  hasBegun: boolean;
}

export class Line {
  readonly #listener: LineListener;
  readonly #ws: WebSocket | null;
  /** Why there is no connection; null where there is one, or may be. */
  readonly #malformed: string | null;
  #asked: Asked | null = null;
  #gone = false;

  constructor(request: UpstreamRequest, listener: LineListener) {
    this.#listener = listener;
    const opened = openedTo(request);
    this.#malformed = typeof opened === 'string' ? opened : null;
    this.#ws = typeof opened === 'string' ? null : opened;
    this.#ws?.on('open', () => this.#begin());
    this.#ws?.on('unexpected-response', (_, response) => this.#refused(response));
    this.#ws?.on('message', (data) => this.#onMessage(textOf(data)));
    this.#ws?.on('error', (error) => this.#lost('code' in error ? String(error.code) : error.name, error.message));
    this.#ws?.on('close', (code) => this.#lost(`close ${code}`, `closed with ${code}`));
  }

  /** Whether it can be asked something. */
  get isFree(): boolean {
    return this.#asked === null && !this.#gone;
  }

  /** @param body a whole `response.create`. */
  ask(body: UpstreamRequest['body'], receiver: Receiver): UpstreamCall {
    const asked: Asked = { receiver, text: Buffer.isBuffer(body) ? body.toString() : '{}', hasBegun: false };
    this.#asked = asked;
    queueMicrotask(() => {
      if (this.#asked !== asked) return;
      if (this.#malformed !== null) this.#lost('malformed', this.#malformed);
      else if (this.#ws?.readyState === WebSocket.OPEN) this.#begin();
    });
    return {
      cancel: () => {
        if (this.#asked !== asked) return;
        // There is no other way to make a backend stop.
        this.#asked = null;
        this.#end();
        this.#ws?.terminate();
      },
      pause: () => this.#ws?.pause(),
      resume: () => this.#ws?.resume(),
    };
  }

  pass(text: string): boolean {
    if (this.#gone || this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(text);
    return true;
  }

  close(): void {
    if (this.#gone) return;
    this.#end();
    this.#ws?.close(1000);
  }

  #begin(): void {
    const asked = this.#asked;
    if (asked === null || asked.text === null) return;
    const { text } = asked;
    asked.text = null;
    asked.receiver.onConnected();
    this.#ws?.send(text);
  }

  /** As HTTP answers: there is no WebSocket yet. */
  #refused(response: IncomingMessage): void {
    const asked = this.#asked;
    this.#asked = null;
    this.#end();
    if (asked === null) {
      response.destroy();
      return;
    }
    const { receiver } = asked;
    const { statusCode: status = 0 } = response;
    if (status < 400) {
      // It does not speak WebSocket, whatever else it says; nothing was asked of it.
      response.destroy();
      receiver.onFailure({ kind: 'unsent', code: `status${status}`, message: `answered the handshake with ${status}` });
      return;
    }
    receiver.onConnected();
    receiver.onHead(response.statusCode ?? 0, response.statusMessage ?? '', response.rawHeaders);
    response.on('data', (chunk: Buffer) => receiver.onData(chunk));
    response.on('end', () => receiver.onEnd());
    response.on('error', ({ name, message }) => receiver.onFailure({ kind: 'broken', code: name, message }));
  }

  #onMessage(text: string): void {
    const asked = this.#asked;
    if (asked === null) return this.#listener.onStray(text);
    const { receiver } = asked;
    const status = asked.hasBegun ? null : refusalStatus(text);
    if (status !== null) {
      this.#asked = null;
      receiver.onHead(status, '', JSON_TEXT);
      receiver.onData(Buffer.from(text));
      receiver.onEnd();
      return;
    }
    if (!asked.hasBegun) {
      const id = UNSTORED.test(text) ? RESPONSE_ID.exec(text)?.[1] : undefined;
      if (id !== undefined) this.#listener.onUnstored(id);
      receiver.onHead(200, '', STREAM);
    }
    asked.hasBegun = true;
    const ends = isLast(text);
    receiver.onData(eventOf(text));
    // The exchange may have given it up meanwhile.
    if (!ends || this.#asked !== asked) return;
    this.#asked = null;
    receiver.onEnd();
  }

  #lost(code: string, message: string): void {
    const asked = this.#asked;
    this.#asked = null;
    this.#end();
    if (asked === null) return;
    const kind = code === 'malformed' ? 'malformed' : asked.text === null ? 'broken' : 'unsent';
    asked.receiver.onFailure({ kind, code, message });
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#listener.onGone();
  }
}

/** @returns why it cannot be sent as HTTP, where it cannot. */
function openedTo({ origin, path, headers }: UpstreamRequest): WebSocket | string {
  try {
    return new WebSocket(origin.replace(/^http/, 'ws') + path, {
      headers: objectOf(headers),
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
      followRedirects: false,
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The library makes its own handshake, and asks in its own name. */
function objectOf(raw: RawHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? '';
    if (name.startsWith('sec-websocket-')) continue;
    const before = headers[name];
    headers[name] = before === undefined ? (raw[i + 1] ?? '') : `${before}, ${raw[i + 1]}`;
  }
  return headers;
}

export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}
