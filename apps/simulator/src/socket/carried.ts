/** One WebSocket and the session that it carries: messages out at their times on the simulated clock, and the end in order. */
import type { OpenSocket, SocketSession } from '@spillway/azure-model';
import type { Clock, Timer } from '@spillway/clock';
import type { RawData, WebSocket } from 'ws';

/** Of one message, 15 MiB of sound in base64 and a little. Bytes; a longer one ends the connection with 1009. */
export const MESSAGE_BYTES_MAX = 21 * 1024 * 1024;
/** Waiting for a slow reader; beyond it the connection is dropped. Bytes. */
export const UNSENT_BYTES_MAX = 32 * 1024 * 1024;
/** Keeps proxies in between from taking the connection for dead. Milliseconds of simulated time. */
const PING_MS = 20_000;
/** Something in here failed. Source: RFC 6455 §7.4.1. */
const INTERNAL_ERROR = 1011;

export interface Carrying {
  readonly clock: Clock;
  /** Told of what should never happen: an error of the simulator's own. */
  readonly onDefect: (text: string) => void;
  /** Called after each message: the resource may have got something to do by itself. */
  readonly onChores: () => void;
}

export class Carried {
  readonly #ws: WebSocket;
  readonly #session: SocketSession;
  readonly #parts: Carrying;
  #timer: Timer | null = null;
  #ping: Timer | null = null;
  /** A ping is out. One at a time: where the clock leaps, a heap of them would look like an attack, and clients hang up. */
  #pinged = false;
  #over = false;

  constructor(ws: WebSocket, open: OpenSocket, parts: Carrying) {
    this.#ws = ws;
    this.#parts = parts;
    this.#session = open(parts.clock.nowMs());
    ws.on('message', (data) => this.#guarded(() => this.#receive(textOf(data))));
    // What is wrong with a message is told to the client by the code of the end that follows.
    ws.on('error', () => {});
    ws.on('pong', () => {
      this.#pinged = false;
    });
    ws.on('close', () => this.#end());
  }

  begin(): void {
    this.#guarded(() => this.#flush());
    this.#pingLater();
  }

  #receive(text: string): void {
    if (this.#over) return;
    // What is due by now was on its way before this came.
    this.#send();
    this.#session.receive(text, this.#parts.clock.nowMs());
    this.#flush();
    this.#parts.onChores();
  }

  #send(): void {
    for (const text of this.#session.take(this.#parts.clock.nowMs())) this.#ws.send(text);
    if (this.#ws.bufferedAmount > UNSENT_BYTES_MAX) this.#ws.terminate();
  }

  readonly #flush = (): void => {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#over) return;
    this.#send();
    const { dueMs, closing } = this.#session;
    if (dueMs !== null) {
      const { clock } = this.#parts;
      const ring = (): void => this.#guarded(this.#flush);
      this.#timer = clock.after(Math.max(0, dueMs - clock.nowMs()), ring);
    } else if (closing !== null) this.#ws.close(closing.code, closing.reason);
  };

  #pingLater(): void {
    this.#ping = this.#parts.clock.after(PING_MS, () => {
      if (this.#over) return;
      if (!this.#pinged) this.#ws.ping();
      this.#pinged = true;
      this.#pingLater();
    });
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    this.#ping?.cancel();
    this.#session.end(this.#parts.clock.nowMs());
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#parts.onDefect(`WebSocket: ${error instanceof Error ? error.message : String(error)}`);
      this.#ws.close(INTERNAL_ERROR, 'The simulator itself failed; its warnings say more.');
    }
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}
