/**
 * WebSockets of the data plane: who may open one, how many there are, and how they end when the gateway does. A handshake for any
 * other path is a request like any other, whose `upgrade` nobody heeds (RFC 9110 §7.8 allows that).
 */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Timer } from '@spillway/clock';
import { azureError } from '@spillway/protocol';
import { WebSocketServer } from 'ws';
import type { Context } from '../exchange/context.ts';
import { Exchange } from '../exchange/exchange.ts';
import { HEADERS_MAX } from '../listen/node-http.ts';
import { type Routed, routeHead } from '../route/route.ts';
import { Handshake } from './handshake.ts';
import { handshakeProblem, type Knock, knockOf, protocolOf } from './knock.ts';
import { MESSAGE_BYTES_MAX } from './line.ts';
import { Realtime } from './realtime.ts';
import { Responses } from './responses.ts';
import { GOING_AWAY } from './tunnel.ts';

/** Open at once; more are refused with 503. */
const SOCKETS_MAX = 5_000;
/** How often those that are left are asked to go while the gateway drains. Milliseconds. */
const LEAVE_EVERY_MS = 250;

/** A connection that may be asked to go. */
interface Leaving {
  leave(nowMs: number): void;
  end(code: number, reason: string): void;
}

export class SocketPlane {
  readonly #context: Context;
  readonly #socketsMax: number;
  readonly #open = new Map<Duplex, Leaving | null>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: (offered) => protocolOf(offered),
  });
  #sweep: Timer | null = null;

  constructor(context: Context, server: Server, socketsMax = SOCKETS_MAX) {
    this.#context = context;
    this.#socketsMax = socketsMax;
    server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  get size(): number {
    return this.#open.size;
  }

  /** From now on each ends as soon as no answer is under way. */
  drain(): void {
    const nowMs = this.#context.clock.nowMs();
    for (const leaving of this.#open.values()) leaving?.leave(nowMs);
    this.#sweep = this.#open.size === 0 ? null : this.#context.clock.after(LEAVE_EVERY_MS, () => this.drain());
  }

  /** At once. */
  close(): void {
    this.#sweep?.cancel();
    for (const [socket, leaving] of this.#open) {
      leaving?.end(GOING_AWAY, 'The gateway is going down.');
      socket.destroy();
    }
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    const refusal = this.#refusal(request);
    const knock = refusal === null ? knockOf(request) : null;
    if (knock === null) return refuse(socket, refusal ?? NO_SUCH_PATH);
    this.#open.set(socket, null);
    // What came right behind the head is the first that the session reads.
    if (head.length > 0) socket.unshift(head);
    if (knock.kind === 'realtime') {
      this.#open.set(socket, new Realtime(this.#context, knock, socket, () => this.#open.delete(socket)));
    } else this.#openResponses(knock, request, socket);
  }

  #refusal(request: IncomingMessage): Refusal | null {
    const { draining } = this.#context;
    if (draining)
      return { status: 503, code: 'GatewayDraining', message: 'The gateway is going down; connect to another one.' };
    if (this.#open.size >= this.#socketsMax) {
      const message = `The gateway has ${this.#socketsMax} WebSockets open, the most at once; close some.`;
      return { status: 503, code: 'GatewayBusy', message };
    }
    if (request.rawHeaders.length > 2 * HEADERS_MAX) {
      return { status: 431, code: 'TooManyHeaders', message: `A request has ${HEADERS_MAX} headers at most.` };
    }
    const problem = handshakeProblem(request);
    return problem === null ? null : { status: 400, code: 'BadRequest', message: problem };
  }

  /** Who is refused is refused as by any exchange; the model is in the first message, so backends are asked then. */
  #openResponses(knock: Knock, request: IncomingMessage, socket: Duplex): void {
    const context = this.#context;
    const onClosed = (): void => {
      this.#open.delete(socket);
    };
    socket.once('close', onClosed);
    const inbound = new Handshake({ knock, socket, context, onSwitch: () => null, onClosed });
    const go = (routed: Routed): void => {
      if (routed.kind === 'refused') return new Exchange(context, inbound).start();
      this.#server.handleUpgrade(request, socket, EMPTY, (ws) => {
        this.#open.set(socket, new Responses(context, knock, ws, onClosed));
      });
    };
    const routed = routeHead(inbound, context.doors, context.config.gateway);
    if (routed instanceof Promise) void routed.then(go);
    else go(routed);
  }
}

const EMPTY = Buffer.alloc(0);

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const NO_SUCH_PATH: Refusal = { status: 404, code: '404', message: 'Resource not found: this path has no WebSocket.' };

function refuse(socket: Duplex, { status, code, message }: Refusal): void {
  const body = JSON.stringify(azureError(code, message));
  const retry = status === 503 ? ['retry-after-ms: 1000', 'retry-after: 1'] : [];
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...retry,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
