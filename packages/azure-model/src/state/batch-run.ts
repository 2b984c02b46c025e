/**
 * A batch under way: its lines run against the deployment a few at a time, meet its quota like everybody's requests, and wait where
 * that refuses. In memory; what is finished is handed on to be kept.
 */
import { parsedJson } from '../json.ts';
import type { Answer } from '../reply.ts';
import type { InnerRequest } from '../service.ts';
import type { BatchLine } from './batch-input.ts';

/** Requests of one batch that are answered at once. What Azure does is not published. */
export const LINES_AT_ONCE_MAX = 8;
/** Begun in one go, where answers take no time: others want to be served too. */
export const LINES_PER_STEP_MAX = 200;
/** Of one line that the quota refuses; it then ends as an error. */
export const LINE_TRIES_MAX = 100;
/** Where a refusal names no time. */
const RETRY_MS = 1000;

/** A line that is over, as its file will hold it. */
export interface LineResult {
  /** From 0. */
  readonly index: number;
  /** JSON. */
  readonly text: string;
  readonly succeeded: boolean;
}

export interface RunParts {
  readonly lines: readonly BatchLine[];
  /** `chat/completions`. */
  readonly operation: string;
  /** Of lines that were over before a restart. */
  readonly done: readonly LineResult[];
  readonly serve: (request: InnerRequest, nowMs: number) => Answer;
}

interface Flight {
  readonly index: number;
  readonly endMs: number;
  readonly answer: Answer;
}

export class BatchRun {
  readonly #results: LineResult[];
  #succeeded: number;
  readonly #lines: readonly BatchLine[];
  readonly #operation: string;
  readonly #serve: RunParts['serve'];
  /** Indexes of lines not yet begun, the next one first. */
  readonly #waiting: readonly number[];
  #begun = 0;
  /** Refusals of the line that is next. */
  #tries = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #flights: Flight[] = [];
  #stopped = false;

  constructor({ lines, operation, done, serve }: RunParts) {
    this.#lines = lines;
    this.#operation = operation;
    this.#serve = serve;
    this.#results = [...done];
    this.#succeeded = done.filter(({ succeeded }) => succeeded).length;
    const over = new Set(done.map(({ index }) => index));
    this.#waiting = [...lines.keys()].filter((index) => !over.has(index));
  }

  /** In the order in which the lines ended. */
  get results(): readonly LineResult[] {
    return this.#results;
  }

  get succeeded(): number {
    return this.#succeeded;
  }

  /** No further line is begun. */
  stop(): void {
    this.#stopped = true;
  }

  /** Ends what is over and begins what may. @returns when there is more to do; null: never. Milliseconds since 1970. */
  step(nowMs: number): number | null {
    const landed = this.#flights.filter(({ endMs }) => endMs <= nowMs);
    this.#flights = this.#flights.filter(({ endMs }) => endMs > nowMs);
    for (const { index, endMs, answer } of landed) this.#end(index, answer, endMs);
    let room = LINES_PER_STEP_MAX;
    while (room-- > 0 && this.#mayBegin(nowMs)) this.#begin(nowMs);
    return this.#nextMs(nowMs);
  }

  #mayBegin(nowMs: number): boolean {
    return this.#hasWaiting && this.#flights.length < LINES_AT_ONCE_MAX && nowMs >= this.#notBeforeMs;
  }

  get #hasWaiting(): boolean {
    return !this.#stopped && this.#begun < this.#waiting.length;
  }

  #nextMs(nowMs: number): number | null {
    const endMs = Math.min(...this.#flights.map((flight) => flight.endMs));
    if (!this.#hasWaiting || this.#flights.length >= LINES_AT_ONCE_MAX) return Number.isFinite(endMs) ? endMs : null;
    // A moment later, so that a batch without end does not hold up the process.
    return Math.min(endMs, Math.max(this.#notBeforeMs, nowMs + 1));
  }

  #begin(nowMs: number): void {
    const index = this.#waiting[this.#begun] ?? 0;
    const body = this.#lines[index]?.body ?? {};
    const param = ALONE.find((name) => body[name] === true);
    if (param !== undefined) {
      this.#begun++;
      this.#note(index, 400, null, notInBatch(param));
      return;
    }
    const answer = this.#serve({ operation: this.#operation, body }, nowMs);
    if (answer.status === 429 && ++this.#tries < LINE_TRIES_MAX) {
      answer.work?.end(nowMs, 0);
      this.#notBeforeMs = nowMs + retryMsOf(answer);
      return;
    }
    this.#begun++;
    this.#tries = 0;
    if (answer.waitMs > 0) this.#flights.push({ index, endMs: nowMs + answer.waitMs, answer });
    else this.#end(index, answer, nowMs);
  }

  #end(index: number, answer: Answer, endMs: number): void {
    answer.work?.end(endMs, null);
    const body = answer.body.kind === 'text' ? (parsedJson(answer.body.text) ?? answer.body.text) : null;
    this.#note(index, answer.status, headerOf(answer, 'apim-request-id'), body);
  }

  #note(index: number, status: number, requestId: string | null, body: unknown): void {
    const response = { body, request_id: requestId, status_code: status };
    const text = JSON.stringify({ custom_id: this.#lines[index]?.customId ?? null, response, error: null });
    const succeeded = status < 400;
    this.#results.push({ index, text, succeeded });
    if (succeeded) this.#succeeded++;
  }
}

/** What a request can only ask for by itself. That batches do not stream is documented; of `background` it is our assumption. */
const ALONE = ['stream', 'background'] as const;

/** The texts are guesses. */
function notInBatch(param: (typeof ALONE)[number]): object {
  const message =
    param === 'stream' ? 'Streaming is not supported in a batch.' : 'Background mode is not supported in a batch.';
  return { error: { message, type: 'invalid_request_error', param, code: 'unsupported_parameter' } };
}

function retryMsOf(answer: Answer): number {
  const exact = Number(headerOf(answer, 'retry-after-ms') ?? Number.NaN);
  const wait = Number.isNaN(exact) ? Number(headerOf(answer, 'retry-after') ?? Number.NaN) * 1000 : exact;
  return wait > 0 ? wait : RETRY_MS;
}

function headerOf({ headers }: Answer, name: string): string | null {
  for (let i = 0; i + 1 < headers.length; i += 2) if (headers[i] === name) return headers[i + 1] ?? null;
  return null;
}
