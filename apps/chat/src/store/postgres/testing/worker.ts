/**
 * PostgreSQL in a thread of its own (PGlite blocks the one it runs in), behind a port of this machine that speaks PostgreSQL's protocol:
 * the real driver connects to it. One session serves all connections, so a pool has one.
 */
import { createServer, type Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

/** Sent first by a client that would like TLS; the answer N says that there is none. Source: PostgreSQL 18, protocol message formats. */
const SSL_REQUEST = 80_877_103;
const STARTUP_LENGTH_MAX = 10_000;
/** ParameterStatus and the like are left to the driver's defaults: AuthenticationOk, then ReadyForQuery when idle. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
const TERMINATE = 0x58;

const database = await PGlite.create({ extensions: { vector } });
/** One message after the other, whoever sent it. */
let queue: Promise<unknown> = Promise.resolve();

const server = createServer({ noDelay: true }, (socket) => {
  let isStarted = false;
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let message = next(bytes, isStarted); message !== null; message = next(bytes, isStarted)) {
      bytes = bytes.subarray(message.length);
      if (isStarted) answer(socket, message);
      else if (message.readInt32BE(4) === SSL_REQUEST) socket.write('N');
      else {
        isStarted = true;
        socket.write(WELCOME);
      }
    }
  });
  socket.on('error', () => socket.destroy());
});

function next(bytes: Buffer, isStarted: boolean): Buffer | null {
  const head = isStarted ? 1 : 0;
  if (bytes.length < head + 4) return null;
  const length = head + bytes.readInt32BE(head);
  if (!isStarted && length > STARTUP_LENGTH_MAX) throw new Error(`a start-up message of ${length} bytes`);
  return bytes.length < length ? null : bytes.subarray(0, length);
}

function answer(socket: Socket, message: Buffer): void {
  if (message[0] === TERMINATE) return void socket.end();
  queue = queue.then(async () => {
    const data = await database.execProtocolRaw(message);
    if (!socket.destroyed) socket.write(data);
  });
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === 'object' ? address?.port : null);
});
