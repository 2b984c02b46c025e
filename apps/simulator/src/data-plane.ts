/** The data plane of one resource over HTTP: from connection to model and back, each request noted once it is there and once it is over. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DataRequest, Reply, Resource } from '@spillway/azure-model';
import type { Clock } from '@spillway/clock';
import { azureError } from '@spillway/protocol';
import { readBody } from './body.ts';
import type { Journal, Note, RequestLine } from './journal.ts';
import type { UpstreamOptions } from './options.ts';
import { CLIENT_LEFT, play } from './play.ts';
import type { Recording, RecordRequest } from './record/recording.ts';
import type { Site } from './site.ts';
import type { Target } from './target.ts';

/** Largest body of a request. Bytes; what Azure allows is not published. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

export interface DataPlaneParts {
  readonly resource: Resource;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly onRequest: (line: RequestLine) => void;
  /** Told of what should never happen: an error of the simulator's own, answered as 500. */
  readonly onDefect: (text: string) => void;
  /** null: every answer is generated. */
  readonly recording: Recording | null;
  readonly upstream: UpstreamOptions | null;
}

export function dataPlane(parts: DataPlaneParts): Site['serve'] {
  const { resource, clock, journal, onRequest, onDefect, recording, upstream } = parts;
  return (request: IncomingMessage, response: ServerResponse, target: Target) => {
    const note = noteOf(request, resource.facts.name, clock.nowMs());
    journal.add(note);
    const ended = (status: number | null): void => {
      note.status = status;
      const { timeMs, resource, method, path, deployment, fault } = note;
      onRequest({ timeMs, resource, method, path, deployment, status, fault, durationMs: clock.nowMs() - timeMs });
    };
    const received = (bytes: Buffer | null): void => {
      const body = bytes === null ? null : bytes.toString('utf8');
      if (body !== null) journal.addBody(note, body);
      const asked = bytes === null || recording === null ? null : recordRequest(request, target, bytes);
      const turn = asked === null ? null : (recording?.turn(asked, { resource, upstream }) ?? null);
      if (turn !== null) {
        note.deployment = turn.deployment;
        turn.begin(response, ended);
        return;
      }
      const reply = body === null ? TOO_LARGE : respond(resource, request, target, body, clock.nowMs());
      note.deployment = reply.deployment;
      note.fault = reply.fault;
      play(reply, response, clock, ended);
    };
    const netted = (bytes: Buffer | null): void => {
      try {
        received(bytes);
      } catch (error) {
        onDefect(`${note.method} ${note.path}: ${error instanceof Error ? error.message : String(error)}`);
        play(DEFECT, response, clock, ended);
      }
    };
    readBody(request, BODY_BYTES_MAX, netted, () => ended(CLIENT_LEFT));
  };
}

/** Path and query as they came, not as they were read: what a client really sent is what the journal is for. */
function noteOf(request: IncomingMessage, resource: string, timeMs: number): Note {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    timeMs,
    resource,
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.headers,
    deployment: null,
    status: null,
    fault: null,
    body: null,
    bodyChars: null,
  };
}

function respond(resource: Resource, request: IncomingMessage, target: Target, body: string, nowMs: number): Reply {
  return resource.respond({ ...headOf(request, target), body }, nowMs);
}

function recordRequest(request: IncomingMessage, target: Target, body: Buffer): RecordRequest {
  return { ...headOf(request, target), rawHeaders: request.rawHeaders, body };
}

function headOf({ headers, method = 'GET' }: IncomingMessage, { path, query }: Target): Omit<DataRequest, 'body'> {
  return { method, path, query, header: (lowerName) => textOf(headers[lowerName]) };
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** A mistake of the simulator's must not end it: others' requests are under way. */
const DEFECT: Reply = {
  kind: 'answer',
  status: 500,
  statusText: null,
  headers: ['content-type', 'application/json'],
  body: {
    kind: 'text',
    text: JSON.stringify(
      azureError('InternalServerError', 'The simulator itself failed on this request; its warnings say more.'),
    ),
  },
  cut: null,
  waitMs: 0,
  deployment: null,
  fault: null,
  work: null,
};

/** Said before the body has come; the connection ends with it, since the rest of the body is not read. */
const TOO_LARGE_TEXT = JSON.stringify(
  azureError(
    '413',
    `The body of this request is larger than ${BODY_BYTES_MAX} bytes, the most that is taken; send less.`,
  ),
);
const TOO_LARGE: Reply = {
  kind: 'answer',
  status: 413,
  statusText: null,
  headers: ['content-type', 'application/json', 'connection', 'close'],
  body: { kind: 'text', text: TOO_LARGE_TEXT },
  cut: null,
  waitMs: 0,
  deployment: null,
  fault: null,
  work: null,
};
