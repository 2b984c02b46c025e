/**
 * Sends the requests of a self-test: bounded in number, time and size; equal ones only once, so that a real deployment is not
 * billed twice; the key goes to no other origin, and what comes back is cleared of it before anybody sees it.
 */
import type { Clock } from '@spillway/clock';
import { type HeaderLookup, retryHint } from '@spillway/protocol';
import { type ServerEvent, serverEventsIn } from './server-events.ts';

/** Requests of one run. */
export const REQUESTS_MAX = 60;
/** For one request, its whole answer included. Milliseconds. */
export const REQUEST_MS_MAX = 30_000;
/** For the whole run. Milliseconds. */
export const RUN_MS_MAX = 180_000;
/** Longest wait that a 429 may ask for; each request is sent once more after one. Milliseconds. */
export const WAIT_MS_MAX = 60_000;
/** Of an answer's body. */
export const ANSWER_BYTES_MAX = 1024 * 1024;

/** key: as `api-key`. bearer: the key as a Bearer token, as v1 takes it. */
export type Credential = 'key' | 'bearer' | 'wrong' | 'none';

export interface Ask {
  /** Default POST. */
  readonly method?: 'GET' | 'POST';
  /** From `/openai` on, with the query. */
  readonly path: string;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string;
  /** Default key. */
  readonly credential?: Credential;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Came {
  readonly status: number;
  /** '' where there is none. */
  readonly contentType: string;
  readonly header: HeaderLookup;
  readonly text: string;
  /** undefined where the body is no JSON. */
  readonly json: unknown;
  /** Of a stream. */
  readonly events: readonly ServerEvent[];
}

/** Nothing can be said about a check; the message says why. */
export class NotRun extends Error {}

export interface SessionParts {
  /** Without a trailing slash, and without `/openai`. */
  readonly origin: string;
  /** '' where none is given. */
  readonly key: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Keeps the process alive meanwhile, which timers of the clock do not. */
  readonly sleep: (ms: number) => Promise<void>;
}

const WRONG_KEY = 'not-a-key-of-this-resource';

export class Session {
  readonly #parts: SessionParts;
  readonly #answers = new Map<string, Promise<Came>>();
  readonly #endsAtMs: number;
  #requests = 0;
  #answered = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#endsAtMs = parts.clock.nowMs() + RUN_MS_MAX;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Requests that got an answer, whichever. */
  get answered(): number {
    return this.#answered;
  }

  /** @throws NotRun where no answer came, or a bound was reached. */
  send(ask: Ask): Promise<Came> {
    const name = JSON.stringify(ask);
    const earlier = this.#answers.get(name);
    if (earlier !== undefined) return earlier;
    const answer = this.#patiently(ask);
    this.#answers.set(name, answer);
    return answer;
  }

  /** After a 429 once more, when it says so. */
  async #patiently(ask: Ask): Promise<Came> {
    const first = await this.#once(ask);
    if (first.status !== 429) return first;
    const waitMs = retryHint(first.header, this.#parts.clock.nowMs())?.waitMs;
    if (waitMs === undefined) throw new NotRun(`429, and no header says how long to wait: ${first.text}`);
    const leftMs = this.#endsAtMs - this.#parts.clock.nowMs();
    if (waitMs > Math.min(WAIT_MS_MAX, leftMs)) {
      throw new NotRun(
        `429, to be retried in ${Math.ceil(waitMs / 1000)} s, longer than this run waits: ${first.text}`,
      );
    }
    await this.#parts.sleep(waitMs);
    const second = await this.#once(ask);
    if (second.status === 429) throw new NotRun(`429 again, after the wait that the first one told: ${second.text}`);
    return second;
  }

  async #once(ask: Ask): Promise<Came> {
    const { clock } = this.#parts;
    if (this.#requests >= REQUESTS_MAX) throw new NotRun(`${REQUESTS_MAX} requests were sent, the most of one run`);
    const leftMs = this.#endsAtMs - clock.nowMs();
    if (leftMs <= 0) throw new NotRun(`the run's ${RUN_MS_MAX / 1000} s are over`);
    this.#requests++;
    const limitMs = Math.min(REQUEST_MS_MAX, leftMs);
    const aborter = new AbortController();
    const timer = clock.after(limitMs, () => aborter.abort());
    try {
      const response = await this.#parts.fetch(`${this.#parts.origin}${ask.path}`, {
        ...this.#head(ask),
        signal: aborter.signal,
      });
      return this.#came(response, await boundedText(response));
    } catch (error) {
      if (error instanceof NotRun) throw error;
      const why = aborter.signal.aborted ? `no whole answer within ${limitMs / 1000} s` : causeOf(error);
      throw new NotRun(this.#withoutKey(why));
    } finally {
      timer.cancel();
    }
  }

  #head({ method = 'POST', body, credential = 'key', headers = {} }: Ask): RequestInit {
    const { key } = this.#parts;
    const sent: Record<string, string> = { ...headers };
    if (credential === 'key') sent['api-key'] = key;
    if (credential === 'bearer') sent.authorization = `Bearer ${key}`;
    if (credential === 'wrong') sent['api-key'] = WRONG_KEY;
    if (body === undefined) return { method, headers: sent, redirect: 'manual' };
    sent['content-type'] = 'application/json';
    return { method, headers: sent, redirect: 'manual', body: typeof body === 'string' ? body : JSON.stringify(body) };
  }

  #came(response: Response, raw: string): Came {
    this.#answered++;
    const text = this.#withoutKey(raw);
    const contentType = response.headers.get('content-type') ?? '';
    const header = (name: string): string | undefined => {
      const value = response.headers.get(name);
      return value === null ? undefined : this.#withoutKey(value);
    };
    const events = contentType.startsWith('text/event-stream') ? serverEventsIn(text) : [];
    return { status: response.status, contentType, header, text, json: parsed(text), events };
  }

  #withoutKey(text: string): string {
    const { key } = this.#parts;
    return key === '' ? text : text.replaceAll(key, '(key)');
  }
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) throw new NotRun(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

/** The error of a fetch says nothing; its cause does. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
