/**
 * Opens one connection to an endpoint and says how long that took: the network's own time. Nothing is asked over it, so it costs no token,
 * and calls go over connections of their own.
 *
 *   look-up of the name → TCP connect (one round trip) → TLS handshake, where it is https → closed again
 */
import { isIP, type Socket, connect as tcp } from 'node:net';
import { connect as tls } from 'node:tls';
import type { Clock } from '@spillway/clock';

export type ConnectEnded =
  | {
      readonly kind: 'connected';
      /** From the last packet that asked for it to the answer: one round trip. Without the look-up of the name. Milliseconds. */
      readonly tcpMs: number;
      /** The handshake behind it; null: there is none, or it failed. Milliseconds. */
      readonly tlsMs: number | null;
    }
  /** @property why in words, or the system's code. */
  | { readonly kind: 'failed'; readonly why: string };

export interface ConnectParts {
  readonly clock: Clock;
  /** All of it together. Milliseconds. */
  readonly limitMs: number;
}

/** Ends at once, and tells nobody. */
export interface Connecting {
  cancel(): void;
}

/** @param done called once, never within this call. */
export type Connect = (endpoint: string, parts: ConnectParts, done: (ended: ConnectEnded) => void) => Connecting;

/** Where a connection to an endpoint goes. @throws TypeError for what is no address. */
export function placeOf(endpoint: string): { readonly host: string; readonly port: number; readonly isTls: boolean } {
  const { protocol, hostname, port } = new URL(endpoint);
  const isTls = protocol === 'https:';
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (isTls ? 443 : 80) : Number(port), isTls };
}

export const openConnection: Connect = (endpoint, parts, done) => new Opening(endpoint, parts, done);

class Opening implements Connecting {
  readonly #clock: Clock;
  readonly #done: (ended: ConnectEnded) => void;
  readonly #limit: { cancel(): void };
  readonly #socket: Socket;
  readonly #host: string;
  readonly #isTls: boolean;
  #askedMs: number;
  #tcpMs: number | null = null;
  #isOver = false;

  constructor(endpoint: string, { clock, limitMs }: ConnectParts, done: (ended: ConnectEnded) => void) {
    const { host, port, isTls } = placeOf(endpoint);
    this.#clock = clock;
    this.#done = done;
    this.#host = host;
    this.#isTls = isTls;
    this.#limit = clock.after(limitMs, () => this.#failed(`no connection within ${limitMs} ms`));
    this.#askedMs = clock.nowMs();
    this.#socket = tcp({ host, port, noDelay: true });
    this.#socket
      .unref()
      // Once for each address that a name has, until one answers.
      .on('connectionAttempt', () => {
        this.#askedMs = clock.nowMs();
      })
      .once('connect', () => this.#connected())
      .on('error', (error) => this.#failed(codeOf(error)));
  }

  cancel(): void {
    this.#over();
  }

  #connected(): void {
    const nowMs = this.#clock.nowMs();
    this.#tcpMs = nowMs - this.#askedMs;
    if (!this.#isTls) return this.#end({ kind: 'connected', tcpMs: this.#tcpMs, tlsMs: null });
    const named = isIP(this.#host) === 0 ? { servername: this.#host } : {};
    const secure = tls({ socket: this.#socket, ALPNProtocols: ['http/1.1'], ...named });
    const tcpMs = this.#tcpMs;
    secure
      .once('secureConnect', () => this.#end({ kind: 'connected', tcpMs, tlsMs: this.#clock.nowMs() - nowMs }))
      .on('error', (error) => this.#failed(codeOf(error)));
  }

  /** A handshake that fails takes nothing from the round trip before it. */
  #failed(why: string): void {
    this.#end(this.#tcpMs === null ? { kind: 'failed', why } : { kind: 'connected', tcpMs: this.#tcpMs, tlsMs: null });
  }

  #end(ended: ConnectEnded): void {
    if (this.#over()) this.#done(ended);
  }

  #over(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#limit.cancel();
    this.#socket.destroy();
    return true;
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
