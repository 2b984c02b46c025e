/**
 * Responses over WebSocket: a client's connection on which each `response.create` is an exchange of its own, with everything that an
 * exchange has: pool, owner, failover before the first content, ids sealed and opened, usage, a record. Source: wire §1.4, §1.6.
 */
import { Deadline } from '@spillway/clock';
import { azureError, isRecord } from '@spillway/protocol';
import type { WebSocket } from 'ws';
import type { Context } from '../exchange/context.ts';
import { Exchange } from '../exchange/exchange.ts';
import type { UpstreamRequest } from '../forward/upstream.ts';
import { errorText } from './event-frames.ts';
import type { Knock } from './knock.ts';
import { textOf } from './line.ts';
import { Lines } from './lines.ts';
import { socketContext } from './socket-context.ts';
import { GOING_AWAY, IDLE_MS_MAX } from './tunnel.ts';
import { Turn } from './turn.ts';

/** The sentence is the simulator's; that there can be one at a time alone is documented (wire §1.4). */
const ONE_AT_A_TIME = 'Another response is in progress on this connection. Wait until it is finished.';

export class Responses {
  readonly #ws: WebSocket;
  readonly #context: Context;
  readonly #knock: Knock;
  readonly #lines: Lines;
  readonly #idle: Deadline;
  #turn: Turn | null = null;
  #leaves = false;

  /** @param onClosed told once, when the client's connection is gone. */
  constructor(context: Context, knock: Knock, ws: WebSocket, onClosed: () => void) {
    this.#context = context;
    this.#knock = knock;
    this.#ws = ws;
    this.#lines = new Lines({
      onUnstored: (id, request) => this.#learn(id, request),
      onStray: (text) => ws.send(text),
    });
    this.#idle = new Deadline(() => this.#onIdle());
    this.#stillThere();
    ws.on('message', (data) => this.#onMessage(textOf(data)));
    ws.on('ping', () => this.#stillThere());
    // What is wrong with a message is told to the client by the code of the end that follows.
    ws.on('error', () => {});
    ws.on('close', () => {
      context.deadlines.drop(this.#idle);
      this.#turn?.left();
      void this.#lines.close();
      onClosed();
    });
  }

  /** On drain: ends once no answer is under way. */
  leave(): void {
    this.#leaves = true;
    if (this.#turn === null) this.#ws.close(GOING_AWAY, 'The gateway is going down.');
  }

  end(code: number, reason: string): void {
    this.#ws.close(code, reason);
    this.#ws.terminate();
  }

  #onMessage(text: string): void {
    this.#stillThere();
    if (this.#leaves && this.#turn === null) return;
    if (!isCreate(text)) this.#pass(text);
    else if (this.#turn !== null) this.#refuse('response_in_progress', ONE_AT_A_TIME);
    else this.#begin(text);
  }

  #begin(text: string): void {
    const turn = new Turn({
      ws: this.#ws,
      knock: this.#knock,
      body: Buffer.from(text),
      onOver: () => this.#onTurnOver(),
    });
    this.#turn = turn;
    new Exchange(socketContext(this.#context, this.#lines), turn).start();
  }

  #onTurnOver(): void {
    this.#turn = null;
    this.#stillThere();
    if (this.#leaves) this.leave();
  }

  /** What is no request is for the backend that is being talked to. */
  #pass(text: string): void {
    if (this.#lines.pass(text)) return;
    this.#refuse('invalid_value', "Expected an event of type 'response.create'.");
  }

  /** Its id goes out as it is, since no other connection could use it; here it leads back to who made it. */
  #learn(id: string, { origin, path }: UpstreamRequest): void {
    const { home, ledger } = this.#context;
    const owners = ledger.fleet.backends.filter(({ url }) => (origin + path).startsWith(url));
    const [owner] = owners;
    if (owner !== undefined && owners.length === 1) home.owners.learn(id, owner.name);
  }

  #refuse(code: string, message: string): void {
    this.#ws.send(errorText(400, JSON.stringify(azureError(code, message))));
  }

  #onIdle(): void {
    if (this.#turn === null) this.#ws.close(GOING_AWAY, 'Nothing was said for too long.');
    else this.#stillThere();
  }

  #stillThere(): void {
    const { clock, deadlines } = this.#context;
    if (this.#ws.readyState === this.#ws.OPEN) deadlines.set(this.#idle, clock.nowMs(), IDLE_MS_MAX);
  }
}

/** Looked for before anything is parsed: it may hold pictures. */
const MAYBE_CREATE = /"type"\s*:\s*"response\.create"/;

function isCreate(text: string): boolean {
  if (!MAYBE_CREATE.test(text)) return false;
  try {
    const event: unknown = JSON.parse(text);
    return isRecord(event) && event.type === 'response.create';
  } catch {
    return false;
  }
}
