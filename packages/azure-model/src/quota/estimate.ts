/**
 * What a request counts for on arrival: more than will be billed, which is why 429s come below the quota.
 * Sources: wire reference §6.2 (documented), §7.2 (provisioned); simulator reference R-02 to R-04 (measured in 2024).
 */
import type { ModelFacts, ProvisionedFigures } from '@spillway/protocol';
import type { GenerationAsk } from '../ask/generation.ts';
import type { Deployment } from '../deployment.ts';
import { tokensOfChars } from '../text.ts';

/** documented: prompt estimate and maximum answer, in a fixed minute. measured-2024: as the service was seen to count, in a sliding minute. */
export const QUOTA_MODES = ['documented', 'measured-2024'] as const;
export type QuotaMode = (typeof QUOTA_MODES)[number];

/** Charged for an answer whose length the request does not bound. Tokens. Reasoning models: 0 (wire §6.2). */
const UNBOUNDED_ANSWER_TOKENS = 16;

/** The Standard estimate. Nothing is given back when the answer turns out shorter. Tokens. */
export function standardCost(ask: GenerationAsk, facts: ModelFacts, mode: QuotaMode): number {
  if (mode === 'measured-2024') return measuredCost(ask, facts);
  const answer = ask.answerTokensMax ?? (facts.reasoning ? 0 : UNBOUNDED_ANSWER_TOKENS);
  let chars = 0;
  for (const each of ask.prompt.chars) chars += each;
  return tokensOfChars(chars) + answer * ask.generated;
}

/** Charged in 2024 for an unbounded answer of gpt-35-turbo, whose prompt counted nothing (simulator reference R-02). Tokens. */
const MEASURED_UNBOUNDED_35 = 16;
/** The same of gpt-4 and its successors, beside the prompt. Tokens. */
const MEASURED_UNBOUNDED = 640;

/** Of each message, a token for every four characters begun, and one; streams cost the same. */
function measuredCost(ask: GenerationAsk, facts: ModelFacts): number {
  const ignoresPrompt = ask.operation === 'completions' || /^gpt-3\.?5/.test(facts.name);
  if (ignoresPrompt) return (ask.answerTokensMax ?? MEASURED_UNBOUNDED_35) * ask.generated;
  let prompt = 0;
  for (const chars of ask.prompt.chars) prompt += Math.floor(chars / 4) + 1;
  return prompt + (ask.answerTokensMax ?? MEASURED_UNBOUNDED) * ask.generated;
}

/** Assumed of a provisioned answer whose length the request does not bound. Tokens; what Azure takes is not published (wire §11 no. 2). */
export const ASSUMED_ANSWER_TOKENS = 1000;

/**
 * What a request is charged on a provisioned deployment when it arrives. Normalised tokens: those of the prompt, without what the
 * cache holds, and those of the longest answer with the weight of output.
 */
export function provisionedEstimate(
  ask: GenerationAsk,
  cachedTokens: number,
  figures: ProvisionedFigures,
  assumedAnswerTokens: number,
): number {
  const answer = (ask.answerTokensMax ?? assumedAnswerTokens) * ask.generated;
  return ask.prompt.tokens - cachedTokens + figures.outputWeight * answer;
}

/** What a request is charged on its deployment when it arrives: tokens on a Standard one, normalised tokens on a provisioned one. */
export function arrivalCost(
  { quota, quotaMode, facts, assumedAnswerTokens }: Deployment,
  ask: GenerationAsk,
  cachedTokens: number,
): number {
  return quota.kind === 'standard'
    ? standardCost(ask, facts, quotaMode)
    : provisionedEstimate(ask, cachedTokens, facts.provisioned, assumedAnswerTokens);
}

/** What it turned out to have used; the estimate is replaced by this. Normalised tokens. */
export function provisionedUse(
  promptTokens: number,
  cachedTokens: number,
  completionTokens: number,
  figures: ProvisionedFigures,
): number {
  return promptTokens - cachedTokens + figures.outputWeight * completionTokens;
}
