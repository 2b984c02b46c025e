/**
 * What a request counts for on arrival: more than will be billed, which is why 429s come below the quota.
 * Source: wire reference §6.2, the documented formula. Nothing is given back when the answer turns out shorter.
 */
import type { ModelFacts } from '@spillway/protocol';
import type { ChatAsk } from './chat-request.ts';

/** Charged for an answer whose length the request does not bound. Tokens. Reasoning models: 0 (wire §6.2). */
const UNBOUNDED_ANSWER_TOKENS = 16;

export function chatCost(ask: ChatAsk, facts: ModelFacts): number {
  const answer = ask.answerTokensMax ?? (facts.reasoning ? 0 : UNBOUNDED_ANSWER_TOKENS);
  return ask.promptTokensEstimated + answer * ask.choices;
}
