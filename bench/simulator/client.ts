/** Puts load on a server over loopback: connections that each ask again as soon as the answer is whole. */
import { connect, type Socket } from 'node:net';

const ANSWER_TOKENS = 20;
/** Content events of a stream. */
export const STREAM_TOKENS = 100;

const MESSAGES = [{ role: 'user', content: 'What do the tides do to a harbour, and what does a harbour do to them?' }];

export function requestBody(stream: boolean): string {
  return JSON.stringify({ messages: MESSAGES, max_tokens: stream ? STREAM_TOKENS : ANSWER_TOKENS, stream });
}

/** The request as bytes. */
function requestBytes(stream: boolean): Buffer {
  const body = requestBody(stream);
  const head = [
    'POST /openai/deployments/chat/chat/completions?api-version=2024-10-21 HTTP/1.1',
    'host: 127.0.0.1',
    'api-key: bench-key',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly stream: boolean;
}

/** End of a chunked body; it cannot stand in an event, since JSON escapes line ends. */
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** One connection at work. */
class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #stream: boolean;
  #received: Buffer = Buffer.alloc(0);
  #wholeBytes: number | null = null;
  answers = 0;
  error: string | null = null;

  constructor({ port, stream }: Load, request: Buffer) {
    this.#request = request;
    this.#stream = stream;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => this.#socket.write(request));
    this.#socket.on('data', (part) => this.#take(part));
    this.#socket.on('error', (error) => {
      this.error ??= error.message;
    });
  }

  close(): void {
    this.#socket
      .removeAllListeners('error')
      .on('error', () => {})
      .destroy();
  }

  #take(part: Buffer): void {
    if (this.#stream) {
      // Only the end is looked at, which may come in two parts.
      const tail = this.#received.length === 0 ? part : Buffer.concat([this.#received, part]);
      if (tail.indexOf('HTTP/1.1 2') === -1 && tail.indexOf('HTTP/1.1 ') !== -1)
        this.error ??= tail.toString('latin1', 0, 200);
      this.#received = Buffer.from(tail.subarray(-LAST_CHUNK.length));
      if (tail.indexOf(LAST_CHUNK) >= 0) this.#again();
      return;
    }
    this.#received = this.#received.length === 0 ? part : Buffer.concat([this.#received, part]);
    this.#wholeBytes ??= wholeBytes(this.#received);
    if (this.#wholeBytes !== null && this.#received.length >= this.#wholeBytes) {
      if (!this.#received.subarray(0, 10).equals(Buffer.from('HTTP/1.1 2')))
        this.error ??= this.#received.toString('latin1', 0, 200);
      this.#again();
    }
  }

  #again(): void {
    this.answers++;
    this.#received = Buffer.alloc(0);
    this.#wholeBytes = null;
    this.#socket.write(this.#request);
  }
}

function wholeBytes(received: Buffer): number | null {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const length = /content-length: (\d+)/i.exec(received.toString('latin1', 0, headEnd))?.[1];
  return headEnd + HEAD_END.length + Number(length ?? 0);
}

export class Clients {
  readonly #connections: readonly Connection[];

  constructor(load: Load) {
    const request = requestBytes(load.stream);
    this.#connections = Array.from({ length: load.connections }, () => new Connection(load, request));
  }

  /** Whole ones so far. @throws Error where one was none. */
  get answers(): number {
    const error = this.#connections.find((each) => each.error !== null)?.error;
    if (typeof error === 'string') throw new Error(`the load met something that is no answer: ${error}`);
    return this.#connections.reduce((sum, { answers }) => sum + answers, 0);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
