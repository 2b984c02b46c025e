/**
 * Sends to the control plane. A thin client of our own: the official one (@azure/arm-cognitiveservices) refuses plain http, and with
 * it a simulator on this machine. Every wait and every answer has a limit; nothing is sent anywhere but to the one endpoint.
 */
import type { Clock } from '@spillway/clock';
import { ArmFailure, failureOf } from './arm-failure.ts';
import type { Endpoint } from './endpoint.ts';

/** One request, from sending to the last byte of its answer. Milliseconds. */
export const REQUEST_MS_MAX = 60_000;
/** Far above any list of deployments. */
export const ANSWER_BYTES_MAX = 8 * 1024 * 1024;
/** Sendings of one request: what Azure was too busy for is asked again, what may have been begun is not. */
export const TRIES_MAX = 4;
/** Azure asks for seconds; one that asks for more is believed, and not waited for. Milliseconds. */
export const RETRY_AFTER_MS_MAX = 60_000;
/** Before the second try, where Azure names no time; doubled for each further one. Milliseconds. */
const RETRY_MS = 1_000;

export type Method = 'GET' | 'PUT' | 'DELETE';

export interface ArmAnswer {
  readonly status: number;
  /** Parsed; null where there is none. */
  readonly body: unknown;
  readonly header: (name: string) => string | null;
}

export interface ArmDeps {
  readonly clock: Clock;
  /** Headers that prove who asks; called for each sending, so that a token may be renewed meanwhile. */
  readonly authorize: () => Promise<Readonly<Record<string, string>>>;
  /** Ends what is on its way. */
  readonly signal: AbortSignal;
}

export class ArmClient {
  readonly #endpoint: Endpoint;
  readonly #deps: ArmDeps;

  constructor(endpoint: Endpoint, deps: ArmDeps) {
    this.#endpoint = endpoint;
    this.#deps = deps;
  }

  get clock(): Clock {
    return this.#deps.clock;
  }

  /** @param path with query. @returns any answer below 400. @throws ArmFailure */
  async send(method: Method, path: string, body: unknown = null): Promise<ArmAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#once(method, path, body);
      if (answer.status < 400) return answer;
      const waitMs = againMs(method, answer, tries, this.clock.nowMs());
      if (waitMs === null) throw failureOf(answer.body, answer.status);
      await this.sleep(waitMs);
    }
  }

  /**
   * Follows a link that the control plane gave. Path and query alone count: links are always its own, and a token must not travel
   * to whatever an answer names; a simulator may be known to itself by another name.
   */
  async follow(link: string): Promise<ArmAnswer> {
    const url = URL.parse(link, this.#endpoint.url);
    if (url === null)
      throw new ArmFailure('BadLink', `the answer leads to ${JSON.stringify(link)}, which is no address`, null);
    return this.send('GET', `${url.pathname}${url.search}`);
  }

  sleep(ms: number): Promise<void> {
    const { clock, signal } = this.#deps;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(interrupted());
      const onAbort = () => {
        timer.cancel();
        reject(interrupted());
      };
      const timer = clock.after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  async #once(method: Method, path: string, body: unknown): Promise<ArmAnswer> {
    const { clock, authorize, signal } = this.#deps;
    const timeout = new AbortController();
    const proof = await authorize();
    const timer = clock.after(REQUEST_MS_MAX, () => timeout.abort());
    try {
      const response = await fetch(`${this.#endpoint.url}${path}`, {
        method,
        headers: {
          ...proof,
          accept: 'application/json',
          ...(body === null ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
        // A redirect would take the token along.
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      const text = await textOf(response);
      return {
        status: response.status,
        body: parsed(text, response.status),
        header: (name) => response.headers.get(name),
      };
    } catch (error) {
      if (error instanceof ArmFailure) throw error;
      if (signal.aborted) throw interrupted();
      throw timeout.signal.aborted ? silent(this.#endpoint) : unreached(this.#endpoint, error);
    } finally {
      timer.cancel();
    }
  }
}

/** @returns how long to wait before the next try, milliseconds; null: there is none. */
function againMs(method: Method, answer: ArmAnswer, tries: number, nowMs: number): number | null {
  // A request that was refused for its rate has done nothing; of a change that failed otherwise, nobody knows.
  const again = answer.status === 429 || (method === 'GET' && answer.status >= 502 && answer.status <= 504);
  if (!again || tries >= TRIES_MAX) return null;
  const waitMs = retryAfterMs(answer, nowMs) ?? RETRY_MS * 2 ** (tries - 1);
  return waitMs <= RETRY_AFTER_MS_MAX ? waitMs : null;
}

/** What `Retry-After` asks for, as seconds or as a date (RFC 9110 §10.2.3); null where it does not. Milliseconds. */
export function retryAfterMs({ header }: Pick<ArmAnswer, 'header'>, nowMs: number): number | null {
  const text = header('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const atMs = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  if (response.body === null) return text;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      throw new ArmFailure('AnswerTooLong', `the answer is longer than ${ANSWER_BYTES_MAX} bytes`, response.status);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text: string, status: number): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    // Not quoted: it may be a page of a proxy, as long as one likes.
    if (status >= 400) return null;
    throw new ArmFailure('NoJson', 'the answer is not JSON; check that --endpoint is the control plane itself', status);
  }
}

function interrupted(): ArmFailure {
  return new ArmFailure('Interrupted', 'ended before the answer', null);
}

function silent({ url }: Endpoint): ArmFailure {
  return new ArmFailure('NoAnswer', `${url} did not answer within ${REQUEST_MS_MAX / 1_000} s`, null);
}

function unreached({ url, isAzure }: Endpoint, error: unknown): ArmFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null;
  const code = cause !== null && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
  const why = code ?? cause?.message ?? 'no connection';
  if (CERTIFICATE.test(why)) {
    const way = 'for a simulator with --tls, set NODE_EXTRA_CA_CERTS to the certificate that it wrote';
    return new ArmFailure(
      'NotTrusted',
      `${url} has a certificate that this machine does not trust (${why}); ${way}`,
      null,
    );
  }
  const way = isAzure ? 'check the network and its proxy' : 'is the simulator running? spillway simulate';
  return new ArmFailure('NotReached', `${url} could not be reached (${why}); ${way}`, null);
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)_/;
