/** For tests: a plane on a real socket with time by hand, and backends with WebSockets that do what a test says. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { FakeClock } from '@spillway/clock';
import type { Config } from '@spillway/config';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../../exchange/context.ts';
import type { ExchangeRecord, GatewayEvent } from '../../observe/events.ts';
import { Ledger } from '../../state/ledger.ts';
import { TestGateway } from '../../testing/kit.ts';
import { configFor } from '../../testing/raw-backend.ts';
import { Lobby } from '../../waiting/lobby.ts';
import { isKnock } from '../knock.ts';
import { SocketPlane } from '../plane.ts';

/** Turns of the event loop that a test waits for what must come. */
const TURNS_MAX = 20_000;

export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail(`never: ${what}`);
}

/** Turns without a byte that count as a standstill. */
const STILL_TURNS = 500;

/** @returns what waits at the sender once nothing moves any more. Bytes. */
export async function standstill(of: WebSocket): Promise<number> {
  let before = -1;
  let still = 0;
  await until('nothing moves any more', () => {
    still = of.bufferedAmount === before ? still + 1 : 0;
    before = of.bufferedAmount;
    return still >= STILL_TURNS;
  });
  return before;
}

async function listening(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address() as AddressInfo;
  return `127.0.0.1:${address.port}`;
}

interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A backend that takes every WebSocket, unless it is told a status to refuse with. */
export class SocketBackend {
  url = '';
  #server: Server | null = null;
  /** Status, headers and body of what it refuses with; null: it does not. */
  refusal: Refusal | 'silence' | null = null;
  /** Chosen where it is offered. */
  protocol: string | null = null;
  readonly asked: IncomingMessage[] = [];
  readonly sockets: WebSocket[] = [];
  /** What each said, in turn. */
  readonly heard: string[] = [];
  onMessage: (ws: WebSocket, text: string) => void = () => {};

  async start(t: TestContext): Promise<this> {
    const server = createServer();
    this.#server = server;
    const plane = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) =>
        this.protocol !== null && offered.has(this.protocol) ? this.protocol : ([...offered][0] ?? false),
    });
    server.on('upgrade', (request, socket, head) => {
      this.asked.push(request);
      if (this.refusal === null) return plane.handleUpgrade(request, socket, head, (ws) => this.#opened(ws));
      if (this.refusal === 'silence') return;
      const { status, headers = {}, body = '{}' } = this.refusal;
      const lines = Object.entries({ ...headers, 'content-length': String(body.length) }).map(([k, v]) => `${k}: ${v}`);
      socket.end(`HTTP/1.1 ${status} x\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
    });
    this.url = `http://${await listening(t, server)}`;
    t.after(() => this.cut());
    return this;
  }

  get last(): WebSocket {
    const ws = this.sockets.at(-1);
    assert.ok(ws, 'no WebSocket was opened');
    return ws;
  }

  cut(): void {
    for (const ws of this.sockets) ws.terminate();
  }

  /** Nobody listens there any more. */
  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server?.close(() => resolve());
    await promise;
  }

  #opened(ws: WebSocket): void {
    this.sockets.push(ws);
    ws.on('error', () => {});
    ws.on('message', (data) => {
      this.heard.push(String(data));
      this.onMessage(ws, String(data));
    });
  }
}

export class SocketBench {
  readonly clock: FakeClock;
  readonly events: GatewayEvent[];
  readonly context: Context;
  readonly plane: SocketPlane;
  readonly backends: readonly SocketBackend[];
  readonly server = createServer({ shouldUpgradeCallback: isKnock });
  host = '';

  constructor(backends: readonly SocketBackend[], settings: Partial<Config>, socketsMax?: number) {
    this.backends = backends;
    const kit = new TestGateway({ clients: settings.clients ?? [] });
    const config = configFor(
      backends.map(({ url }) => url),
      settings,
    );
    this.clock = kit.clock;
    this.events = kit.events;
    const ledger = new Ledger(config.fleet, { namesMax: 100, expiryMs: 1_000_000 });
    const { clock, deadlines } = kit.context;
    const lobby = new Lobby({ states: ledger, clock, deadlines, settings: () => config.policy });
    this.context = { ...kit.context, config, ledger, lobby };
    this.plane = new SocketPlane(this.context, this.server, socketsMax);
  }

  async start(t: TestContext): Promise<this> {
    this.host = await listening(t, this.server);
    t.after(() => this.plane.close());
    return this;
  }

  get exchanges(): ExchangeRecord[] {
    return this.events.flatMap((event) => (event.kind === 'exchangeEnded' ? [event.exchange] : []));
  }

  backend(n: number): SocketBackend {
    const backend = this.backends[n - 1];
    assert.ok(backend, `there is no backend ${n}`);
    return backend;
  }
}

export interface BenchSettings {
  readonly backends?: number;
  readonly config?: Partial<Config>;
  readonly socketsMax?: number;
}

export async function bench(t: TestContext, settings: BenchSettings = {}): Promise<SocketBench> {
  const { backends = 2, config = {}, socketsMax } = settings;
  const started = await Promise.all(Array.from({ length: backends }, () => new SocketBackend().start(t)));
  return new SocketBench(started, config, socketsMax).start(t);
}
