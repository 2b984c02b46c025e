/**
 * The connections of clients, and how many answers each is still owed. A client may send requests ahead of the answers (pipelining,
 * RFC 9112 §9.3.2); one that never reads must not make the gateway keep answers without end.
 */
import type { Socket } from 'node:net';

/** Requests of one connection whose answers have not been sent; past this it is closed. */
export const OWED_MAX = 8;

export class Connections {
  readonly #owed = new Map<Socket, number>();

  get size(): number {
    return this.#owed.size;
  }

  opened(socket: Socket): void {
    this.#owed.set(socket, 0);
    socket.once('close', () => this.#owed.delete(socket));
  }

  /** It is counted under another name from now on. */
  forget(socket: Socket): void {
    this.#owed.delete(socket);
  }

  /** A request has come. @returns false where the connection is owed too much already. */
  begins(socket: Socket): boolean {
    const owed = this.#owed.get(socket) ?? 0;
    if (owed >= OWED_MAX) return false;
    this.#owed.set(socket, owed + 1);
    return true;
  }

  /** An answer has been sent, or will never be. */
  ends(socket: Socket): void {
    const owed = this.#owed.get(socket);
    if (owed !== undefined) this.#owed.set(socket, owed - 1);
  }

  isOwed(socket: Socket): boolean {
    return (this.#owed.get(socket) ?? 0) > 0;
  }

  /** Closes those that wait for nothing, also those that never asked anything. */
  closeQuiet(): void {
    for (const [socket, owed] of this.#owed) if (owed === 0) socket.destroy();
  }
}
