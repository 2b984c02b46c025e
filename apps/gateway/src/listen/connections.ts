/**
 * The connections of clients, and how many answers each is still owed. A client may send requests ahead of the answers (pipelining,
 * RFC 9112 §9.3.2); one that never reads must not make the gateway keep answers without end.
 */
import type { Socket } from 'node:net';

/** Requests of one connection whose answers have not been sent; past this it is closed. */
export const OWED_MAX = 8;

/** The fields belong to `Connections`, but for the newest request, which the listener names. */
export interface Connection {
  owed: number;
  newest: { readonly isReadingBody: boolean } | null;
}

export class Connections {
  readonly #open = new Map<Socket, Connection>();

  get size(): number {
    return this.#open.size;
  }

  opened(socket: Socket): void {
    this.#open.set(socket, { owed: 0, newest: null });
    socket.once('close', () => this.#open.delete(socket));
  }

  /** It is counted under another name from now on. */
  forget(socket: Socket): void {
    this.#open.delete(socket);
  }

  /** A request has come. @returns null where the connection is owed too much already. */
  begins(socket: Socket): Connection | null {
    const connection = this.#open.get(socket) ?? { owed: 0, newest: null };
    if (connection.owed >= OWED_MAX) return null;
    connection.owed++;
    return connection;
  }

  /** An answer has been sent, or will never be. */
  ends(connection: Connection): void {
    connection.owed--;
  }

  /** Whether an answer may be on its way. Not while the body of the only request is read: then nobody has begun to answer. */
  isAnswering(socket: Socket): boolean {
    const { owed, newest } = this.#open.get(socket) ?? { owed: 0, newest: null };
    return owed > 1 || (owed === 1 && newest?.isReadingBody !== true);
  }

  /** Closes those that wait for nothing, also those that never asked anything. */
  closeQuiet(): void {
    for (const [socket, { owed }] of this.#open) if (owed === 0) socket.destroy();
  }
}
