/**
 * Answers that are made when their client has gone: when each is ready, what it is until then, how it is cancelled, and its events for
 * whoever listens again. Source: Azure's contract of the Responses API (azure-sdk, agentserver), background mode; wire §5.5.
 */
import type { Chore, Chores } from '../chores.ts';
import { type Pace, tokenAtMs, tokensAfter, wholeAnswerMs } from '../latency.ts';
import type { ReplyBody } from '../reply.ts';
import type { TokenWork } from '../token-work.ts';
import type { StreamEvents } from '../wire/events.ts';

/** Ended answers whose events can still be had. Azure keeps events for ten minutes at least, and does not say how many. */
export const REPLAYS_MAX = 500;
/** An answer is queued for this part of the time to its first token. A guess: Azure publishes none. */
const QUEUED_SHARE = 0.5;

/** An answer to be made. */
export interface Making {
  readonly id: string;
  readonly pace: Pace;
  /** Tokens that are shown. */
  readonly tokens: number;
  readonly work: TokenWork;
  /** null where the client does not listen. */
  readonly events: StreamEvents | null;
  /** The response without an answer, JSON text. */
  bare(status: 'queued' | 'in_progress' | 'cancelled'): string;
  /** Called when it is ready. */
  ready(nowMs: number): void;
}

interface UnderWay {
  readonly making: Making;
  readonly events: CancellableEvents | null;
  readonly startMs: number;
  readonly chore: Chore;
}

export class Background {
  readonly #chores: Chores;
  readonly #underWay = new Map<string, UnderWay>();
  /** The longest ended first. */
  readonly #ended = new Map<string, StreamEvents>();

  constructor(chores: Chores) {
    this.#chores = chores;
  }

  /** Whether no further answer can be made now. */
  get full(): boolean {
    return this.#chores.full;
  }

  /** @returns the events, to be listened to from the start; null where none are wanted. */
  begin(making: Making, nowMs: number): StreamEvents | null {
    const { id, pace, tokens, work } = making;
    const events = making.events === null ? null : new CancellableEvents(making.events);
    const chore = this.#chores.at(nowMs + wholeAnswerMs(pace, tokens), (readyMs) => {
      work.end(readyMs, null);
      making.ready(readyMs);
      this.#over(id);
    });
    this.#underWay.set(id, { making, events, startMs: nowMs, chore });
    return events;
  }

  /** The response as it is until it is ready, JSON text; null where it is none that is being made. */
  text(id: string, nowMs: number): string | null {
    const found = this.#underWay.get(id);
    if (found === undefined) return null;
    const { headersMs, firstTokenMs } = found.making.pace;
    const queued = nowMs < found.startMs + (headersMs + firstTokenMs) * QUEUED_SHARE;
    return found.making.bare(queued ? 'queued' : 'in_progress');
  }

  /** What was not generated yet costs nothing. @returns the response, JSON text; null where it is none that is being made. */
  cancel(id: string, nowMs: number): string | null {
    const found = this.#underWay.get(id);
    if (found === undefined) return null;
    const cancelled = found.making.bare('cancelled');
    const generated = generatedBy(found, nowMs);
    found.chore.cancel();
    found.making.work.end(nowMs, generated);
    found.events?.cancel(generated, cancelled);
    this.#over(id);
    return cancelled;
  }

  /** @param after the number of the last event that the client has; -1: none. @returns null where there are none to be had any more. */
  replay(id: string, after: number, nowMs: number): Extract<ReplyBody, { kind: 'events' }> | null {
    const found = this.#underWay.get(id);
    const events = found === undefined ? this.#ended.get(id) : found.events;
    if (events === undefined || events === null) return null;
    if (found === undefined) return { kind: 'events', events: new LaterEvents(events, Infinity, after), pace: AT_ONCE };
    const generated = generatedBy(found, nowMs);
    const { pace } = found.making;
    const elapsedMs = nowMs - found.startMs - pace.headersMs;
    const firstTokenMs = Math.max(0, tokenAtMs(pace, generated) - elapsedMs);
    const rest = { headersMs: 0, firstTokenMs, perTokenMs: pace.perTokenMs };
    return { kind: 'events', events: new LaterEvents(events, generated, after), pace: rest };
  }

  #over(id: string): void {
    const events = this.#underWay.get(id)?.events;
    this.#underWay.delete(id);
    if (events === undefined || events === null) return;
    this.#ended.set(id, events);
    const oldest = this.#ended.keys().next().value;
    if (this.#ended.size > REPLAYS_MAX && oldest !== undefined) this.#ended.delete(oldest);
  }
}

const AT_ONCE: Pace = { headersMs: 0, firstTokenMs: 0, perTokenMs: 0 };

/** Tokens that are there by now. */
function generatedBy({ making, startMs }: UnderWay, nowMs: number): number {
  const { pace, tokens } = making;
  return Math.min(tokens, tokensAfter(pace, nowMs - startMs - pace.headersMs));
}

/** Events of an answer that may be cancelled while they are sent: from then on nothing comes but the end. */
class CancellableEvents implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;
  readonly #events: StreamEvents;
  #until: number;
  #cancelled: string | null = null;

  constructor(events: StreamEvents) {
    this.#events = events;
    this.contentEvents = events.contentEvents;
    this.#until = events.contentEvents;
  }

  /** @param response JSON text. */
  cancel(generated: number, response: string): void {
    this.#until = generated;
    const events = numbersIn(this.preamble() + this.content(0, generated));
    const number = (events.at(-1) ?? -1) + 1;
    const fields = `"type":"response.failed","sequence_number":${number},"response":${response}`;
    this.#cancelled = `event: response.failed\ndata: {${fields}}\n\n`;
  }

  preamble(): string {
    return this.#events.preamble();
  }

  content(from: number, to: number): string {
    return from < this.#until ? this.#events.content(from, Math.min(to, this.#until)) : '';
  }

  ending(): string {
    return this.#cancelled ?? this.#events.ending();
  }
}

/** Events again: those that are there by now at once, the others in their time, all but those that the client has. */
class LaterEvents implements StreamEvents {
  readonly choices = 1;
  readonly contentEvents: number;
  readonly #events: StreamEvents;
  readonly #there: number;
  readonly #after: number;

  /** @param there content events that come at once. @param after number of the last event that is left out. */
  constructor(events: StreamEvents, there: number, after: number) {
    this.#events = events;
    this.#there = Math.min(there, events.contentEvents);
    this.#after = after;
    this.contentEvents = events.contentEvents - this.#there;
  }

  preamble(): string {
    return this.#later(this.#events.preamble() + this.#events.content(0, this.#there));
  }

  content(from: number, to: number): string {
    return this.#later(this.#events.content(this.#there + from, this.#there + to));
  }

  ending(): string {
    return this.#later(this.#events.ending());
  }

  #later(text: string): string {
    const events = text.split(/(?<=\n\n)/);
    return events.filter((event) => (numbersIn(event)[0] ?? 0) > this.#after).join('');
  }
}

/** The first of that name in each event is its own: it comes before whatever the event holds. */
function numbersIn(text: string): readonly number[] {
  return [...text.matchAll(/^data: \{"type":"[a-z_.]+","sequence_number":(\d+)/gm)].map(([, number]) => Number(number));
}
