/**
 * Plays a reply of the model on a connection: waits through the clock, stops when the client leaves, breaks off where a fault says
 * so. The pace of streams is event-stream.ts's matter.
 */
import type { ServerResponse } from 'node:http';
import type { Answer, Cut, Reply } from '@spillway/azure-model';
import type { Clock, Timer } from '@spillway/clock';
import { EventStream } from './event-stream.ts';

/** Called with the status sent; null where nothing was, by a fault; 499 where the connection went before the end. */
export type Ended = (status: number | null) => void;

const CLIENT_LEFT = 499;

/** @param ended called once, when nothing more will be sent. */
export function play(reply: Reply, response: ServerResponse, clock: Clock, ended: Ended): void {
  if (reply.kind === 'answer' && reply.body.kind === 'text' && reply.waitMs <= 0 && reply.cut === null) {
    sendText(reply, reply.body.text, response);
    ended(reply.status);
  } else new Playing(reply, response, clock, ended).begin();
}

function sendText(answer: Answer, text: string, response: ServerResponse): void {
  answer.headers.push('content-length', String(Buffer.byteLength(text)));
  writeHead(answer, response);
  response.end(text);
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
    this.response.on('close', () => this.#end(this.#reply.kind === 'answer' ? CLIENT_LEFT : null));
    if (this.#reply.waitMs > 0) this.after(this.#reply.waitMs, this.#perform);
    else this.#perform();
  }

  after(delayMs: number, run: () => void): void {
    this.#timer = this.clock.after(delayMs, run);
  }

  /** Sends the last of an answer. */
  finish(last: string, status: number): void {
    this.#end(status);
    this.response.end(last);
  }

  /** Sends what is given, and when the network has it, destroys the connection. */
  breakAfter(last: string | Uint8Array, status: number): void {
    this.#end(status);
    const { socket } = this.response;
    this.response.write(last, () => socket?.destroy());
  }

  readonly #perform = (): void => {
    const reply = this.#reply;
    switch (reply.kind) {
      case 'hang':
        return;
      case 'reset':
        this.#end(null);
        this.response.socket?.resetAndDestroy();
        return;
      case 'answer':
        if (reply.body.kind === 'text') this.#text(reply, reply.body.text);
        else {
          writeHead(reply, this.response);
          if (reply.cut?.kind === 'beforeBody') this.breakAfter('', reply.status);
          else new EventStream(this, reply, reply.body).step();
        }
    }
  };

  #text(answer: Answer, text: string): void {
    if (answer.cut === null) {
      this.#end(answer.status);
      sendText(answer, text, this.response);
      return;
    }
    const bytes = Buffer.from(text);
    answer.headers.push('content-length', String(bytes.length));
    writeHead(answer, this.response);
    this.breakAfter(bytes.subarray(0, bytesKept(answer.cut, bytes.length)), answer.status);
  }

  #end(status: number | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    this.#ended(status);
  }
}

/** Of a body of so many bytes, those that pass before a cut; never all of them. */
function bytesKept(cut: Cut, bytes: number): number {
  if (cut.kind === 'beforeBody') return 0;
  return Math.min(cut.afterBytes ?? Math.floor(bytes / 2), bytes - 1);
}
