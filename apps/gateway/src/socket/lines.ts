/**
 * The connections of one client to backends that speak Responses over WebSocket, one for each backend that has served it. Each takes
 * one request at a time; its events are handed on as those of a stream. A connection stays, since its backend may keep there what it
 * keeps nowhere else (a response that is not stored can be continued on its own connection alone; wire §1.4).
 */
import type { Receiver, Upstream, UpstreamCall, UpstreamRequest } from '../forward/upstream.ts';
import { Line } from './line.ts';

/** Connections to backends of one client; beyond it one that is idle is closed. */
export const LINES_MAX = 4;

export interface LinesListener {
  /** An answer has begun that its backend keeps on this connection alone. */
  onUnstored(id: string, request: UpstreamRequest): void;
  /** A backend said something without being asked. */
  onStray(text: string): void;
}

export class Lines implements Upstream {
  readonly #listener: LinesListener;
  /** By where they lead, the last one used last. */
  readonly #lines = new Map<string, Line>();

  constructor(listener: LinesListener) {
    this.#listener = listener;
  }

  send(request: UpstreamRequest, receiver: Receiver): UpstreamCall {
    const key = request.origin + request.path;
    const known = this.#lines.get(key);
    const line = known?.isFree === true ? known : this.#open(key, request);
    this.#lines.delete(key);
    this.#lines.set(key, line);
    return line.ask(request.body, receiver);
  }

  /** What is no request of its own, for the backend that was asked last. @returns false where there is none. */
  pass(text: string): boolean {
    const line = [...this.#lines.values()].at(-1);
    return line?.pass(text) ?? false;
  }

  get size(): number {
    return this.#lines.size;
  }

  close(): Promise<void> {
    for (const line of this.#lines.values()) line.close();
    this.#lines.clear();
    return Promise.resolve();
  }

  #open(key: string, request: UpstreamRequest): Line {
    this.#lines.get(key)?.close();
    this.#lines.delete(key);
    for (const [idle, line] of this.#lines) {
      if (this.#lines.size < LINES_MAX) break;
      if (!line.isFree) continue;
      this.#lines.delete(idle);
      line.close();
    }
    const line: Line = new Line(request, {
      onUnstored: (id) => this.#listener.onUnstored(id, request),
      onStray: (text) => this.#listener.onStray(text),
      onGone: () => {
        if (this.#lines.get(key) === line) this.#lines.delete(key);
      },
    });
    return line;
  }
}
