/** http and https on one port: the first byte of a connection tells which it is. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Clock } from '@spillway/clock';
import type { ServerContexts } from './tls.ts';

/** Of a TLS record that begins a handshake; no request of http begins so (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

/** A connection that has said nothing for so long is closed; http alone waits as long for a head. Milliseconds. */
export const SILENT_MS_MAX = 60_000;
/** From the first byte until both sides have a key. Milliseconds. */
const HANDSHAKE_MS_MAX = 30_000;

/**
 * Lets a server that is not yet listening speak TLS too. What it says of limits, upgrades and handlers holds for both; a connection
 * that is neither is closed by the side that it seemed to be.
 */
export function speakBoth(server: Server, contexts: ServerContexts, clock: Clock): void {
  const serve = connectionHandlerOf(server);
  const raws = new Map<string, Socket>();
  const tls = createServer({
    ...contexts.common,
    handshakeTimeout: HANDSHAKE_MS_MAX,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => {
      contexts.contextFor(name).then(
        (context) => done(null, context),
        (error) => done(error),
      );
    },
  });
  // A client that does not trust the CA, or speaks another version: its own matter.
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  tls.on('secureConnection', (secure) => {
    resetThrough(secure, raws.get(addressOf(secure)));
    serve(secure);
  });
  server.on('connection', (raw: Socket) => {
    firstByte(raw, clock, (byte) => {
      if (byte !== HANDSHAKE) return serve(raw);
      const address = addressOf(raw);
      raws.set(address, raw);
      raw.once('close', () => raws.delete(address));
      tls.emit('connection', raw);
    });
  });
}

/** Takes the server's own handler from it. */
function connectionHandlerOf(server: Server): (socket: Socket) => void {
  const handlers = server.listeners('connection');
  server.removeAllListeners('connection');
  return (socket) => {
    for (const handler of handlers) Reflect.apply(handler, server, [socket]);
  };
}

/** Calls back once the first byte is there, which stays to be read; a connection that is closed before, or silent for too long, never. */
function firstByte(socket: Socket, clock: Clock, then: (byte: number) => void): void {
  const limit = clock.after(SILENT_MS_MAX, () => socket.destroy());
  const onError = (): void => {
    socket.destroy();
  };
  const look = (): void => {
    const data: unknown = socket.read();
    if (!Buffer.isBuffer(data) || data.length === 0) return;
    limit.cancel();
    socket.off('readable', look).off('error', onError);
    socket.unshift(data);
    then(data.readUInt8(0));
  };
  socket.on('error', onError);
  socket.once('close', () => limit.cancel());
  socket.on('readable', look);
}

/** A reset ends the connection beneath: Node resets plain ones alone. */
function resetThrough(secure: TLSSocket, raw: Socket | undefined): void {
  if (raw === undefined) return;
  secure.resetAndDestroy = () => {
    raw.resetAndDestroy();
    return secure.destroy();
  };
}

/** Unlike any other connection's at the same port. */
function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`;
}
