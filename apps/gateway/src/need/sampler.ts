/**
 * Counts the tokens of a few prompts exactly, where the answers do not tell: streams that were not asked for usage. Counting takes a
 * worker, since a long text without a blank can keep a tokenizer busy for seconds; one prompt at a time, and the next one not before
 * a second is over. What does not fit is left out: an estimate learns from any few.
 */
import type { Estimator, Ticket } from '@spillway/policy';
import type { BodyFacts } from '@spillway/protocol';
import type { Body } from '../body/body.ts';

/** A longer prompt is not counted. Bytes. */
export const SAMPLE_BYTES_MAX = 16 * 1024;
/** Between two that are counted. Milliseconds. */
export const SAMPLE_EVERY_MS = 1_000;
/** Nothing heard of a count for so long, no other one is begun. Milliseconds. */
const COUNT_MS_MAX = 60_000;
/** Counts in a row that came to nothing, after which no other one is begun: there is nothing to count with. */
const FAILURES_MAX = 8;

/** Counts the tokens of a prompt as it stands in a body, somewhere else than here. */
export interface Counter {
  /** @param done told the tokens; null where they cannot be counted. At most once, later. */
  count(prompt: Buffer, done: (tokens: number | null) => void): void;
  close(): void;
}

export class Sampler {
  readonly #estimator: Estimator;
  readonly #start: () => Counter;
  #counter: Counter | null = null;
  #isCounting = false;
  #failures = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param start called with the first prompt: most gateways need no counter. */
  constructor(estimator: Estimator, start: () => Counter) {
    this.#estimator = estimator;
    this.#start = start;
  }

  /** @param isAsked the stream is asked for its usage on the way up. */
  offer(ticket: Ticket, { facts, body, isAsked }: Offer, nowMs: number): void {
    if (this.#failures >= FAILURES_MAX) return;
    const sinceMs = nowMs - this.#lastMs;
    if (isAsked || sinceMs < SAMPLE_EVERY_MS || (this.#isCounting && sinceMs < COUNT_MS_MAX)) return;
    if (facts === null || !isUntold(ticket, facts)) return;
    const prompt = promptIn(body, facts);
    if (prompt === null) return;
    this.#lastMs = nowMs;
    this.#isCounting = true;
    this.#counter ??= this.#start();
    // A copy: what points into the body would keep all of it.
    this.#counter.count(Buffer.from(prompt), (tokens) => {
      this.#isCounting = false;
      this.#failures = tokens === null ? this.#failures + 1 : 0;
      if (tokens !== null) this.#estimator.calibrate(ticket, tokens);
    });
  }

  close(): void {
    this.#counter?.close();
    this.#counter = null;
  }
}

export interface Offer {
  /** null: the body cannot be read. */
  readonly facts: BodyFacts | null;
  readonly body: Body;
  readonly isAsked: boolean;
}

/** Streams of Responses always tell; those of the others where they are asked. */
function isUntold({ profile }: Ticket, { stream, streamOptions }: BodyFacts): boolean {
  return stream && streamOptions === null && profile.operation.endsWith('completions');
}

/** @returns null where it is too long, in a file, or not all there is to count. */
function promptIn(body: Body, { ask }: BodyFacts): Buffer | null {
  const { prompt, promptBytes, extras } = ask;
  if (!Buffer.isBuffer(body) || prompt === null || extras > 0) return null;
  const isAll = promptBytes === prompt.end - prompt.start;
  return isAll && promptBytes <= SAMPLE_BYTES_MAX ? body.subarray(prompt.start, prompt.end) : null;
}
