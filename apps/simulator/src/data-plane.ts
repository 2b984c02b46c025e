/** The data plane of one resource over HTTP: from connection to model and back, each request noted once it is there and once it is over. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, DataRequest, FormPart, Reply, Resource } from '@spillway/azure-model';
import type { Clock } from '@spillway/clock';
import { readBody } from './body.ts';
import { withForm } from './form.ts';
import type { Journal, Note, RequestLine } from './journal.ts';
import type { Meter } from './monitor/meter.ts';
import type { UpstreamOptions } from './options.ts';
import { ownAnswer } from './own-answer.ts';
import { CLIENT_LEFT, type Ended, play } from './play.ts';
import type { Recording, RecordRequest } from './record/recording.ts';
import type { Site } from './site.ts';
import type { Target } from './target.ts';

/** Largest body of a request. Bytes; what Azure allows is not published. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

export interface DataPlaneParts {
  readonly resource: Resource;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Told of each request that a deployment served or refused. */
  readonly meter: Meter;
  readonly onRequest: (line: RequestLine) => void;
  /** Told of what should never happen: an error of the simulator's own, answered as 500. */
  readonly onDefect: (text: string) => void;
  /** null: every answer is generated. */
  readonly recording: Recording | null;
  readonly upstream: UpstreamOptions | null;
  /** Called after each request: the resource may have got something to do by itself. */
  readonly onChores: () => void;
}

export function dataPlane(parts: DataPlaneParts): Site['serve'] {
  const { resource, clock, journal, meter, onRequest, onDefect, recording, upstream, onChores } = parts;
  return (request: IncomingMessage, response: ServerResponse, target: Target) => {
    const note = noteOf(request, resource.facts.name, clock.nowMs());
    journal.add(note);
    const ended = (status: number | null): void => {
      note.status = status;
      note.durationMs = clock.nowMs() - note.timeMs;
      const { timeMs, resource, method, path, deployment, fault } = note;
      onRequest({ timeMs, resource, method, path, deployment, status, fault, durationMs: clock.nowMs() - timeMs });
    };
    const received = (bytes: Buffer | null, form: readonly FormPart[] | null): void => {
      const body = bytes === null ? null : bytes.toString('utf8');
      if (body !== null) journal.addBody(note, body);
      const asked = bytes === null || recording === null ? null : recordRequest(request, target, bytes);
      const turn = asked === null ? null : (recording?.turn(asked, { resource, upstream }) ?? null);
      if (turn !== null) {
        note.deployment = turn.deployment;
        turn.begin(response, meteredEnd(turn, meter, clock, ended));
        return;
      }
      const data = { ...headOf(request, target), body: body ?? '', form };
      const reply = body === null ? tooLarge() : resource.respond(data, clock.nowMs());
      note.deployment = reply.deployment;
      note.fault = reply.fault;
      const status = reply.kind === 'answer' ? reply.status : null;
      play(reply, response, clock, meteredEnd({ ...reply, status }, meter, clock, ended));
      onChores();
    };
    const netted = (bytes: Buffer | null, form: readonly FormPart[] | null): void => {
      try {
        received(bytes, form);
      } catch (error) {
        onDefect(`${note.method} ${note.path}: ${error instanceof Error ? error.message : String(error)}`);
        play(defect(), response, clock, ended);
      }
    };
    const left = (): void => ended(CLIENT_LEFT);
    readBody(request, BODY_BYTES_MAX, (bytes) => withForm(request, bytes, (form) => netted(bytes, form)), left);
  };
}

/** What was decided of a request, before anything is sent. @property status null: nothing will be. */
interface Decided extends Pick<Reply, 'metered' | 'work'> {
  readonly status: number | null;
}

/** Tells the meter too, of what a deployment had a say in and something was answered to. */
function meteredEnd({ metered, work, status: decided }: Decided, meter: Meter, clock: Clock, ended: Ended): Ended {
  if (metered === null || decided === null) return ended;
  const startMs = clock.nowMs();
  const answered = decided < 400;
  meter.decided(metered, decided, startMs);
  return (status, firstMs = null) => {
    if (status !== null) {
      meter.add({ metered, status, answered, usage: work?.usage ?? null, startMs, firstMs, endMs: clock.nowMs() });
    }
    ended(status);
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
    durationMs: null,
    fault: null,
    body: null,
    bodyChars: null,
  };
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
function defect(): Answer {
  const message = 'The simulator itself failed on this request; its warnings say more.';
  return ownAnswer(500, 'InternalServerError', message);
}

/** Said before the body has come; the connection ends with it, since the rest of the body is not read. */
function tooLarge(): Answer {
  const message = `The body of this request is larger than ${BODY_BYTES_MAX} bytes, the most that is taken; send less.`;
  return ownAnswer(413, '413', message, ['connection', 'close']);
}
