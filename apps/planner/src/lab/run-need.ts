/** What a gateway would guess of a request from what it can see of it: bytes, bounds and what begins the prompt; never its true tokens. */
import { type AskSize, Estimator, type Ticket } from '@spillway/policy';
import type { Usage } from '@spillway/protocol';
import type { Arrival } from './types.ts';

/** Bytes to a character from which on a text is not mostly of Latin letters. */
const WIDE_BYTES = 1.5;

export class Guesser {
  readonly #estimator = new Estimator();

  ticketOf(arrival: Arrival, model: string, nowMs: number): Ticket {
    const asker = { client: arrival.client, model, operation: 'chat', class: arrival.class };
    return this.#estimator.need(sizeOf(arrival), asker, nowMs);
  }

  learn(ticket: Ticket, usage: Usage, nowMs: number): void {
    this.#estimator.answered(ticket, usage, nowMs);
  }
}

function sizeOf({ promptBytes, promptChars, answerTokensMax, choices, cacheKey }: Arrival): AskSize {
  const mix = promptBytes > WIDE_BYTES * promptChars ? 'dense' : 'plain';
  return { bytes: promptBytes, items: 0, extras: 0, mix, answerTokensMax, choices, cacheKey };
}
