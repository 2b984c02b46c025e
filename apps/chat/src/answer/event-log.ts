/** Events of one answer, kept while it is made and for a while after, so that a reader that was cut off goes on where it was. */
import type { AnswerEvent, AnswerEventBody } from '../events.ts';

/** An answer of a model that never ends fills no more than this. */
export const EVENTS_MAX = 50_000;
/** UTF-16 units of text in them. */
export const EVENT_CHARS_MAX = 4_000_000;

export class EventLog {
  readonly #events: AnswerEvent[] = [];
  readonly #wake = new Set<() => void>();
  #chars = 0;
  #hasEnded = false;

  get events(): readonly AnswerEvent[] {
    return this.#events;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether more deltas fit; what ends an answer always does. */
  get isFull(): boolean {
    return this.#events.length >= EVENTS_MAX || this.#chars >= EVENT_CHARS_MAX;
  }

  /** Without effect on one that has ended. */
  push(body: AnswerEventBody): void {
    if (this.#hasEnded) return;
    this.#events.push({ ...body, id: this.#events.length + 1 });
    if (body.type === 'delta') this.#chars += body.text.length;
    if (body.type === 'done') this.#hasEnded = true;
    for (const wake of this.#wake) wake();
  }

  /** All events behind `after`, those to come included, until the answer has ended or the signal comes. */
  async *read(after: number, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
    for (let at = Math.max(0, after); ; ) {
      while (at < this.#events.length) {
        const event = this.#events[at++];
        if (event !== undefined) yield event;
      }
      if (this.#hasEnded || signal.aborted) return;
      await this.#more(signal);
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
