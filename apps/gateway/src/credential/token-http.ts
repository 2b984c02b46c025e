/**
 * One request to a token endpoint, and its whole answer as text. These are rare (a few a day), so each has a connection of its own that
 * is gone afterwards; redirects are not followed, since the request carries a secret.
 */
import { retryHint } from '@spillway/protocol';
import { Client } from 'undici';
import type { Failed, Fetched } from './method.ts';
import { nameOf, quoteSafely } from './secret-safe.ts';
import { readError, readToken } from './token-answer.ts';

/** Bytes of an answer that are read; a token's is some 2,000. */
export const ANSWER_BYTES_MAX = 65_536;

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A form; '' for none. */
  readonly body: string;
}

export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string; readonly retryAfterMs: number }
  | { readonly kind: 'silence'; readonly why: string };

/** Never rejects: no answer is an answer too. `nowMs` is read for a `retry-after` that names a date. */
export async function ask(question: Question, signal: AbortSignal, nowMs: number): Promise<Answer> {
  const { url, method, headers, body } = question;
  const over = new AbortController();
  const client = new Client(url.origin, {
    connect: { timeout: 0, signal: over.signal },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: ANSWER_BYTES_MAX,
  });
  // A request's own signal is not heeded while its connection is being made, and one that hangs would keep the process alive for minutes.
  const end = () => {
    over.abort();
    void client.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    const path = url.pathname + url.search;
    const got = await client.request({ path, method, headers, body: body === '' ? null : body, reset: true });
    const hint = retryHint((name) => first(got.headers[name]), nowMs);
    return {
      kind: 'answer',
      status: got.statusCode,
      text: await got.body.text(),
      retryAfterMs: hint === null ? 0 : hint.waitMs,
    };
  } catch (error) {
    return { kind: 'silence', why: nameOf(error) };
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

export interface Verdicts {
  /** Ways out for the person who reads the error: the endpoint said no; nothing usable answered. */
  readonly refused: string;
  readonly unreachable: string;
  /** Statuses that pass by themselves. */
  readonly isTransient: (status: number) => boolean;
  /** Statuses which say that there is no such identity here. */
  readonly isAbsent: (status: number) => boolean;
  /** What the request carried that must not be seen. */
  readonly secrets: readonly string[];
}

/** Asks, and judges the answer as one of a token endpoint. */
export async function askForToken(
  question: Question,
  verdicts: Verdicts,
  signal: AbortSignal,
  nowMs: number,
): Promise<Fetched> {
  const answer = await ask(question, signal, nowMs);
  const place = quoteSafely(question.url.origin + question.url.pathname, verdicts.secrets);
  if (answer.kind === 'silence') {
    return failed(`${place} gave no answer (${answer.why})`, verdicts.unreachable, true, 0);
  }
  const { status, text, retryAfterMs } = answer;
  if (status !== 200) {
    const said = readError(text, verdicts.secrets);
    const why = `${place} answered ${status}${said === '' ? '' : `: ${said}`}`;
    if (verdicts.isAbsent(status)) return { kind: 'absent', why };
    return failed(why, verdicts.refused, verdicts.isTransient(status), retryAfterMs);
  }
  const reading = readToken(text, nowMs);
  if ('garbage' in reading) {
    return failed(`${place} answered 200 with ${reading.garbage}`, verdicts.unreachable, true, 0);
  }
  return { kind: 'token', token: reading };
}

function failed(why: string, wayOut: string, transient: boolean, retryAfterMs: number): Failed {
  return { kind: 'failed', why, wayOut, transient, retryAfterMs };
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
