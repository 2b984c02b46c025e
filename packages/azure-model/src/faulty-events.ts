/** Streams that go wrong by what is in them: an error in place of the rest, an event broken off, or one that does not belong there. */
import type { StreamEvents } from './wire/events.ts';

/** The first `afterEvents` content events, then another ending in place of everything else. */
export class ShortenedEvents implements StreamEvents {
  readonly #events: StreamEvents;
  readonly #ending: string;
  readonly contentEvents: number;

  constructor(events: StreamEvents, afterEvents: number, ending: string) {
    this.#events = events;
    this.#ending = ending;
    this.contentEvents = Math.min(afterEvents, events.contentEvents);
  }

  get choices(): number {
    return this.#events.choices;
  }

  preamble(): string {
    return this.#events.preamble();
  }

  content(from: number, to: number): string {
    return this.#events.content(from, to);
  }

  ending(): string {
    return this.#ending;
  }
}

/** The first `afterEvents` content events, then the half of one more, or of the end. */
export function truncatedEvents(events: StreamEvents, afterEvents: number): StreamEvents {
  const next = afterEvents < events.contentEvents ? events.content(afterEvents, afterEvents + 1) : events.ending();
  return new ShortenedEvents(events, afterEvents, firstHalf(next));
}

/** Half of the data of the first event, ended as if it were whole: its reader meets broken JSON. */
function firstHalf(events: string): string {
  const end = events.indexOf('\n\n');
  const from = events.indexOf('data: ') + 'data: '.length;
  return `${events.slice(0, Math.floor((from + end) / 2))}\n\n`;
}

/** One event more, after `afterEvents` content events. */
export class ForeignEvent implements StreamEvents {
  readonly #events: StreamEvents;
  readonly #afterEvents: number;
  readonly #event: string;

  constructor(events: StreamEvents, afterEvents: number, event: string) {
    this.#events = events;
    this.#afterEvents = Math.min(afterEvents, events.contentEvents);
    this.#event = event;
  }

  get contentEvents(): number {
    return this.#events.contentEvents;
  }

  get choices(): number {
    return this.#events.choices;
  }

  preamble(): string {
    return this.#events.preamble();
  }

  content(from: number, to: number): string {
    const at = this.#afterEvents;
    if (at < from || at >= to) return this.#events.content(from, to);
    return `${this.#events.content(from, at)}${this.#event}${this.#events.content(at, to)}`;
  }

  ending(): string {
    const ending = this.#events.ending();
    return this.#afterEvents === this.contentEvents ? this.#event + ending : ending;
  }
}
