/**
 * Plays a reply of the model on a connection: waits through the clock, stops when the client leaves, breaks off where a fault says
 * so. The pace of streams is event-stream.ts's matter.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, Cut, Reply, ReplyBody } from '@spillway/azure-model';
import type { Clock, Timer } from '@spillway/clock';
import { EventStream } from './event-stream.ts';

/**
 * Called with the status sent; null where nothing was, by a fault; 499 where the connection went before the end.
 * `firstMs`: when the first content of a stream went out; null or absent where none did, or the answer was of one piece.
 */
export type Ended = (status: number | null, firstMs?: number | null) => void;

/** What Azure's logs say of a client that left before the end. */
export const CLIENT_LEFT = 499;

/** Stands where the length of a chunk should, in hexadecimal digits. */
const NO_CHUNK = 'no length\r\n';

/** @param ended called once, when nothing more will be sent. */
export function play(reply: Reply, response: ServerResponse, clock: Clock, ended: Ended): void {
  if (reply.kind === 'answer' && reply.body.kind !== 'events' && reply.waitMs <= 0 && reply.cut === null) {
    reply.work?.end(clock.nowMs(), null);
    sendWhole(reply, contentOf(reply.body), response);
    ended(reply.status);
  } else new Playing(reply, response, clock, ended).begin();
}

function contentOf(body: Exclude<ReplyBody, { kind: 'events' }>): string | Uint8Array {
  return body.kind === 'text' ? body.text : body.bytes;
}

function sendWhole(answer: Answer, content: string | Uint8Array, response: ServerResponse): void {
  answer.headers.push('content-length', String(Buffer.byteLength(content)));
  writeHead(answer, response);
  response.end(content);
}

function writeHead(answer: Answer, response: ServerResponse): void {
  if (answer.statusText === null) response.writeHead(answer.status, answer.headers);
  else response.writeHead(answer.status, answer.statusText, answer.headers);
}

/** A reply that takes time, or ends badly. */
export class Playing {
  readonly response: ServerResponse;
  readonly clock: Clock;
  readonly #reply: Reply;
  readonly #ended: Ended;
  #timer: Timer | null = null;
  #over = false;
  /** When the first content event of a stream went out; null until then, and of an answer of one piece. */
  #firstMs: number | null = null;
  /** Content events sent so far of a stream; null: all, or the answer is of one piece, which is generated to its end whoever listens. */
  shownEvents: number | null = null;

  constructor(reply: Reply, response: ServerResponse, clock: Clock, ended: Ended) {
    this.response = response;
    this.clock = clock;
    this.#reply = reply;
    this.#ended = ended;
  }

  /** Nothing more will be sent. */
  get over(): boolean {
    return this.#over;
  }

  begin(): void {
    const left = (): void => this.#end(this.#reply.kind === 'answer' ? CLIENT_LEFT : null);
    this.response.on('close', left);
    // A client that has left already is not told of again.
    if (this.response.closed) left();
    else if (this.#reply.waitMs > 0) this.after(this.#reply.waitMs, this.#perform);
    else this.#perform();
  }

  after(delayMs: number, run: () => void): void {
    this.#timer = this.clock.after(delayMs, run);
  }

  /** Content is about to be sent. */
  contentBegins(): void {
    this.#firstMs ??= this.clock.nowMs();
  }

  /** Sends the last of an answer. */
  finish(last: string, status: number): void {
    this.shownEvents = null;
    this.#end(status);
    this.response.end(last);
  }

  /** Sends what is given, and when the network has it, destroys the connection. */
  breakAfter(last: string | Uint8Array, status: number): void {
    this.#end(status);
    this.response.write(last, () => this.#socket.destroy());
  }

  /** Sends what is given, and after it a chunk that is none; a head that tells the length of the body does not fit. */
  garbleAfter(last: string | Uint8Array, status: number): void {
    this.#end(status);
    this.response.write(last, () => {
      this.#socket.write(NO_CHUNK);
      this.#socket.destroySoon();
    });
  }

  /** Also while the answer waits behind others of its connection, when the response itself has none yet. */
  get #socket(): Socket {
    return this.response.req.socket;
  }

  readonly #perform = (): void => {
    const reply = this.#reply;
    switch (reply.kind) {
      case 'hang':
        return;
      case 'reset':
        this.#end(null);
        this.#socket.resetAndDestroy();
        return;
      case 'answer':
        if (reply.body.kind !== 'events') this.#whole(reply, contentOf(reply.body));
        else {
          writeHead(reply, this.response);
          if (reply.cut?.kind === 'beforeBody') this.breakAfter('', reply.status);
          else new EventStream(this, reply, reply.body).step();
        }
    }
  };

  #whole(answer: Answer, content: string | Uint8Array): void {
    const { cut, status } = answer;
    if (cut === null) {
      this.#end(status);
      sendWhole(answer, content, this.response);
      return;
    }
    const bytes = Buffer.from(content);
    const kept = bytes.subarray(0, bytesKept(cut, bytes.length));
    if (cut.kind !== 'invalidChunk') answer.headers.push('content-length', String(bytes.length));
    writeHead(answer, this.response);
    if (cut.kind === 'invalidChunk') this.garbleAfter(kept, status);
    else this.breakAfter(kept, status);
  }

  #end(status: number | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    this.#reply.work?.end(this.clock.nowMs(), this.shownEvents);
    this.#ended(status, this.#firstMs);
  }
}

/** Of a body of so many bytes, those that pass before a cut; never all of them. */
function bytesKept(cut: Cut, bytes: number): number {
  if (cut.kind === 'beforeBody') return 0;
  const half = Math.floor(bytes / 2);
  return cut.kind === 'invalidChunk' ? half : Math.min(cut.afterBytes ?? half, bytes - 1);
}
