/**
 * PostgreSQL in a thread of its own (PGlite blocks the one it runs in), behind a port of this machine that speaks PostgreSQL's protocol:
 * the real driver connects to it, with as many connections as it likes. PGlite has one session, so a connection has it to itself from its
 * first message until the server is idle again, outside of any transaction.
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
/** ReadyForQuery, outside of a transaction: the last message of an answer. */
const IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const TERMINATE = 0x58;

const database = await PGlite.create({ extensions: { vector } });

interface Connection {
  readonly socket: Socket;
  readonly messages: Buffer[];
}

const connections = new Set<Connection>();
/** Whose the session is; null: whoever comes next. */
let holder: Connection | null = null;
let isWorking = false;

const server = createServer({ noDelay: true }, (socket) => {
  const connection: Connection = { socket, messages: [] };
  connections.add(connection);
  let isStarted = false;
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let message = next(bytes, isStarted); message !== null; message = next(bytes, isStarted)) {
      bytes = bytes.subarray(message.length);
      if (isStarted) connection.messages.push(message);
      else if (message.readInt32BE(4) === SSL_REQUEST) socket.write('N');
      else {
        isStarted = true;
        socket.write(WELCOME);
      }
    }
    void work();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    connections.delete(connection);
    if (holder === connection) connection.messages.splice(0, Number.POSITIVE_INFINITY, ROLLBACK);
    void work();
  });
});

/** What a server does for a connection that is gone in the middle of its transaction. */
const ROLLBACK = Buffer.concat([Buffer.from([0x51, 0, 0, 0, 13]), Buffer.from('ROLLBACK\0')]);

function next(bytes: Buffer, isStarted: boolean): Buffer | null {
  const head = isStarted ? 1 : 0;
  if (bytes.length < head + 4) return null;
  const length = head + bytes.readInt32BE(head);
  if (!isStarted && length > STARTUP_LENGTH_MAX) throw new Error(`a start-up message of ${length} bytes`);
  return bytes.length < length ? null : bytes.subarray(0, length);
}

async function work(): Promise<void> {
  if (isWorking) return;
  isWorking = true;
  for (;;) {
    holder ??= [...connections].find(({ messages }) => messages.length > 0) ?? null;
    const message = holder?.messages.shift();
    if (holder === null || message === undefined) break;
    await answer(holder, message);
  }
  isWorking = false;
}

async function answer(connection: Connection, message: Buffer): Promise<void> {
  const { socket } = connection;
  if (message[0] === TERMINATE) {
    socket.end();
    holder = null;
    return;
  }
  const data = Buffer.from(await database.execProtocolRaw(message));
  if (!socket.destroyed) socket.write(data);
  if (data.subarray(-IDLE.length).equals(IDLE)) holder = null;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === 'object' ? address?.port : null);
});
