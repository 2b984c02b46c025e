/**
 * Errors that arrive inside a stream that began with status 200, and the same outside a stream. The sentences are Azure's.
 * Source: wire reference §3.2 (overloaded), §3.4 (shared pool), §5.3 (in chat streams), §5.5 (in streams of responses).
 */
import type { StreamError } from '../fault-spec.ts';
import { typicalBody } from './refusals.ts';

/** An error as Azure sends it outside a stream. */
export interface StreamErrorAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/** Source of the statuses: wire §5.3 (server_error 500, too_many_requests 429), §3.2 (overloaded 503). */
export function streamErrorAnswer(error: StreamError, requestId: string): StreamErrorAnswer {
  switch (error) {
    case 'server_error':
      return { status: 500, body: typicalBody(500) };
    case 'no_capacity':
      return { status: 429, body: noCapacityBody(null) };
    case 'overloaded':
      return { status: 503, body: JSON.stringify({ error: overloaded(requestId) }) };
  }
}

/** Of the shared pool. @param retryAfterSeconds null: the sentence that names no time. */
export function noCapacityBody(retryAfterSeconds: number | null): string {
  return JSON.stringify({ error: noCapacity(retryAfterSeconds) });
}

/** The event with which a stream ends. */
export function streamErrorEvent(error: StreamError, shape: 'chat' | 'responses', requestId: string): string {
  const { body } = streamErrorAnswer(error, requestId);
  if (shape === 'chat') return `data: ${body}\n\n`;
  const inner = error === 'no_capacity' ? noCapacityOfResponses() : JSON.parse(body).error;
  return `event: error\ndata: ${JSON.stringify({ type: 'error', error: inner })}\n\n`;
}

function noCapacity(retryAfterSeconds: number | null) {
  const hint =
    retryAfterSeconds === null
      ? 'For improved capacity reliability'
      : `Please retry after ${retryAfterSeconds} seconds. For improved latency reliability`;
  return {
    message: `The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. ${hint}, consider switching to Provisioned Throughput.`,
    type: 'too_many_requests',
    param: null,
    code: 'no_capacity',
  };
}

/** As documented for streams of responses: the inner error carries a header. */
function noCapacityOfResponses() {
  const { type, code, message, param } = noCapacity(null);
  return { type, code, headers: { 'skip-error-remapping': 'true' }, message, param };
}

function overloaded(requestId: string) {
  return {
    message: `That model is currently overloaded with other requests. You can retry your request, or contact us through an Azure support request at: https://go.microsoft.com/fwlink/?linkid=2213926 if the error persists. (Please include the request ID ${requestId} in your message.)`,
    type: 'server_error',
    param: null,
    code: null,
  };
}
