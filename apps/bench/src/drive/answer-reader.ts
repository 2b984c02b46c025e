/** Reads an answer as it comes: when the first words are there, how many pieces, how it ended, what it used. Source: wire reference §5. */
import { errorFactsOf, eventEnd, isRecord, NO_USAGE, type Usage, usageIn } from '@spillway/protocol';
import type { Api } from '../spec.ts';
import type { CallClass } from './call.ts';

/** The longest answer that is read, streams too: one that never ends would fill the memory before its time is over. Bytes. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** An event that is longer is none: a server has forgotten the blank line. Bytes. */
export const EVENT_BYTES_MAX = 4 * 1024 * 1024;

export interface Reading {
  readonly class: Exclude<CallClass, 'cancelled'>;
  readonly errorCode: string | null;
  readonly usage: Usage;
  readonly firstContentMs: number | null;
  readonly chunks: number;
  readonly gapsMs: readonly number[];
  /** Of an answer without usage, so that its tokens can be counted. */
  readonly text: string;
  /** Of each choice, where that was asked for; else none. */
  readonly texts: readonly string[];
}

export interface AnswerReader {
  /** @returns false where it is longer than is read. */
  push(bytes: Uint8Array, atMs: number): boolean;
  /** @param isWhole the connection brought the answer to its end. */
  end(isWhole: boolean, atMs: number): Reading;
}

/**
 * @param contentType of the head: a stream that was asked for may be refused as a whole answer.
 * @param keepsTexts what the answer says is wanted, for the log.
 */
export function answerReader(api: Api, status: number, contentType: string, keepsTexts = false): AnswerReader {
  const isStream = contentType.toLowerCase().startsWith('text/event-stream');
  return isStream && isSuccess(status) ? new StreamReader(api, keepsTexts) : new WholeReader(status, keepsTexts);
}

/** How an answer of a status without an answer in it is called. */
function classOfStatus(status: number, code: string | null): Reading['class'] {
  if (status === 429) return 'throttled';
  if (status === 400 && (code === 'content_filter' || code === 'ResponsibleAIPolicyViolation')) return 'filtered';
  if (status >= 500) return 'serverError';
  // A redirect is no answer either.
  return isSuccess(status) ? 'ok' : 'refused';
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

class WholeReader implements AnswerReader {
  readonly #status: number;
  readonly #keepsTexts: boolean;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(status: number, keepsTexts: boolean) {
    this.#status = status;
    this.#keepsTexts = keepsTexts;
  }

  push(bytes: Uint8Array): boolean {
    // A copy: what is kept of it would keep the whole buffer of the socket, which is used again.
    this.#parts.push(new Uint8Array(bytes));
    this.#bytes += bytes.length;
    return this.#bytes <= ANSWER_BYTES_MAX;
  }

  end(isWhole: boolean, atMs: number): Reading {
    const text = Buffer.concat(this.#parts).toString();
    const body = parsed(text);
    const facts = errorFactsOf(body);
    const of = classOfStatus(this.#status, facts.code);
    const isGood = of === 'ok';
    const isBroken = isGood && (!isWhole || !isAnswer(body));
    const texts = isGood && !isBroken ? textsOf(body) : [];
    return {
      class: isBroken ? 'broken' : isGood ? finishOf(body) : of,
      errorCode: facts.code,
      usage: usageIn(text) ?? NO_USAGE,
      // The words are there when all of it is.
      firstContentMs: isGood && !isBroken ? atMs : null,
      chunks: isGood && !isBroken ? 1 : 0,
      gapsMs: [],
      text: texts.join('\n'),
      texts: this.#keepsTexts ? texts : [],
    };
  }
}

class StreamReader implements AnswerReader {
  readonly #api: Api;
  #rest: Uint8Array = new Uint8Array(0);
  #bytes = 0;
  #firstMs: number | null = null;
  #lastMs = 0;
  #chunks = 0;
  readonly #gapsMs: number[] = [];
  #usage: Usage | null = null;
  #finish: string | null = null;
  #isDone = false;
  #errorCode: string | null = null;
  #isFailed = false;
  #text = '';
  /** By choice; null: not wanted. */
  readonly #texts: Map<number, string> | null;

  constructor(api: Api, keepsTexts: boolean) {
    this.#api = api;
    this.#texts = keepsTexts ? new Map() : null;
  }

  push(bytes: Uint8Array, atMs: number): boolean {
    this.#bytes += bytes.length;
    if (this.#bytes > ANSWER_BYTES_MAX) return false;
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let from = 0;
    for (let to = eventEnd(all, from); to >= 0; to = eventEnd(all, from)) {
      this.#event(Buffer.from(all.buffer, all.byteOffset + from, to - from).toString(), atMs);
      from = to;
    }
    // A copy: the socket's buffer is used again.
    this.#rest = new Uint8Array(all.subarray(from));
    return this.#rest.length <= EVENT_BYTES_MAX;
  }

  end(isWhole: boolean, atMs: number): Reading {
    // A stream may end without the blank line behind its last event.
    if (isWhole && this.#rest.length > 0) this.#event(Buffer.from(this.#rest).toString(), atMs);
    // Behind [DONE] nothing is missing, however the connection ends.
    const isOver = this.#isDone || (isWhole && this.#finish !== null);
    return {
      class: this.#isFailed || !isOver ? 'broken' : classOfFinish(this.#finish),
      errorCode: this.#errorCode,
      usage: this.#usage ?? NO_USAGE,
      firstContentMs: this.#firstMs,
      chunks: this.#chunks,
      gapsMs: this.#gapsMs,
      text: this.#usage === null ? this.#text : '',
      texts: [...(this.#texts ?? [])].toSorted(([a], [b]) => a - b).map(([, text]) => text),
    };
  }

  #event(text: string, atMs: number): void {
    const data = dataOf(text);
    if (data === '') return;
    if (data === '[DONE]') {
      this.#isDone = true;
      return;
    }
    const value = parsed(data);
    if (!isRecord(value)) return;
    if (data.includes('"usage"')) this.#usage = usageIn(data) ?? this.#usage;
    if (this.#api === 'responses') this.#response(value, atMs);
    else this.#chunk(value, atMs);
  }

  #chunk(value: Record<string, unknown>, atMs: number): void {
    if (value.error !== undefined && value.error !== null) return this.#fail(value);
    const choices = Array.isArray(value.choices) ? value.choices.filter(isRecord) : [];
    for (const choice of choices) {
      if (typeof choice.finish_reason === 'string') this.#finish = graver(this.#finish, choice.finish_reason);
      const words = isRecord(choice.delta) ? deltaOf(choice.delta) : '';
      if (words !== '') this.#content(words, atMs, typeof choice.index === 'number' ? choice.index : 0);
    }
  }

  #response(value: Record<string, unknown>, atMs: number): void {
    const type = typeof value.type === 'string' ? value.type : '';
    if (type === 'error' || type === 'response.failed')
      return this.#fail(isRecord(value.response) ? value.response : value);
    if (type.endsWith('.delta') && typeof value.delta === 'string' && value.delta !== '')
      this.#content(value.delta, atMs);
    if (type !== 'response.completed' && type !== 'response.incomplete') return;
    this.#finish = type === 'response.completed' ? 'stop' : reasonOf(value.response);
    // Its last event: there is no [DONE] here.
    this.#isDone = true;
  }

  #fail(value: Record<string, unknown>): void {
    this.#isFailed = true;
    const { code, type } = errorFactsOf(value);
    this.#errorCode = code ?? type;
  }

  #content(words: string, atMs: number, choice = 0): void {
    this.#chunks++;
    if (this.#firstMs === null) this.#firstMs = atMs;
    else this.#gapsMs.push(atMs - this.#lastMs);
    this.#lastMs = atMs;
    if (this.#usage === null) this.#text += words;
    this.#texts?.set(choice, (this.#texts.get(choice) ?? '') + words);
  }
}

/** What a chunk brings of the answer, reasoning and calls of tools included; '' where it brings nothing. */
function deltaOf(delta: Record<string, unknown>): string {
  const { content, refusal, reasoning_content: reasoning, tool_calls: calls } = delta;
  if (typeof content === 'string' && content !== '') return content;
  if (typeof reasoning === 'string' && reasoning !== '') return reasoning;
  if (typeof refusal === 'string' && refusal !== '') return refusal;
  if (!Array.isArray(calls)) return '';
  return calls
    .map((one) => (isRecord(one) && isRecord(one.function) ? String(one.function.arguments ?? '') : ''))
    .join('');
}

function finishOf(body: unknown): Reading['class'] {
  if (!isRecord(body)) return 'ok';
  if (body.status === 'incomplete') return classOfFinish(reasonOf(body));
  if (body.status === 'failed') return 'serverError';
  const choices = Array.isArray(body.choices) ? body.choices.filter(isRecord) : [];
  const reasons = choices.map(({ finish_reason: reason }) => classOfFinish(typeof reason === 'string' ? reason : null));
  return reasons.find((each) => each === 'filtered') ?? reasons.find((each) => each === 'length') ?? 'ok';
}

/** Of several choices the end that tells most: filtered, then cut short, then whole. */
function graver(before: string | null, reason: string): string {
  if (before === null) return reason;
  const rank = (of: string): number => ['ok', 'length', 'filtered'].indexOf(classOfFinish(of));
  return rank(reason) > rank(before) ? reason : before;
}

function classOfFinish(reason: string | null): Reading['class'] {
  if (reason === 'length' || reason === 'max_output_tokens') return 'length';
  return reason === 'content_filter' ? 'filtered' : 'ok';
}

/** Why a response is incomplete. */
function reasonOf(response: unknown): string {
  const details = isRecord(response) && isRecord(response.incomplete_details) ? response.incomplete_details : {};
  return typeof details.reason === 'string' ? details.reason : 'max_output_tokens';
}

/** A body of a 200 that is an answer: a page of a proxy is none, nor is an error in its clothes. */
function isAnswer(body: unknown): boolean {
  return isRecord(body) && (body.error === undefined || body.error === null);
}

/** The texts of a whole answer: of a chat's choices, or of a response's output. */
function textsOf(body: unknown): readonly string[] {
  if (!isRecord(body)) return [];
  const messages = recordsIn(body.choices).map(({ message }) => (isRecord(message) ? textIn(message.content) : ''));
  const output = recordsIn(body.output).flatMap(({ content }) => recordsIn(content).map(({ text }) => textIn(text)));
  return [...messages, ...output].filter((text) => text !== '');
}

function recordsIn(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function dataOf(event: string): string {
  let data = '';
  for (const line of event.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) data += (data === '' ? '' : '\n') + line.slice(line[5] === ' ' ? 6 : 5);
  }
  return data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
