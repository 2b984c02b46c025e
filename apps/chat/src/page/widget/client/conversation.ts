/** What is asked in the widget, and how it is answered: turns of one conversation, of which at most one is being answered. */
import type { AnswerEvent } from '../../../events.ts';
import type { Question, StreamEnd } from '../../client/api.ts';
import { type Answer, type Failure, folded, NO_ANSWER } from '../../client/model/answer.ts';

export interface Turn {
  readonly key: number;
  readonly question: string;
  readonly answer: Answer;
}

export interface Following {
  readonly onEvent: (event: AnswerEvent) => void;
  readonly signal: AbortSignal;
}

/** Of the page's `Api`, so much is needed here. */
export interface Asking {
  readonly ask: (question: Question, following: Following) => Promise<StreamEnd>;
  readonly stop: (turnId: string) => Promise<unknown>;
}

export interface ConversationSettings {
  readonly api: Asking;
  readonly nowMs: () => number;
  /** Fulfilled after so many milliseconds, or when the signal comes. */
  readonly after: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The turns have changed. */
  readonly onChange: () => void;
  /** An answer is over, with a failure or without. */
  readonly onEnd: (turn: Turn) => void;
}

/** A question that the app itself refuses for now is sent once more, no later than this. Milliseconds. */
export const RETRY_MS_MAX = 60_000;
/** Turns that are kept in view; the app's own page has them all. */
export const TURNS_MAX = 50;

export class Conversation {
  readonly #settings: ConversationSettings;
  #turns: readonly Turn[] = [];
  #id: string | null = null;
  #running: { readonly key: number; readonly stop: AbortController } | null = null;
  #keys = 0;

  constructor(settings: ConversationSettings) {
    this.#settings = settings;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** Without effect while an answer is being written. */
  async ask(text: string): Promise<void> {
    const question = text.trim();
    if (this.#running !== null || question === '') return;
    const key = ++this.#keys;
    const stop = new AbortController();
    this.#running = { key, stop };
    this.#put([...this.#turns, { key, question, answer: NO_ANSWER }].slice(-TURNS_MAX));
    const end = await this.#asked(key, question, stop.signal);
    // It was stopped or left, and that has been told.
    if (this.#running?.key !== key) return;
    this.#running = null;
    // It was deleted, or the app started anew and knows this visitor no more: the next try begins another one.
    if (end.kind === 'refused' && end.code === 'noConversation') this.#id = null;
    this.#settle(key, end);
  }

  /** The turn that failed is taken away; its question is asked anew. */
  again(turn: Turn): Promise<void> {
    if (this.#running !== null) return Promise.resolve();
    this.#put(this.#turns.filter(({ key }) => key !== turn.key));
    return this.ask(turn.question);
  }

  /** What was written so far stays. */
  stop(): void {
    const running = this.#running;
    if (running === null) return;
    const turnId = this.#turns.find(({ key }) => key === running.key)?.answer.turnId ?? null;
    if (turnId !== null) void this.#settings.api.stop(turnId);
    this.#running = null;
    running.stop.abort();
    this.#change(running.key, { status: 'stopped', waitingUntilMs: null });
  }

  /** A new conversation. */
  clear(): void {
    this.stop();
    this.#id = null;
    this.#put([]);
  }

  async #asked(key: number, question: string, signal: AbortSignal): Promise<StreamEnd> {
    const end = await this.#sent(key, question, signal);
    if (end.kind !== 'refused' || end.retryAfterMs === null || end.retryAfterMs > RETRY_MS_MAX) return end;
    this.#change(key, { waitingUntilMs: this.#settings.nowMs() + end.retryAfterMs });
    await this.#settings.after(end.retryAfterMs, signal);
    if (signal.aborted) return { kind: 'aborted' };
    this.#change(key, { waitingUntilMs: null });
    return this.#sent(key, question, signal);
  }

  #sent(key: number, question: string, signal: AbortSignal): Promise<StreamEnd> {
    const onEvent = (event: AnswerEvent): void => this.#take(key, event);
    const asked = { question, conversationId: this.#id, replaces: null, mode: 'chat', overrides: {} } as const;
    return this.#settings.api.ask(asked, { onEvent, signal });
  }

  #take(key: number, event: AnswerEvent): void {
    if (this.#running?.key !== key) return;
    if (event.type === 'begun') this.#id = event.conversationId;
    const turn = this.#turns.find((each) => each.key === key);
    if (turn !== undefined) this.#change(key, folded(turn.answer, event, this.#settings.nowMs()));
  }

  #settle(key: number, end: StreamEnd): void {
    const turn = this.#turns.find((each) => each.key === key);
    if (turn === undefined) return;
    if (end.kind !== 'ended' && end.kind !== 'aborted' && turn.answer.status === 'answering') {
      this.#change(key, { status: 'failed', waitingUntilMs: null, failure: failureOf(end, this.#settings.nowMs()) });
    } else this.#settings.onChange();
    const ended = this.#turns.find((each) => each.key === key);
    if (ended !== undefined) this.#settings.onEnd(ended);
  }

  #change(key: number, to: Partial<Answer>): void {
    this.#put(this.#turns.map((turn) => (turn.key === key ? { ...turn, answer: { ...turn.answer, ...to } } : turn)));
  }

  #put(turns: readonly Turn[]): void {
    this.#turns = turns;
    this.#settings.onChange();
  }
}

/** Codes of failures: nobody is there, and the app's own for who has to sign in. */
export const GONE = 'gone';
export const LOCKED = 'notSignedIn';

type Failed = Exclude<StreamEnd, { readonly kind: 'ended' | 'aborted' }>;

/** The message is empty where the app said nothing: the widget has words of its own. */
function failureOf(end: Failed, nowMs: number): Failure {
  if (end.kind === 'gone') return { kind: 'gatewayDown', code: GONE, message: '', retryAtMs: null };
  const { code, message } = end;
  if (end.kind === 'locked') return { kind: 'notAllowed', code: LOCKED, message, retryAtMs: null };
  const retryAtMs = end.retryAfterMs === null ? null : nowMs + end.retryAfterMs;
  const kind = end.status === 429 ? 'throttled' : end.status === 403 ? 'notAllowed' : 'internal';
  return { kind, code, message, retryAtMs };
}
