/** One call from its first try to its end, retries included. */
import type { Usage } from '@spillway/protocol';
import type { LoadSpec } from '../spec.ts';
import type { Attempt, CallResult } from './call.ts';
import type { CallContent } from './content.ts';
import { retryWaitMs } from './retry.ts';
import type { Answered, RunClock, Sending, Sent } from './sender.ts';

/** What it needs of a sender; tests give their own. */
export interface Sends {
  /** @param begun the answer's head has come, with this status. */
  send(request: Sent, done: (answered: Answered) => void, begun?: (status: number) => void): Sending;
}

export interface CallParts {
  readonly clock: RunClock;
  readonly sender: Sends;
  readonly unit: () => number;
  /** Tokens of a text, where an answer has no usage; null: chunks are counted instead. */
  readonly count: ((text: string) => number) | null;
  /** Of what was sent and answered, what is to be logged; absent: nothing. */
  readonly contentOf?: (body: string, texts: readonly string[]) => CallContent;
}

export interface CallAsk {
  readonly target: number;
  readonly phase: CallResult['phase'];
  readonly intendedMs: number;
  readonly request: Sent;
  /** Estimated. Tokens. */
  readonly promptTokens: number;
}

export type Retrying = Pick<LoadSpec, 'retry' | 'retryMsMax'>;

export class OneCall {
  readonly #ask: CallAsk;
  readonly #parts: CallParts;
  readonly #retrying: Retrying;
  readonly #done: (result: CallResult) => void;
  readonly #sentMs: number;
  readonly #attempts: Attempt[] = [];
  #lastSentMs: number;
  #sending: Sending | null = null;
  #wait: { cancel(): void } | null = null;
  #isCancelled = false;

  constructor(ask: CallAsk, retrying: Retrying, parts: CallParts, done: (result: CallResult) => void) {
    this.#ask = ask;
    this.#parts = parts;
    this.#retrying = retrying;
    this.#done = done;
    this.#sentMs = parts.clock.nowMs();
    this.#lastSentMs = this.#sentMs;
    this.#try();
  }

  /** The run is over: it ends now, as cancelled. */
  cancel(): void {
    this.#isCancelled = true;
    if (this.#wait !== null) {
      this.#wait.cancel();
      this.#wait = null;
      this.#done(this.#cancelled());
    } else this.#sending?.cancel();
  }

  #try(): void {
    const { clock, sender } = this.#parts;
    this.#lastSentMs = clock.nowMs();
    this.#sending = sender.send(this.#ask.request, (answered) => this.#answered(answered));
  }

  #answered(answered: Answered): void {
    const { clock, unit } = this.#parts;
    const elapsedMs = clock.nowMs() - this.#sentMs;
    const failed = { class: answered.class, hint: answered.hint, attempts: this.#attempts.length + 1, elapsedMs };
    // An answer may be on its way from the sender when the call is cancelled.
    const policy = this.#isCancelled ? 'none' : this.#retrying.retry;
    const waitMs = retryWaitMs(policy, failed, this.#retrying.retryMsMax, unit());
    this.#attempts.push({
      sentMs: this.#lastSentMs,
      endMs: answered.endMs,
      status: answered.status,
      hintMs: answered.hint?.waitMs ?? null,
      waitedMs: waitMs ?? 0,
      ...(answered.hedge === null ? {} : { hedge: answered.hedge }),
    });
    if (waitMs === null) return this.#done(this.#resultOf(answered));
    this.#wait = clock.after(waitMs, () => {
      this.#wait = null;
      this.#try();
    });
  }

  #resultOf(answered: Answered): CallResult {
    const { target, phase, intendedMs, promptTokens, request } = this.#ask;
    const { usage, texts } = answered;
    const { contentOf } = this.#parts;
    return {
      target,
      phase,
      intendedMs,
      sentMs: this.#sentMs,
      headMs: answered.headMs,
      firstContentMs: answered.firstContentMs,
      endMs: answered.endMs,
      class: answered.class,
      status: answered.status,
      errorCode: answered.errorCode,
      attempts: this.#attempts,
      promptTokens: usage.promptTokens ?? promptTokens,
      cachedTokens: usage.cachedTokens ?? 0,
      ...this.#completionOf(usage, answered),
      chunks: answered.chunks,
      gapsMs: answered.gapsMs,
      utilisation: answered.utilisation,
      quota: answered.quota,
      servedBy: answered.servedBy,
      spilledOver: answered.spilledOver,
      ...(contentOf === undefined ? {} : { content: contentOf(request.body, texts) }),
    };
  }

  #completionOf(usage: Usage, { text, chunks }: Answered): Pick<CallResult, 'completionTokens' | 'tokensFrom'> {
    if (usage.completionTokens !== null) return { completionTokens: usage.completionTokens, tokensFrom: 'usage' };
    // Embeddings have no answer in tokens, and say what the prompt had.
    if (usage.promptTokens !== null) return { completionTokens: 0, tokensFrom: 'usage' };
    if (chunks === 0) return { completionTokens: 0, tokensFrom: 'none' };
    const { count } = this.#parts;
    return count === null
      ? { completionTokens: chunks, tokensFrom: 'chunks' }
      : { completionTokens: count(text), tokensFrom: 'tokenizer' };
  }

  #cancelled(): CallResult {
    const { target, phase, intendedMs } = this.#ask;
    return {
      target,
      phase,
      intendedMs,
      sentMs: this.#sentMs,
      headMs: null,
      firstContentMs: null,
      endMs: this.#parts.clock.nowMs(),
      class: 'cancelled',
      status: 0,
      errorCode: null,
      attempts: this.#attempts,
      promptTokens: 0,
      completionTokens: 0,
      cachedTokens: 0,
      tokensFrom: 'none',
      chunks: 0,
      gapsMs: [],
      utilisation: null,
      quota: null,
      servedBy: null,
      spilledOver: false,
    };
  }
}
