/** WebSockets of one resource: realtime, and Responses. The handshake is a request as any other, which the model answers with 101 or not. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Answer, OpenSocket, Reply, Resource } from '@spillway/azure-model';
import type { Clock } from '@spillway/clock';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Journal, Note, RequestLine } from '../journal.ts';
import { ownAnswer } from '../own-answer.ts';
import type { Site } from '../site.ts';
import type { Target } from '../target.ts';
import { Carried, MESSAGE_BYTES_MAX } from './carried.ts';
import { knockOf, protocolOf, withoutKeys } from './knock.ts';

/** Open at once on one resource. */
export const SOCKETS_MAX = 200;

export interface SocketPlaneParts {
  readonly resource: Resource;
  readonly clock: Clock;
  readonly onDefect: (text: string) => void;
  readonly journal: Journal;
  /** Called when a connection has ended. */
  readonly onRequest: (line: RequestLine) => void;
  /** Called after each message: the resource may have got something to do by itself. */
  readonly onChores: () => void;
}

export function socketPlane(parts: SocketPlaneParts): Site['upgrade'] {
  const plane = new SocketPlane(parts);
  return (request, socket, head, target) => plane.upgrade(request, socket, head, target);
}

class SocketPlane {
  readonly #parts: SocketPlaneParts;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: (offered) => protocolOf(offered),
  });
  #open = 0;

  constructor(parts: SocketPlaneParts) {
    this.#parts = parts;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: Target): void {
    const { resource, clock, journal, onDefect } = this.#parts;
    // Until the handshake is done a broken connection is nobody's matter.
    socket.on('error', () => {});
    const note = noteOf(request, resource.facts.name, target, clock.nowMs());
    journal.add(note);
    let reply: Reply;
    try {
      reply = this.#open < SOCKETS_MAX ? resource.respond(knockOf(request, target), clock.nowMs()) : tooMany();
    } catch (error) {
      onDefect(`${note.path}: ${error instanceof Error ? error.message : String(error)}`);
      socket.destroy();
      return;
    }
    note.deployment = reply.deployment;
    note.fault = reply.fault;
    const act = (): void => this.#answer(reply, request, socket, head, note);
    if (reply.waitMs > 0) clock.after(reply.waitMs, act);
    else act();
  }

  #answer(reply: Reply, request: IncomingMessage, socket: Duplex, head: Buffer, note: Note): void {
    switch (reply.kind) {
      case 'hang':
        socket.once('close', () => this.#ended(note, null));
        return;
      case 'reset':
        socket.destroy();
        this.#ended(note, null);
        return;
      case 'answer':
        if (reply.status === 101 && reply.socket !== undefined) {
          this.#shake(reply, reply.socket, request, socket, head, note);
          return;
        }
        refuse(reply, socket);
        this.#ended(note, reply.status);
    }
  }

  #shake(reply: Answer, open: OpenSocket, request: IncomingMessage, socket: Duplex, head: Buffer, note: Note): void {
    const more = (lines: string[]): void => {
      for (let i = 0; i + 1 < reply.headers.length; i += 2) {
        if (reply.headers[i] !== 'content-type') lines.push(`${reply.headers[i]}: ${reply.headers[i + 1]}`);
      }
    };
    this.#server.once('headers', more);
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#carry(ws, open, note));
    // A handshake that is none is answered with 400 by the library, and no head is written.
    this.#server.off('headers', more);
  }

  #carry(ws: WebSocket, open: OpenSocket, note: Note): void {
    const { clock, onDefect, onChores } = this.#parts;
    this.#open++;
    note.status = 101;
    ws.on('close', () => {
      this.#open--;
      this.#ended(note, 101);
    });
    new Carried(ws, open, { clock, onDefect, onChores }).begin();
  }

  #ended(note: Note, status: number | null): void {
    const { timeMs, resource, method, path, deployment, fault } = note;
    const durationMs = this.#parts.clock.nowMs() - timeMs;
    note.status = status;
    note.durationMs = durationMs;
    this.#parts.onRequest({ timeMs, resource, method, path, deployment, status, fault, durationMs });
  }
}

/** As HTTP answers: the connection is still that. */
function refuse({ status, statusText, headers, body }: Answer, socket: Duplex): void {
  const text = body.kind === 'text' ? body.text : '';
  const lines = [`HTTP/1.1 ${status} ${statusText ?? STATUS_CODES[status] ?? ''}`];
  for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  lines.push(`content-length: ${Buffer.byteLength(text)}`, 'connection: close', '', text);
  socket.end(lines.join('\r\n'));
}

function noteOf(request: IncomingMessage, resource: string, { path, query }: Target, timeMs: number): Note {
  const { method = 'GET' } = request;
  const headers = withoutKeys(request.headers);
  const unknown = { deployment: null, status: null, durationMs: null, fault: null, body: null, bodyChars: null };
  return { timeMs, resource, method, path, query, headers, ...unknown };
}

function tooMany(): Answer {
  const message = `There are ${SOCKETS_MAX} connections to this resource already, the most at once; close some.`;
  return ownAnswer(429, '429', message);
}
