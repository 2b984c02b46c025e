/** What a resource answers, for an app to send: what to wait, which head, which body, and where to break off. */
import type { Deployment } from './deployment.ts';
import type { FaultKind } from './faults.ts';
import type { Pace } from './latency.ts';
import type { OpenSocket } from './realtime/socket-session.ts';
import type { StreamEvents } from './wire/events.ts';
import type { FlatHeaders } from './wire/headers.ts';
import type { Refusal } from './wire/refusals.ts';

export type ReplyBody =
  /** Whole, with its length told in the head. */
  | { readonly kind: 'text'; readonly text: string }
  /** The same of what is no text: speech, the contents of a file. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Server-sent events in the pace of their generation, counted from the sending of the head. */
  | { readonly kind: 'events'; readonly events: StreamEvents; readonly pace: Pace };

/** Where the connection breaks: right after the head, or within the body. */
export type Cut =
  | { readonly kind: 'beforeBody' }
  /** By a chunk of HTTP whose length is no number, in the middle of a text and after `afterEvents` content events of a stream. */
  | { readonly kind: 'invalidChunk'; readonly afterEvents: number }
  /** @property afterBytes null: half of a text, and `afterEvents` content events of a stream. */
  | { readonly kind: 'inBody'; readonly afterEvents: number; readonly afterBytes: number | null };

/** What a deployment has under way for an answer. Whoever sends it says once when that is over; later calls say nothing. */
export interface Work {
  /** What was used by now, whole once it has ended; null where no tokens are counted. */
  readonly usage: WorkUsage | null;
  /** @param shownEvents content events sent until a client left early; null: the answer is whole. */
  end(nowMs: number, shownEvents: number | null): void;
}

/** Tokens that an answer costs: what usage and metrics say. */
export interface WorkUsage {
  readonly promptTokens: number;
  /** Of the prompt's, those that the cache held. */
  readonly cachedTokens: number;
  /** Thoughts included. */
  readonly completionTokens: number;
}

/** Who served, or refused, a request: the dimensions of Azure's metrics (wire §9.1). */
export interface Metered {
  /** `ChatCompletions_Create`. */
  readonly operationId: string;
  /** A date, or `v1`. */
  readonly apiVersion: string;
  /** The one that served in the end. */
  readonly deployment: Deployment;
  readonly streaming: boolean;
  /** Name of the provisioned deployment that passed it on; null for an ordinary answer. */
  readonly spilledFrom: string | null;
}

interface ReplyFacts {
  /** Before anything is sent. Milliseconds. */
  readonly waitMs: number;
  /** Name of the deployment asked for, whether or not it exists; null where none was named. */
  readonly deployment: string | null;
  readonly fault: FaultKind | null;
  /** null where nothing is generated. */
  readonly work: Work | null;
  /** null where no deployment had a say. */
  readonly metered: Metered | null;
}

export interface Answer extends ReplyFacts {
  readonly kind: 'answer';
  readonly status: number;
  /** Reason phrase, where it is not the usual one. */
  readonly statusText: string | null;
  readonly headers: FlatHeaders;
  readonly body: ReplyBody;
  readonly cut: Cut | null;
  /** With 101: the WebSocket that was asked for, to be opened once the client has been told. Absent: none. */
  readonly socket?: OpenSocket;
}

/** reset: the connection is reset. hang: nothing is ever sent. */
export interface NoAnswer extends ReplyFacts {
  readonly kind: 'reset' | 'hang';
}

export type Reply = Answer | NoAnswer;

const OK = { kind: 'answer', status: 200, statusText: null, cut: null, fault: null, metered: null } as const;

export function refused(refusal: Refusal, headers: FlatHeaders, deployment: string | null): Answer {
  const { status, statusText, body } = refusal;
  return {
    ...OK,
    status,
    statusText,
    headers: withContentType(headers),
    body: { kind: 'text', text: body },
    deployment,
    waitMs: 0,
    work: null,
  };
}

/** A JSON text with 200. */
export function answerOf(
  body: string,
  headers: FlatHeaders,
  deployment: string | null,
  waitMs: number,
  work: Work | null = null,
): Answer {
  return {
    ...OK,
    headers: withContentType(headers),
    body: { kind: 'text', text: body },
    deployment,
    waitMs,
    work,
  };
}

/** Bytes with 200, and what they are. */
export function bytesOf(
  bytes: Uint8Array,
  contentType: string,
  headers: FlatHeaders,
  deployment: string | null,
  waitMs: number,
  work: Work | null = null,
): Answer {
  headers.push('content-type', contentType);
  return { ...OK, headers, body: { kind: 'bytes', bytes }, deployment, waitMs, work };
}

export function streamOf(
  body: Extract<ReplyBody, { kind: 'events' }>,
  headers: FlatHeaders,
  deployment: string | null,
  work: Work,
): Answer {
  headers.push('content-type', 'text/event-stream; charset=utf-8');
  return { ...OK, headers, body, deployment, waitMs: body.pace.headersMs, work };
}

function withContentType(headers: FlatHeaders): FlatHeaders {
  if (!headers.includes('content-type')) headers.push('content-type', 'application/json');
  return headers;
}
