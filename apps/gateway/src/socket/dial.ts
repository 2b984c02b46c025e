/** The handshake with a backend, byte for byte the client's own: one HTTP request that asks for an upgrade, and what comes of it. */
import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Receiver, UpstreamCall, UpstreamRequest } from '../forward/upstream.ts';
import type { RawHeaders } from '../listen/inbound.ts';

/** Longest head of an answer. Bytes. */
const HEAD_BYTES_MAX = 64 * 1024;

/** What became of a handshake that was answered with 101. */
export interface Switched {
  readonly socket: Duplex;
  /** What the backend sent right behind its head. */
  readonly head: Buffer;
  readonly reason: string;
  readonly rawHeaders: RawHeaders;
}

/** @param receiver hears of everything but the 101. */
export function dial(request: UpstreamRequest, receiver: Receiver, onSwitched: (to: Switched) => void): UpstreamCall {
  const { origin, path } = request;
  const url = new URL(origin);
  const isSecure = url.protocol === 'https:';
  const headers = [...request.headers, 'host', url.host, 'connection', 'Upgrade', 'upgrade', 'websocket'];
  const ask = (isSecure ? overHttps : overHttp)(url, { path, headers, agent: false, maxHeaderSize: HEAD_BYTES_MAX });
  let over = false;
  let connected = false;
  let answer: IncomingMessage | null = null;
  ask.on('socket', (socket) => {
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      connected = true;
      if (!over) receiver.onConnected();
    });
  });
  const failed = (error: Error): void => {
    if (over) return;
    over = true;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    receiver.onFailure({ kind: connected ? 'broken' : 'unsent', code, message: error.message });
  };
  ask.on('error', failed);
  ask.on('response', (response) => {
    if (over) return;
    answer = response;
    receiver.onHead(response.statusCode ?? 0, response.statusMessage ?? '', response.rawHeaders);
    response.on('data', (chunk: Buffer) => {
      if (!over) receiver.onData(chunk);
    });
    response.on('error', failed);
    response.on('end', () => {
      if (over) return;
      over = true;
      receiver.onEnd();
    });
  });
  ask.on('upgrade', (response, socket, head) => {
    if (over) {
      socket.destroy();
      return;
    }
    over = true;
    const { statusMessage: reason = '', rawHeaders } = response;
    onSwitched({ socket, head, reason, rawHeaders });
  });
  ask.end();
  return {
    cancel: () => {
      over = true;
      ask.destroy();
    },
    pause: () => answer?.pause(),
    resume: () => answer?.resume(),
  };
}
