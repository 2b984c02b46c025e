/**
 * The Responses API over a WebSocket: `response.create` in, the events of a stream out, one response at a time.
 * Source: wire §1.4, §1.6, §5.5; OpenAI's guide on the WebSocket mode of Responses.
 */
import { isRecord } from '@spillway/protocol';
import { parsedJson } from '../json.ts';
import { tokenAtMs } from '../latency.ts';
import type { Answer, ReplyBody, Work } from '../reply.ts';
import type { Premises } from '../service.ts';
import { type Closing, Outbox, type SocketSession } from './socket-session.ts';

/** How long a connection may last (wire §1.4). Milliseconds. */
export const CONNECTION_MS_MAX = 60 * 60_000;

interface InFlight {
  readonly work: Work | null;
  /** Content events sent. */
  shown: number;
}

export class ResponsesSocket implements SocketSession {
  readonly #premises: Premises;
  readonly #outbox = new Outbox();
  readonly #endsMs: number;
  #inFlight: InFlight | null = null;
  #closing: Closing | null = null;

  constructor(premises: Premises, nowMs: number) {
    this.#premises = premises;
    this.#endsMs = nowMs + CONNECTION_MS_MAX;
  }

  get dueMs(): number | null {
    return this.#closing === null ? Math.min(this.#outbox.dueMs ?? this.#endsMs, this.#endsMs) : this.#outbox.dueMs;
  }

  get closing(): Closing | null {
    return this.#closing;
  }

  take(nowMs: number): readonly string[] {
    if (nowMs >= this.#endsMs && this.#closing === null) {
      const message =
        'Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.';
      this.#fail(nowMs, 400, { type: 'invalid_request_error', code: 'websocket_connection_limit_reached', message });
      this.#closing = { code: 1000, reason: 'connection limit reached' };
    }
    return this.#outbox.take(nowMs).flatMap(messagesIn);
  }

  end(nowMs: number): void {
    this.#inFlight?.work?.end(nowMs, this.#inFlight.shown);
    this.#inFlight = null;
    this.#closing ??= { code: 1000, reason: '' };
  }

  receive(text: string, nowMs: number): void {
    if (this.#closing !== null) return;
    const event = parsedJson(text);
    if (!isRecord(event) || event.type !== 'response.create') {
      const given = isRecord(event) ? `'${String(event.type)}'` : 'no JSON object';
      const message = `Expected an event of type 'response.create', but got ${given}.`;
      this.#fail(nowMs, 400, { type: 'invalid_request_error', code: 'invalid_value', message, param: 'type' });
      return;
    }
    if (this.#inFlight !== null) {
      // That there can be one alone is documented (wire §1.4); the sentence is a guess.
      const message = 'Another response is in progress on this connection. Wait until it is finished.';
      this.#fail(nowMs, 400, { type: 'invalid_request_error', code: 'response_in_progress', message });
      return;
    }
    const { type: _, ...asked } = event;
    // Some clients nest the request.
    const body = isRecord(asked.response) ? asked.response : asked;
    this.#begin(this.#premises.serve({ operation: 'responses', body: { ...body, stream: true } }, nowMs), nowMs);
  }

  #begin({ status, body, waitMs, work }: Answer, nowMs: number): void {
    if (body.kind !== 'events') {
      work?.end(nowMs, null);
      const parsed = body.kind === 'text' ? parsedJson(body.text) : null;
      this.#fail(nowMs + waitMs, status, isRecord(parsed) && isRecord(parsed.error) ? parsed.error : {});
      return;
    }
    this.#inFlight = { work, shown: 0 };
    this.#play(body, this.#inFlight, nowMs + waitMs);
  }

  #play({ events, pace }: Extract<ReplyBody, { readonly kind: 'events' }>, flight: InFlight, startMs: number): void {
    this.#outbox.add(startMs, () => events.preamble());
    const atMs = (i: number): number => startMs + tokenAtMs(pace, Math.floor(i / events.choices));
    for (let i = 0; i < events.contentEvents; i++) {
      this.#outbox.add(atMs(i), () => {
        flight.shown = i + 1;
        return events.content(i, i + 1);
      });
    }
    const endMs = atMs(Math.max(0, events.contentEvents - 1));
    this.#outbox.add(endMs, () => {
      flight.work?.end(endMs, null);
      this.#inFlight = null;
      return events.ending();
    });
  }

  #fail(atMs: number, status: number, error: Readonly<Record<string, unknown>>): void {
    this.#outbox.add(atMs, () => `data: ${JSON.stringify({ type: 'error', status, error })}\n\n`);
  }
}

/** The data of server-sent events, a message each. */
function messagesIn(text: string): readonly string[] {
  return text.split('\n\n').flatMap((event) => {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    return data === undefined ? [] : [data];
  });
}
