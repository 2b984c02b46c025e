/**
 * A client and a backend that talk with each other over a WebSocket: every byte passes as it comes, as fast as the slower one reads.
 * What is watched is where frames end, who has said goodbye, and whether anybody still says something.
 */
import type { Duplex } from 'node:stream';
import { Deadline } from '@spillway/clock';
import type { Context } from '../exchange/context.ts';
import type { Receiver } from '../forward/upstream.ts';
import { closeFrame, Frames } from './frames.ts';

/** A connection on which nobody says anything, not even a ping, is closed after this time. Milliseconds. */
export const IDLE_MS_MAX = 30 * 60_000;
/** However much is said, a session ends after this time; Azure ends one after an hour at the most. Milliseconds. */
export const SESSION_MS_MAX = 2 * 60 * 60_000;
/** On drain, a session whose backend has been silent this long is taken to be between two answers. Milliseconds. */
export const QUIET_MS = 1_000;

/** Codes of the end (RFC 6455 §7.4.1, and IANA's registry for 1014). */
export const GOING_AWAY = 1001;
const TOO_BIG = 1009;
const BAD_GATEWAY = 1014;

const BEGINS = /"type":\s*"response\.created"/;
const ENDS = /"type":\s*"response\.done"/;

export interface TunnelParts {
  readonly client: Duplex;
  readonly backend: Duplex;
  /** Hears of the backend's bytes, and how it ends; what it is told of goes to the client. */
  readonly receiver: Receiver;
  readonly context: Pick<Context, 'clock' | 'deadlines'>;
  /** The limit that the configuration sets to streams; null: none of its own. Milliseconds. */
  readonly sessionMs: number | null;
}

export class Tunnel {
  readonly #parts: TunnelParts;
  readonly #up = new Frames();
  readonly #down = new Frames((head) => this.#onText(head));
  readonly #idle = new Deadline(() => this.finish(GOING_AWAY, 'Silent, or open, for too long.'));
  readonly #endsMs: number;
  /** Between the first event of an answer and its last. */
  #answering = false;
  #heardMs: number;
  #leaves = false;
  #over = false;

  constructor(parts: TunnelParts) {
    this.#parts = parts;
    this.#heardMs = parts.context.clock.nowMs();
    this.#endsMs = this.#heardMs + Math.min(SESSION_MS_MAX, parts.sessionMs ?? SESSION_MS_MAX);
  }

  /** @param head what the backend has sent already. */
  start(head: Buffer): void {
    const { client, backend } = this.#parts;
    backend.on('data', (chunk: Buffer) => this.#fromBackend(chunk));
    backend.on('end', () => this.#backendGone('closed'));
    backend.on('close', () => this.#backendGone('closed'));
    backend.on('error', (error) => this.#backendGone('code' in error ? String(error.code) : error.name));
    backend.on('drain', () => client.resume());
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    client.on('end', () => this.#clientEnds());
    this.#stillThere();
    if (head.length > 0) this.#fromBackend(head);
  }

  pause(): void {
    this.#parts.backend.pause();
  }

  resume(): void {
    this.#parts.backend.resume();
  }

  /** On drain: ends once no answer is under way. Called again and again. */
  leave(nowMs: number): void {
    this.#leaves = true;
    if (!this.#answering && nowMs - this.#heardMs >= QUIET_MS) this.#leaveAtBoundary();
  }

  /** Tells both sides, as far as a frame can be put between theirs, and ends in order. */
  finish(code: number, reason: string): void {
    if (this.#over) return;
    const { client, backend, receiver } = this.#parts;
    if (this.#down.atBoundary) client.write(closeFrame(code, reason, 'server'));
    if (this.#up.atBoundary) backend.write(closeFrame(code, reason, 'client'));
    this.#end();
    backend.end();
    backend.resume();
    receiver.onEnd();
  }

  /** The exchange has given the backend up. @returns the last frame for the client; null where it would land inside of another. */
  broken(): Buffer | null {
    this.cancel();
    return this.#down.atBoundary ? closeFrame(BAD_GATEWAY, 'The connection to the backend broke.', 'server') : null;
  }

  /** @returns whether the end had been said before: then it is in order. */
  clientClosed(): boolean {
    const { backend, receiver } = this.#parts;
    const inOrder = this.#hasGoodbye;
    if (!this.#over && inOrder) {
      this.#end();
      receiver.onEnd();
    }
    backend.destroy();
    return inOrder;
  }

  cancel(): void {
    this.#end();
    this.#parts.backend.destroy();
  }

  get #hasGoodbye(): boolean {
    return this.#up.closeSeen || this.#down.closeSeen;
  }

  #fromBackend(chunk: Buffer): void {
    if (this.#over) return;
    this.#heardMs = this.#stillThere();
    if (!this.#down.add(chunk)) return this.finish(TOO_BIG, 'A frame is longer than the gateway takes.');
    this.#parts.receiver.onData(chunk);
    if (this.#leaves && !this.#answering) this.#leaveAtBoundary();
  }

  #fromClient(chunk: Buffer): void {
    if (this.#over) return;
    this.#stillThere();
    if (!this.#up.add(chunk)) return this.finish(TOO_BIG, 'A frame is longer than the gateway takes.');
    const { client, backend } = this.#parts;
    if (!backend.write(chunk)) client.pause();
  }

  #leaveAtBoundary(): void {
    if (this.#down.atBoundary) this.finish(GOING_AWAY, 'The gateway is going down.');
  }

  #onText(head: string): void {
    if (BEGINS.test(head)) this.#answering = true;
    else if (ENDS.test(head)) this.#answering = false;
  }

  #stillThere(): number {
    const { clock, deadlines } = this.#parts.context;
    const nowMs = clock.nowMs();
    deadlines.set(this.#idle, nowMs, Math.max(0, Math.min(IDLE_MS_MAX, this.#endsMs - nowMs)));
    return nowMs;
  }

  /** A client that hangs up without a goodbye has left, whatever half of its connection is still open. */
  #clientEnds(): void {
    if (this.#over) return;
    if (this.#hasGoodbye) this.#parts.backend.end();
    else this.#parts.client.destroy();
  }

  #backendGone(code: string): void {
    if (this.#over) return;
    const { receiver } = this.#parts;
    this.#end();
    if (this.#hasGoodbye) receiver.onEnd();
    else receiver.onFailure({ kind: 'broken', code, message: code });
  }

  #end(): void {
    this.#over = true;
    this.#parts.context.deadlines.drop(this.#idle);
  }
}
