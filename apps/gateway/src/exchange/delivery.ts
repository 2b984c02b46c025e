/**
 * Everything that the client gets of the one answer, and in which order: perhaps signs of life, then the head, the bytes, and how it
 * ends. An answer that has begun cannot be taken back: what fails then is told inside of it, or by breaking the connection.
 */
import { type Deployment, judgeEvent, type Outcome, type Spent, type Ticket } from '@spillway/policy';
import { errorFacts, NO_USAGE, type Usage } from '@spillway/protocol';
import type { Inbound } from '../listen/inbound.ts';
import type { Ending, ExchangeRecord } from '../observe/events.ts';
import type { OwnAnswer } from '../reply/own-answer.ts';
import { type AnswerBytes, type Answering, AS_THEY_COME, answerBytes } from './answer-bytes.ts';
import { type Head, headerOf } from './attempt.ts';
import { ClientAnswer } from './client-answer.ts';
import type { Context } from './context.ts';
import { estimateOf } from './estimate.ts';
import { EventBytes, type StreamDialect, type StreamEnd, type StreamFailure } from './event-bytes.ts';
import { KEEP_ALIVE, KeepAlive } from './keep-alive.ts';
import type { Told } from './told.ts';
import { countsTokens, UsageTail } from './usage-tail.ts';

/** A whole answer, kept in case nobody else can do better, or has more to add. */
export interface Kept {
  readonly head: Head;
  readonly body: Buffer | null;
  readonly deployment: Deployment;
}

const EMPTY = Buffer.alloc(0);
const NOTHING_SPENT: Spent = { usage: NO_USAGE, estimated: false };
/** What logs and metrics say of a client that left before its answer had begun (wire §3.2). */
const CLIENT_GONE_STATUS = 499;

export class Delivery {
  readonly #context: Context;
  readonly #inbound: Inbound;
  readonly #told: Told;
  readonly #answer: ClientAnswer;
  readonly #tail = new UsageTail();
  #bytes: AnswerBytes = AS_THEY_COME;
  #head: Head | null = null;
  #keepAlive: KeepAlive | null = null;
  /** Signs of life have gone out: status 200, and a stream that nobody has answered yet. */
  #isEarly = false;
  #isRoomy = true;
  /** Of the answer, held and ready to go out as one. */
  #whole: Buffer | null = null;
  #streamBytes = 0;
  /** Tokens of the answer, once it is on its way as a whole. */
  #usage: Usage = NO_USAGE;
  /** Learns from them; null: none are told. */
  #ticket: Ticket | null = null;
  /** The answer has ended badly; what is left is to tell the client. */
  brokenOff = false;

  constructor(context: Context, inbound: Inbound, told: Told) {
    this.#context = context;
    this.#inbound = inbound;
    this.#told = told;
    this.#answer = new ClientAnswer(context, inbound, told);
  }

  /** Whether anything has gone out. */
  get hasBegun(): boolean {
    return this.#answer.atMs !== null;
  }

  /** Until the answer begins, the client is shown that there is somebody. */
  keepAlive(dialect: StreamDialect, everySeconds: number): void {
    this.#keepAlive = new KeepAlive(this.#context, everySeconds, () => this.#beat(dialect));
  }

  #beat(dialect: StreamDialect): void {
    if (!this.#isEarly) {
      this.#isEarly = true;
      this.#told.streamed = true;
      this.#bytes = new EventBytes({ dialect, ids: null, dropsUsage: false });
      this.#answer.early();
    }
    if (this.#isRoomy) this.#isRoomy = this.#inbound.write(KEEP_ALIVE);
  }

  /** @returns why this answer cannot go on where signs of life have begun a stream; null where it can. */
  misfit(head: Head, held: readonly Buffer[]): StreamFailure | null {
    if (!this.#isEarly) return null;
    if (head.status >= 400) return failureIn(Buffer.concat(held), head.status);
    const isStream = headerOf(head.headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true;
    if (isStream && headerOf(head.headers, 'content-encoding') === undefined) return null;
    return { code: 'upstream_no_stream', message: 'The backend answered, but not with a stream of events.' };
  }

  /** @param held what there is of the answer. @returns false where the client takes no more for now. */
  begin(answering: Answering, held: readonly Buffer[]): boolean {
    const { head, deployment, complete, home, job } = answering;
    this.#keepAlive?.stop();
    const bytes = answerBytes(answering);
    this.#bytes = bytes;
    this.#head = head;
    this.#ticket = job.ticket;
    this.#told.streamed = this.#isEarly || !complete;
    for (const chunk of held) this.#tail.add(chunk);
    const whole = complete ? joined(held) : null;
    this.#streamBytes += whole?.length ?? 0;
    this.#whole = whole === null ? null : wholeOf(bytes, whole);
    const keepsLength = complete ? this.#whole === whole : bytes.keepsLength;
    const length = this.#whole?.length ?? null;
    const seal = job.sealing === 'all' ? home.seal : null;
    if (!this.#isEarly) this.#answer.ofDeployment(head, deployment, { keepsLength, length, seal });
    if (complete) return true;
    for (const chunk of held) this.#isRoomy = this.#write(chunk);
    return this.#isRoomy;
  }

  /** @returns false where the client takes no more for now. */
  more(chunk: Buffer): boolean {
    this.#tail.add(chunk);
    return this.#write(chunk);
  }

  #write(chunk: Buffer): boolean {
    this.#streamBytes += chunk.length;
    const out = this.#bytes.add(chunk);
    return out.length === 0 || this.#inbound.write(out);
  }

  drained(): void {
    this.#isRoomy = true;
  }

  /** How the stream says that it has ended; null: it does not say. */
  ending(): StreamEnd {
    return this.#bytes.ending();
  }

  /**
   * Nothing more comes. A stream that itself told the client that it failed counts as the status would that it stands for.
   * @param how cut: what has begun behind the end is left out.
   */
  wrapUp(how: 'whole' | 'cut'): { readonly usage: Usage; readonly failure: Outcome | null } {
    this.#usage = countsTokens(this.#head) ? this.#tail.read() : NO_USAGE;
    const { estimator, clock } = this.#context;
    if (this.#ticket !== null) estimator.answered(this.#ticket, this.#usage, clock.nowMs());
    this.#whole ??= how === 'cut' ? EMPTY : this.#bytes.end();
    const ending = this.#bytes.ending();
    const outcome = ending?.kind === 'failed' ? judgeEvent(ending.facts, this.#head?.status ?? 0) : null;
    const failure = outcome === null || outcome.kind === 'answered' ? null : outcome;
    if (failure !== null) this.brokenOff = true;
    return { usage: this.#usage, failure };
  }

  end(): void {
    const last = this.#whole;
    this.#whole = null;
    this.#inbound.end(last);
  }

  /** @returns what ends the stream instead, where signs of life have begun one. */
  kept({ head, body, deployment }: Kept, keepsLength: boolean): StreamFailure | null {
    if (this.#isEarly) return failureIn(body ?? EMPTY, head.status);
    this.#keepAlive?.stop();
    this.#told.servedBy = deployment.id;
    this.#answer.ofDeployment(head, deployment, { keepsLength, length: body?.length ?? null, seal: null });
    this.#inbound.end(body);
    return null;
  }

  /** @returns what ends the stream instead, where signs of life have begun one. */
  own(answer: OwnAnswer): StreamFailure | null {
    if (this.#isEarly) return failureIn(answer.body, answer.status);
    this.#keepAlive?.stop();
    this.#answer.own(answer);
    this.#inbound.end(answer.body);
    return null;
  }

  /**
   * The client must see that its answer is broken: a stream that it reads by an event that says so, anything else by its connection.
   * @param reads whether the client takes what comes.
   * @returns whether an event is on its way; else the connection is broken.
   */
  breakOff(reads: boolean, failure: StreamFailure): boolean {
    this.#keepAlive?.stop();
    const last = reads && !this.brokenOff ? this.#bytes.broken(failure) : null;
    this.brokenOff = true;
    if (last === null) this.#inbound.destroy();
    else this.#inbound.end(last);
    return last !== null;
  }

  /** The exchange is over. @param ending as it looks from the connection. */
  record(ending: Ending, startedMs: number, endedMs: number): ExchangeRecord {
    this.#keepAlive?.stop();
    if (ending === 'clientGone' && !this.hasBegun) this.#answer.status = CLIENT_GONE_STATUS;
    return this.#answer.record(this.brokenOff ? 'cut' : ending, this.#spent(), startedMs, endedMs);
  }

  /** An estimate where a stream of tokens did not tell them. */
  #spent(): Spent {
    if (this.#usage !== NO_USAGE || !this.#told.streamed || !isTokenStream(this.#told, this.#head)) {
      return this.#usage === NO_USAGE ? NOTHING_SPENT : { usage: this.#usage, estimated: false };
    }
    const bytes = { prompt: this.#told.bodyBytes, stream: this.#streamBytes };
    return { usage: estimateOf(bytes, this.#ticket?.need.promptTokens ?? null), estimated: true };
  }
}

/** Operations whose streams are made of tokens. */
const OF_TOKENS: ReadonlySet<string> = new Set(['chat.completions', 'completions', 'responses', 'threads']);

function isTokenStream({ operation }: Told, head: Head | null): boolean {
  return OF_TOKENS.has(operation) && countsTokens(head);
}

/** The same where nothing of it changes, so that its length holds. */
function wholeOf(bytes: AnswerBytes, whole: Buffer): Buffer {
  const out = bytes.add(whole);
  const rest = bytes.end();
  return rest.length === 0 ? out : Buffer.concat([out, rest]);
}

function failureIn(body: Buffer, status: number): StreamFailure {
  const { code, message, type } = errorFacts(body.toString());
  return {
    code: code ?? String(status),
    message: message ?? `The backend answered with status ${status}.`,
    type: type ?? (status === 429 ? 'too_many_requests' : null),
  };
}

export function joined(chunks: readonly Buffer[]): Buffer | null {
  if (chunks.length === 0) return null;
  return chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks);
}
