/**
 * Answers that are being made, or were a moment ago. A reader that goes leaves the answer running for a while: a page that is loaded
 * again goes on reading. Nobody's answer is read by another user.
 */
import type { Clock, Timer } from '@spillway/clock';
import type { AnswerEvent } from '../events.ts';
import { EventLog } from './event-log.ts';

/** How long an answer is made for nobody, before it is given up. Milliseconds. */
export const ABANDONED_MS_MAX = 30_000;
/** Ended answers that are kept; beyond, the oldest go first. */
export const KEPT_MAX = 1_000;

export interface AnswersOptions {
  readonly clock: Clock;
  /** Being made at once. */
  readonly answersMax: number;
  /** How long ended ones are kept. Milliseconds. */
  readonly keptMs: number;
}

/** Makes an answer: pushes events, and ends when it is over or the signal comes. Never throws. */
export type Make = (log: EventLog, signal: AbortSignal) => Promise<void>;

interface Kept {
  readonly user: string | null;
  readonly conversationId: string;
  readonly log: EventLog;
  readonly controller: AbortController;
  readers: number;
  abandoned: Timer | null;
}

export class Answers {
  readonly #options: AnswersOptions;
  readonly #kept = new Map<string, Kept>();
  /** What stops each answer that is being made. */
  readonly #underWay = new Set<() => void>();
  readonly #whenIdle: (() => void)[] = [];

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#underWay.size;
  }

  get hasRoom(): boolean {
    return this.#underWay.size < this.#options.answersMax;
  }

  /** Counts an answer that is not kept here, so that it is waited for and stopped like the others. @returns what counts it out. */
  enter(stop: () => void): () => void {
    const one = () => stop();
    this.#underWay.add(one);
    return () => {
      this.#underWay.delete(one);
      if (this.#underWay.size === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    };
  }

  /** Resolves when no answer is being made. */
  idle(): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** @returns false where too many are being made; `make` is then not called. */
  start(turnId: string, of: { readonly user: string | null; readonly conversationId: string }, make: Make): boolean {
    if (!this.hasRoom) return false;
    const kept: Kept = { ...of, log: new EventLog(), controller: new AbortController(), readers: 0, abandoned: null };
    this.#kept.set(turnId, kept);
    const leave = this.enter(() => kept.controller.abort());
    make(kept.log, kept.controller.signal).finally(() => {
      leave();
      this.#ended(turnId, kept);
    });
    return true;
  }

  /** Events behind `after`; null where there is no such answer for this user. */
  read(turnId: string, user: string | null, after: number, signal: AbortSignal): AsyncIterable<AnswerEvent> | null {
    const kept = this.#find(turnId, user);
    return kept === null ? null : this.#reading(kept, after, signal);
  }

  stop(turnId: string, user: string | null): boolean {
    const kept = this.#find(turnId, user);
    kept?.controller.abort();
    return kept !== null;
  }

  /** The turn of a conversation that is being answered; null: none. */
  answering(conversationId: string, user: string | null): string | null {
    for (const [turnId, kept] of this.#kept) {
      if (kept.conversationId === conversationId && kept.user === user && !kept.log.hasEnded) return turnId;
    }
    return null;
  }

  stopAll(): void {
    for (const stop of this.#underWay) stop();
  }

  #find(turnId: string, user: string | null): Kept | null {
    const kept = this.#kept.get(turnId);
    return kept === undefined || kept.user !== user ? null : kept;
  }

  async *#reading(kept: Kept, after: number, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
    kept.readers++;
    kept.abandoned?.cancel();
    try {
      yield* kept.log.read(after, signal);
    } finally {
      kept.readers--;
      if (kept.readers === 0 && !kept.log.hasEnded) {
        kept.abandoned = this.#options.clock.after(ABANDONED_MS_MAX, () => kept.controller.abort());
      }
    }
  }

  #ended(turnId: string, kept: Kept): void {
    kept.abandoned?.cancel();
    this.#options.clock.after(this.#options.keptMs, () => this.#kept.delete(turnId));
    for (const [id, { log }] of this.#kept) {
      if (this.#kept.size <= KEPT_MAX) break;
      if (log.hasEnded) this.#kept.delete(id);
    }
  }
}
