/** A port that can be opened, torn down with all its connections, and opened again. It speaks http, and TLS beside it where asked. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '@spillway/clock';
import { speakBoth } from './tls/first-byte.ts';
import type { Tls } from './tls/tls.ts';

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
  /** Of WebSockets. Default: such connections are answered as ordinary requests. */
  readonly onUpgrade?: UpgradeListener;
  /** Default: plain http alone. */
  readonly tls?: Tls | null;
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export class Listener {
  readonly #what: string;
  readonly #host: string;
  readonly #portSetBy: string;
  readonly #onRequest: RequestListener;
  readonly #onUpgrade: UpgradeListener | null;
  readonly #tls: Tls | null;
  #port: number;
  #server: Server | null = null;
  /** What has come in; not all of it is a request yet. */
  readonly #connections = new Set<Duplex>();
  /** Opening and closing take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor({ what, host, port, portSetBy, onRequest, onUpgrade, tls = null }: ListenerSettings) {
    this.#what = what;
    this.#portSetBy = portSetBy;
    this.#host = host;
    this.#port = port;
    this.#onRequest = onRequest;
    this.#onUpgrade = onUpgrade ?? null;
    this.#tls = tls;
  }

  get open(): boolean {
    return this.#server !== null;
  }

  /** Without a trailing slash; the port is known once it has been open. */
  get url(): string {
    return `http://${this.#place}`;
  }

  /** As {@link url}; null where it speaks no TLS. */
  get httpsUrl(): string | null {
    return this.#tls === null ? null : `https://${this.#place}`;
  }

  get #place(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `${host}:${this.#port}`;
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
      // Those that have said nothing yet, and WebSockets, are not among the server's.
      for (const connection of this.#connections) connection.destroy();
      return closed;
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #listen(): Promise<void> {
    const contexts = await this.#tls?.contexts();
    const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX, keepAliveTimeout: IDLE_MS }, this.#onRequest);
    if (this.#onUpgrade !== null) server.on('upgrade', this.#onUpgrade);
    if (contexts !== undefined) speakBoth(server, contexts, systemClock);
    server.on('connection', (socket) => this.#keep(socket));
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

  #keep(socket: Duplex): void {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
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
