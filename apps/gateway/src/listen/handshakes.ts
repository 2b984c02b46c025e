/** Connections that are still shaking hands over TLS: bounded in time, and closed with the others. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './connections.ts';

/** Milliseconds. */
export const HANDSHAKE_MS_MAX = 10_000;

/** Counts a connection under what carries the requests: itself until the handshake is done, then what comes out of that. */
export function watchHandshakes(server: Server, connections: Connections): void {
  const raw = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const place = placeOf(socket);
    raw.set(place, socket);
    connections.opened(socket);
    socket.once('close', () => {
      if (raw.get(place) === socket) raw.delete(place);
    });
  });
  server.on('secureConnection', (socket: Socket) => {
    const place = placeOf(socket);
    const below = raw.get(place);
    raw.delete(place);
    if (below !== undefined) connections.forget(below);
    connections.opened(socket);
  });
}

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Whether what went wrong is below HTTP, so that nobody would read an answer. */
export function isOfTls(error: Error): boolean {
  return 'code' in error && /^(?:ERR_SSL_|ERR_TLS_)/.test(String(error.code));
}
