/** A conversation over a WebSocket, for an app to carry: what came in goes to `receive`, and what is due comes from `take`. */

/** Why the connection ends from this side. Source: RFC 6455 §7.4.1. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export interface SocketSession {
  /** When the next message, or the end, is due; null: only the client can move things on. Milliseconds since 1970. */
  readonly dueMs: number | null;
  /** Set once the session is over: nothing is received or sent after what `take` still gives. */
  readonly closing: Closing | null;
  /** @param text of one message of the client's. */
  receive(text: string, nowMs: number): void;
  /** Messages that are due by now, in their order. */
  take(nowMs: number): readonly string[];
  /** The connection is gone: what is under way ends. */
  end(nowMs: number): void;
}

/** An answer that opens a WebSocket (status 101) has it. */
export type OpenSocket = (nowMs: number) => SocketSession;

/** What will be sent, each at its time. */
export class Outbox {
  /** By time, and by order of adding where that is the same. */
  #due: Array<{ readonly atMs: number; readonly text: () => string; readonly of: string | null }> = [];

  get dueMs(): number | null {
    return this.#due[0]?.atMs ?? null;
  }

  /** @param text made when it is sent. @param of what it belongs to, to be dropped together. */
  add(atMs: number, text: () => string, of: string | null = null): void {
    let place = this.#due.length;
    while (place > 0 && (this.#due[place - 1]?.atMs ?? 0) > atMs) place--;
    this.#due.splice(place, 0, { atMs, text, of });
  }

  drop(of: string): void {
    this.#due = this.#due.filter((each) => each.of !== of);
  }

  take(nowMs: number): readonly string[] {
    let count = 0;
    while (count < this.#due.length && (this.#due[count]?.atMs ?? 0) <= nowMs) count++;
    return this.#due.splice(0, count).map(({ text }) => text());
  }
}
