/**
 * Asks a running chat app: `POST /api/chat`, NDJSON back. A follow-up's history is played first, in a conversation of its own, so that
 * what is measured is the whole app with its memory.
 */
import type { Clock } from '@spillway/clock';
import type { AnswerEvent, AnswerEventBody } from '../events.ts';
import type { Answered, Asked, Asker } from './asker.ts';

/** One event: UTF-16 units. Sources carry whole passages. */
export const EVENT_CHARS_MAX = 2_000_000;
/** Of a refusal so much is told. UTF-16 units. */
const REFUSAL_CHARS_MAX = 300;

export interface UrlAskerOptions {
  /** Of the chat app, without a path of the API. */
  readonly url: string;
  readonly clock: Clock;
  /** How to sign in as somebody of these groups; null: groups are all. null back: nobody of these is known. */
  readonly headersFor: (groups: readonly string[] | null) => Readonly<Record<string, string>> | null;
  readonly fetch?: typeof globalThis.fetch;
}

export function urlAsker(options: UrlAskerOptions): Asker {
  return { ask: (asked, signal) => ask(options, asked, signal) };
}

async function ask(options: UrlAskerOptions, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const headers = options.headersFor(asked.groups);
  if (headers === null) return failed(`nobody to ask as ${asked.groups?.join(', ')}; say how to sign in as that`);
  let conversationId: string | null = null;
  try {
    for (const { question } of asked.history) {
      const before: Heard = await turn(options, { headers, question, conversationId, signal });
      if (before.failure !== null) return failed(`in the turn before: ${before.failure}`);
      conversationId = before.conversationId;
    }
    return await turn(options, { headers, question: asked.question, conversationId, signal });
  } catch (error) {
    return failed(signal.aborted ? 'stopped' : reasonOf(error));
  }
}

interface Turn {
  readonly headers: Readonly<Record<string, string>>;
  readonly question: string;
  readonly conversationId: string | null;
  readonly signal: AbortSignal;
}
interface Heard extends Answered {
  readonly conversationId: string | null;
}

async function turn(options: UrlAskerOptions, { headers, question, conversationId, signal }: Turn): Promise<Heard> {
  const { clock, fetch: send = globalThis.fetch } = options;
  const startedMs = clock.nowMs();
  const response = await send(new URL('api/chat', withSlash(options.url)), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/x-ndjson' },
    body: JSON.stringify({ question, conversationId }),
    signal,
  });
  if (!response.ok || response.body === null) {
    const text = (await response.text()).slice(0, REFUSAL_CHARS_MAX);
    return { ...failed(`HTTP ${response.status}: ${text}`), conversationId: null };
  }
  const hearing = new Hearing();
  for await (const event of eventsIn(response.body)) hearing.take(event, clock.nowMs() - startedMs);
  return hearing.heard();
}

/** Events added up. */
export class Hearing {
  #text = '';
  #sources: Answered['sources'] = [];
  readonly #cited: string[] = [];
  #firstMs: number | null = null;
  #failure: string | null = 'the stream ended without an end of the answer';
  #conversationId: string | null = null;

  /** @param atMs since the question. */
  take(event: AnswerEventBody, atMs: number): void {
    switch (event.type) {
      case 'begun':
        this.#conversationId = event.conversationId;
        return;
      case 'sources':
        this.#sources = event.sources;
        return;
      case 'delta':
        this.#firstMs ??= atMs;
        this.#text += event.text;
        return;
      case 'citation':
        this.#cited.push(event.label);
        return;
      case 'error':
        this.#failure = `${event.kind}: ${event.message}`;
        return;
      case 'done':
        this.#conversationId = event.conversationId;
        if (this.#failure?.startsWith('the stream ended') === true) this.#failure = null;
        return;
    }
  }

  heard(): Heard {
    return {
      text: this.#text,
      sources: this.#sources,
      cited: this.#cited,
      firstMs: this.#firstMs,
      failure: this.#failure,
      conversationId: this.#conversationId,
    };
  }
}

/** Lines of JSON, however the bytes are cut. */
async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<AnswerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > EVENT_CHARS_MAX) throw new Error(`an event above ${EVENT_CHARS_MAX} characters`);
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
  if (rest.trim() !== '') yield JSON.parse(rest);
}

function failed(failure: string): Answered {
  return { text: '', sources: [], cited: [], firstMs: null, failure };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
