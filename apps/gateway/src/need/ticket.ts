/** What a request is believed to cost, before it is sent: from its route and the figures that its body shows in passing. */
import { type AskSize, type Estimator, type Need, NO_NEED, type Ticket } from '@spillway/policy';
import type { AskFacts } from '@spillway/protocol';
import { type Body, cacheKeyIn } from '../body/body.ts';
import type { Route, Wanted } from '../route/route.ts';

/** A compressed body, or one that is no JSON: nothing of it can be told. */
const UNREADABLE: AskSize = {
  bytes: 0,
  items: 0,
  extras: 1,
  mix: 'plain',
  answerTokensMax: null,
  choices: 1,
  cacheKey: null,
};

/** @param model the pool that serves it. @returns null for an operation that costs no tokens. */
export function ticketOf(
  estimator: Estimator,
  { route, wanted, body }: { readonly route: Route; readonly wanted: Wanted; readonly body: Body },
  model: string,
  nowMs: number,
): Ticket | null {
  const { operation, client } = route;
  if (operation.draws === 'nothing') return null;
  const facts = wanted.facts();
  const size = facts === null ? UNREADABLE : sizeOf(facts.ask, cacheKeyIn(body, facts));
  const charged = operation.draws === 'prompt' ? { ...size, answerTokensMax: 0, choices: 1, cacheKey: null } : size;
  return estimator.need(charged, { client, model, operation: operation.name, class: route.class }, nowMs);
}

function sizeOf(ask: AskFacts, cacheKey: number | null): AskSize {
  const { promptBytes, items, extras, mix, answerTokensMax, choices } = ask;
  return { bytes: promptBytes, items, extras, mix, answerTokensMax, choices, cacheKey };
}

/** @param ticket null: it costs no tokens. */
export function needOf(ticket: Ticket | null, route: Route): Need {
  if (ticket !== null) return ticket.need;
  return route.class === NO_NEED.class ? NO_NEED : { ...NO_NEED, class: route.class };
}
