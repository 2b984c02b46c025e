/**
 * A realtime session: an exchange whose answer is 101 and lasts as long as the session. Balanced when it connects; a backend that
 * refuses is hidden by another one, and from 101 on every byte passes. Source: wire §1.5.
 */
import type { Duplex } from 'node:stream';
import type { Timeouts } from '@spillway/config';
import { isRecord } from '@spillway/protocol';
import type { Context } from '../exchange/context.ts';
import { Exchange } from '../exchange/exchange.ts';
import type { Receiver, Upstream, UpstreamCall, UpstreamRequest } from '../forward/upstream.ts';
import type { RawHeaders } from '../listen/inbound.ts';
import { dial, type Switched } from './dial.ts';
import { Handshake } from './handshake.ts';
import { type Knock, withModel } from './knock.ts';
import { socketContext } from './socket-context.ts';
import { SESSION_MS_MAX, Tunnel } from './tunnel.ts';

/** A backend that has taken the connection answers the handshake within this time, or another one is asked. Milliseconds. */
export const HANDSHAKE_MS_MAX = 10_000;

const EMPTY = Buffer.alloc(0);

export class Realtime implements Upstream {
  readonly #context: Context;
  readonly #socket: Duplex;
  #switched: { readonly to: Switched; readonly receiver: Receiver } | null = null;
  #tunnel: Tunnel | null = null;

  /** @param onClosed told once, when the client's connection is gone. */
  constructor(context: Context, knock: Knock, socket: Duplex, onClosed: () => void) {
    this.#context = context;
    this.#socket = socket;
    const inbound = new Handshake({ knock, socket, context, onSwitch: () => this.#joined(), onClosed });
    new Exchange(socketContext(context, this, timesOf), inbound).start();
  }

  send(request: UpstreamRequest, receiver: Receiver): UpstreamCall {
    const name = nameIn(request.body);
    const path = name === null ? request.path : withModel(request.path, name);
    const call = dial({ ...request, path }, receiver, (to) => this.#onSwitched(to, receiver));
    return {
      cancel: () => {
        call.cancel();
        this.#tunnel?.cancel();
      },
      pause: () => (this.#tunnel ?? call).pause(),
      resume: () => (this.#tunnel ?? call).resume(),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** On drain. */
  leave(nowMs: number): void {
    this.#tunnel?.leave(nowMs);
  }

  /** At once, with a word of goodbye as far as one can be said. */
  end(code: number, reason: string): void {
    this.#tunnel?.finish(code, reason);
    this.#socket.destroy();
  }

  /** The exchange then writes the head to the client, and with that the two are joined. */
  #onSwitched(to: Switched, receiver: Receiver): void {
    to.socket.on('error', () => {});
    this.#switched = { to, receiver };
    receiver.onHead(101, to.reason, withoutBody(to.rawHeaders));
    receiver.onData(EMPTY);
    if (this.#tunnel === null) to.socket.destroy();
    else this.#tunnel.start(to.head);
  }

  #joined(): Tunnel | null {
    if (this.#switched === null) return null;
    const { to, receiver } = this.#switched;
    const { streamMs: sessionMs } = this.#context.config.gateway.timeouts;
    const client = this.#socket;
    this.#tunnel = new Tunnel({ client, backend: to.socket, receiver, context: this.#context, sessionMs });
    return this.#tunnel;
  }
}

function timesOf({ firstByteMs }: Timeouts): Partial<Timeouts> {
  // How long a session may be silent, or last, is the tunnel's matter: people think, and listen.
  const longMs = 2 * SESSION_MS_MAX;
  return { firstByteMs: Math.min(firstByteMs, HANDSHAKE_MS_MAX), idleMs: longMs, totalMs: longMs, streamMs: null };
}

/** The name that the exchange has put into the body, as each backend knows it. */
function nameIn(body: UpstreamRequest['body']): string | null {
  const asked: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString()) : null;
  return isRecord(asked) && typeof asked.model === 'string' ? asked.model : null;
}

/** What follows is no body, whatever the head may say. */
function withoutBody(raw: RawHeaders): RawHeaders {
  return raw.filter((_, i) => !raw[i - (i % 2)]?.toLowerCase().startsWith('content-'));
}
