/** A port that can be opened, torn down with all its connections, and opened again. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longest head of a request; node answers 431 beyond. Bytes. */
export const HEADER_BYTES_MAX = 32 * 1024;

/**
 * How long an idle connection is kept. Longer than clients keep theirs (undici 4 s, agents 5 to 60 s): it is theirs to close, or a
 * request could meet a connection that is just being closed. Milliseconds.
 */
const IDLE_MS = 120_000;

export interface ListenerSettings {
  /** What it is for, in errors: `resource openai1`. */
  readonly what: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What chooses another port, in errors: `--port`. */
  readonly portSetBy: string;
  readonly onRequest: RequestListener;
}

export class Listener {
  readonly #what: string;
  readonly #host: string;
  readonly #portSetBy: string;
  readonly #onRequest: RequestListener;
  #port: number;
  #server: Server | null = null;
  /** Opening and closing take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor({ what, host, port, portSetBy, onRequest }: ListenerSettings) {
    this.#what = what;
    this.#portSetBy = portSetBy;
    this.#host = host;
    this.#port = port;
    this.#onRequest = onRequest;
  }

  get open(): boolean {
    return this.#server !== null;
  }

  /** Without a trailing slash; the port is known once it has been open. */
  get url(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `http://${host}:${this.#port}`;
  }

  /** On the same port as before. @throws Error that names the port and the way out. */
  start(): Promise<void> {
    return this.#inTurn(() => (this.#server === null ? this.#listen() : Promise.resolve()));
  }

  /** Takes no more connections and destroys those there are, with whatever is on its way on them. */
  stop(): Promise<void> {
    return this.#inTurn(() => {
      const server = this.#server;
      this.#server = null;
      if (server === null) return Promise.resolve();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }

  #listen(): Promise<void> {
    const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX, keepAliveTimeout: IDLE_MS }, this.#onRequest);
    return new Promise((resolve, reject) => {
      // Stays for the server's life: an error without a listener would end the process.
      server.on('error', (error: NodeJS.ErrnoException) => reject(this.#explained(error)));
      server.listen(this.#port, this.#host, () => {
        this.#port = portOf(server.address(), this.#port);
        this.#server = server;
        resolve();
      });
    });
  }

  #explained(error: NodeJS.ErrnoException): Error {
    const place = `${this.#host}:${this.#port}`;
    switch (error.code) {
      case 'EADDRINUSE':
        return new Error(
          `port ${this.#port} on ${this.#host} (${this.#what}) is taken by another program; stop that one, or choose another port with ${this.#portSetBy}`,
        );
      case 'EACCES':
        return new Error(
          `${place} (${this.#what}) may not be opened by this user; choose a port above 1023 with ${this.#portSetBy}`,
        );
      default:
        return new Error(`${place} (${this.#what}) cannot be opened: ${error.message}`);
    }
  }
}

function portOf(address: AddressInfo | string | null, otherwise: number): number {
  return typeof address === 'object' && address !== null ? address.port : otherwise;
}
