/**
 * Quota that is reserved and never used: Azure counts the longest answer that a request allows against the quota when it comes, so a
 * lavish `max_tokens` keeps others out. Who does so, how much it costs, and what would be enough.
 * Source: wire reference §6.2; peers §4.2 no. 11.
 */
import type { CallerAdvice } from '@spillway/protocol';
import type { Estimator, Profile } from './estimator.ts';

/** The worst first: by tokens reserved and not used. */
export function advice(estimator: Estimator): readonly CallerAdvice[] {
  return [...estimator.profiles()]
    .filter(({ habit }) => habit.sums.requests > 0)
    .map(adviceOf)
    .sort((a, b) => unusedOf(b) - unusedOf(a));
}

function unusedOf({ reservedTokens, usedTokens }: CallerAdvice): number {
  return reservedTokens - usedTokens;
}

function adviceOf({ client, model, operation, habit }: Profile): CallerAdvice {
  const { lengths, sums } = habit;
  const { requests, bounded, reached, reservedTokens, usedTokens } = sums;
  const facts = {
    client,
    model,
    operation,
    requests,
    bounded,
    reached,
    reservedTokens,
    usedTokens,
    wastedShare: reservedTokens === 0 ? null : 1 - Math.min(1, usedTokens / reservedTokens),
    answerTokensP50: lengths.quantile(0.5),
    answerTokensP99: lengths.quantile(0.99),
    answerTokensP999: lengths.quantile(0.999),
    lengthsOf: Math.round(lengths.total),
  };
  return { ...facts, ...suggestion(facts, sums.boundedPromptTokens) };
}

type Facts = Omit<CallerAdvice, 'suggestedTokensMax' | 'admits' | 'text'>;
type Suggestion = Pick<CallerAdvice, 'suggestedTokensMax' | 'admits' | 'text'>;

const NOTHING_TO_SAY: Suggestion = { suggestedTokensMax: null, admits: null, text: null };

/** Of fewer answers, one in a thousand says nothing. */
const ANSWERS_MIN = 100;
/** Less is not worth a change. */
const ADMITS_MIN = 1.1;
/** A larger share of answers that end at their bound: they would go on, and how long is not known. */
const REACHED_SHARE_MAX = 0.01;
/** Above the longest answers seen. */
const ROOM = 1.1;

function suggestion(facts: Facts, boundedPromptTokens: number): Suggestion {
  const { bounded, reached, requests, answerTokensP999, lengthsOf } = facts;
  if (lengthsOf < ANSWERS_MIN || answerTokensP999 === null) return NOTHING_TO_SAY;
  const suggested = roundUp(answerTokensP999 * ROOM);
  if (bounded < requests / 2) return unbounded(facts, suggested);
  if (reached > bounded * REACHED_SHARE_MAX) return truncated(facts);
  const prompt = boundedPromptTokens / bounded;
  const asked = facts.reservedTokens / bounded;
  const admits = (prompt + asked) / (prompt + suggested);
  if (admits < ADMITS_MIN) return NOTHING_TO_SAY;
  const text =
    `${shortAnswers(facts)}, and it asks for ${told(asked)}: asking for ${told(suggested)} would admit ` +
    `${admits.toFixed(1)} times as many requests`;
  return { suggestedTokensMax: suggested, admits, text };
}

function shortAnswers({ client, model, operation, answerTokensP999, lengthsOf }: Facts): string {
  const whose = client === null ? '' : `${client}'s `;
  return `answers to ${whose}${operation} of ${model} have ${told(answerTokensP999 ?? 0)} tokens or fewer in 99.9 % of ${told(lengthsOf)} requests`;
}

/** Nothing is known of what Standard deployments count for these; provisioned ones guess (wire §6.2, §7.2). */
function unbounded(facts: Facts, suggested: number): Suggestion {
  const text =
    `${shortAnswers(facts)}, and it sets no bound: provisioned deployments then guess one; ` +
    `asking for ${told(suggested)} would tell them`;
  return { suggestedTokensMax: suggested, admits: null, text };
}

function truncated({ client, model, operation, bounded, reached }: Facts): Suggestion {
  const whose = client === null ? '' : `${client}'s `;
  const text =
    `${told(reached)} of ${told(bounded)} answers to ${whose}${operation} of ${model} ended at the bound they were asked with: ` +
    'they may have been cut short; a higher bound costs more quota';
  return { ...NOTHING_TO_SAY, text };
}

/** To a number that people write: two and three times a power of two. */
function roundUp(tokens: number): number {
  let power = 16;
  while (power < tokens) power *= 2;
  return power * 0.75 >= tokens && power > 16 ? power * 0.75 : power;
}

function told(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}
