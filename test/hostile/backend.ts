/** A backend that keeps every byte that reaches it, and reads them as strictly as any server might: what is no request shows. */
import { createServer, type Server, type Socket } from 'node:net';

export interface Reached {
  readonly line: string;
  /** As written, in order. */
  readonly headers: readonly string[];
  /** latin1. */
  readonly body: string;
}

export interface Backend {
  readonly url: string;
  readonly reached: Reached[];
  /** Connections whose bytes were no requests, with the bytes. */
  readonly nonsense: string[];
  /** Bytes handed to the network so far, over all connections. */
  readonly bytesWritten: () => number;
  close(): Promise<void>;
}

export type Answering = (socket: Socket, request: Reached) => void;

const LINE = /^[A-Z-]+ \/[!-~]* HTTP\/1\.1$/;
const HEADER = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+: ?[\t\x20-\x7e\x80-\xff]*$/;

export async function startBackend(answer: Answering): Promise<Backend> {
  const sockets = new Set<Socket>();
  const reached: Reached[] = [];
  const nonsense: string[] = [];
  let bytesOfGone = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      bytesOfGone += socket.bytesWritten;
    });
    socket.on('error', () => {});
    const reader = new Reader(nonsense, (request) => {
      reached.push(request);
      answer(socket, request);
    });
    socket.on('data', (chunk) => reader.add(chunk.toString('latin1')));
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    reached,
    nonsense,
    bytesWritten: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, bytesOfGone),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The bytes of one connection. The gateway sends lengths, never chunks. */
class Reader {
  readonly #nonsense: string[];
  readonly #done: (request: Reached) => void;
  #text = '';

  constructor(nonsense: string[], done: (request: Reached) => void) {
    this.#nonsense = nonsense;
    this.#done = done;
  }

  add(text: string): void {
    this.#text += text;
    for (;;) {
      const headEnd = this.#text.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const [line = '', ...headers] = this.#text.slice(0, headEnd).split('\r\n');
      const lengths = headers.filter((header) => /^content-length:/i.test(header));
      const isChunked = headers.some((header) => /^transfer-encoding:/i.test(header));
      const isSound = LINE.test(line) && headers.every((header) => HEADER.test(header));
      if (!isSound || isChunked || lengths.length > 1) this.#nonsense.push(this.#text.slice(0, headEnd));
      const end = headEnd + 4 + Number(lengths[0]?.split(':')[1] ?? 0);
      if (this.#text.length < end) return;
      const body = this.#text.slice(headEnd + 4, end);
      this.#text = this.#text.slice(end);
      this.#done({ line, headers, body });
    }
  }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
