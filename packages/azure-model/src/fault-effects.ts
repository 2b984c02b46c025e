/**
 * What a fault that hits does to a request: no answer at all, another answer instead of serving, or the served answer changed.
 * resource.ts asks in this order.
 */
import type { FaultSpec } from './fault-spec.ts';
import { ForeignEvent, ShortenedEvents, truncatedEvents } from './faulty-events.ts';
import type { Pace } from './latency.ts';
import type { Answer, Cut, NoAnswer, ReplyBody, Work } from './reply.ts';
import type { StreamEvents } from './wire/events.ts';
import { type FlatHeaders, retryHeaders } from './wire/headers.ts';
import { noCapacityBody, streamErrorAnswer, streamErrorEvent } from './wire/stream-errors.ts';

/** Where nothing is answered. @param deployment name of the one asked for. */
export function noAnswerOf({ kind, delayMs }: FaultSpec, deployment: string | null): NoAnswer | null {
  if (kind !== 'reset' && kind !== 'hang' && kind !== 'outage') return null;
  return {
    kind: kind === 'hang' ? 'hang' : 'reset',
    waitMs: delayMs,
    deployment,
    fault: kind,
    work: null,
    metered: null,
  };
}

/** What is answered instead of serving. */
export interface Failure {
  readonly status: number;
  /** Besides the usual ones, and in place of those of the same name. */
  readonly headers: Readonly<Record<string, string>>;
  /** null for the body that Azure sends with the status. */
  readonly body: string | null;
}

/** @returns null where the request is served all the same. */
export function failureOf(fault: FaultSpec): Failure | null {
  if (fault.kind === 'status') return fault;
  if (fault.kind === 'capacity') {
    const headers = recordOf(retryHeaders(fault.retryAfterSeconds * 1000));
    return { status: 429, headers, body: noCapacityBody(fault.retryAfterSeconds) };
  }
  if (fault.kind === 'garbage' && fault.variant === 'html') {
    return { status: fault.status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: PAGE };
  }
  return null;
}

const PAGE =
  '<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body><h1>Something is in the way</h1><p>This page was put here by a simulated fault.</p></body></html>\n';
const NOT_JSON = 'no JSON: <upstream connect error>';

/** @param responses whether the answer speaks the Responses API, whose errors have a shape of their own. */
export function applyFault(answer: Answer, fault: FaultSpec, responses: boolean): Answer {
  const changed = changedBy(answer, fault, responses);
  return { ...changed, waitMs: changed.waitMs + fault.delayMs, fault: fault.kind };
}

function changedBy(answer: Answer, fault: FaultSpec, responses: boolean): Answer {
  switch (fault.kind) {
    case 'cut-before-body':
      return { ...answer, cut: { kind: 'beforeBody' } };
    case 'cut':
      return { ...answer, cut: { kind: 'inBody', afterEvents: fault.afterEvents, afterBytes: fault.afterBytes } };
    case 'slow':
      return slowed(answer, fault.factor);
    case 'in-stream-error':
      return answer.status === 200 ? endedByError(answer, fault, responses) : answer;
    case 'garbage':
      return garbled(answer, fault);
    default:
      return answer;
  }
}

function slowed(answer: Answer, factor: number): Answer {
  const waitMs = answer.waitMs * factor;
  if (answer.body.kind !== 'events') return { ...answer, waitMs };
  const { headersMs, firstTokenMs, perTokenMs } = answer.body.pace;
  const pace: Pace = {
    ...answer.body.pace,
    headersMs: headersMs * factor,
    firstTokenMs: firstTokenMs * factor,
    perTokenMs: perTokenMs * factor,
  };
  return { ...answer, waitMs, body: { ...answer.body, pace } };
}

function endedByError(answer: Answer, { error, afterEvents }: FaultSpec, responses: boolean): Answer {
  const requestId = recordOf(answer.headers)['apim-request-id'] ?? '';
  if (answer.body.kind !== 'events') {
    const { status, body } = streamErrorAnswer(error, requestId);
    const headers = [...answer.headers, ...(status === 429 ? retryHeaders(RETRY_MS) : [])];
    return { ...answer, status, headers, body: { kind: 'text', text: body } };
  }
  const event = streamErrorEvent(error, responses ? 'responses' : 'chat', requestId);
  return withEvents(answer, answer.body, new ShortenedEvents(answer.body.events, afterEvents, event));
}

/** What the sentence of a refusal for want of capacity that names a time was seen to say (wire §3.4). Milliseconds. */
const RETRY_MS = 20_000;

function garbled(answer: Answer, { variant, afterEvents }: FaultSpec): Answer {
  const { body } = answer;
  switch (variant) {
    case 'html':
      return answer;
    case 'invalid-chunk': {
      const cut: Cut = { kind: 'invalidChunk', afterEvents };
      return { ...answer, cut };
    }
    case 'truncated-json':
      return body.kind === 'events'
        ? withEvents(answer, body, truncatedEvents(body.events, afterEvents))
        : { ...answer, body: firstHalf(body) };
    case 'not-json':
      return body.kind === 'events'
        ? { ...answer, body: { ...body, events: new ForeignEvent(body.events, afterEvents, `data: ${NOT_JSON}\n\n`) } }
        : { ...answer, body: { kind: 'text', text: NOT_JSON } };
  }
}

function firstHalf(body: Exclude<ReplyBody, { kind: 'events' }>): ReplyBody {
  return body.kind === 'text'
    ? { kind: 'text', text: body.text.slice(0, Math.floor(body.text.length / 2)) }
    : { kind: 'bytes', bytes: body.bytes.subarray(0, Math.floor(body.bytes.length / 2)) };
}

/** An answer that ends early by itself: what was not shown was not generated either. */
function withEvents(answer: Answer, body: Extract<ReplyBody, { kind: 'events' }>, events: StreamEvents): Answer {
  const { work } = answer;
  const shortened = work === null ? null : new ShortenedWork(work, events.contentEvents);
  return { ...answer, body: { ...body, events }, work: shortened };
}

function recordOf(headers: FlatHeaders): Readonly<Record<string, string>> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < headers.length; i += 2) record[headers[i] ?? ''] = headers[i + 1] ?? '';
  return record;
}

class ShortenedWork implements Work {
  readonly #work: Work;
  readonly #events: number;

  constructor(work: Work, events: number) {
    this.#work = work;
    this.#events = events;
  }

  get usage(): Work['usage'] {
    return this.#work.usage;
  }

  end(nowMs: number, shownEvents: number | null): void {
    this.#work.end(nowMs, shownEvents ?? this.#events);
  }
}
