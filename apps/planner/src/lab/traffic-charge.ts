/** What Azure counts a request for: the true cost, under one draw of what is not known. Sources: wire reference §6.2, §7.2, §11. */
import type { ProvisionedFigures } from '@spillway/protocol';
import type { Asked } from './prompts.ts';
import type { Draw, LabDeployment } from './types.ts';

const MINUTE_MS = 60_000;

/** Counted against a Standard deployment when a request arrives. Tokens. */
export function standardCharge(
  { promptChars, answerTokensMax, choices }: Asked,
  { charsPerToken, unboundedTokens, choicesCount }: Draw,
): number {
  const answer = (answerTokensMax ?? unboundedTokens) * (choicesCount ? choices : 1);
  return Math.ceil(promptChars / charsPerToken) + answer;
}

/** Room that it takes of a provisioned deployment in the end. Normalised tokens. @param cachedTokens of the prompt, found in the cache. */
export function provisionedUsed(
  { promptTokens, answerTokens }: Asked,
  cachedTokens: number,
  { outputWeight }: Pick<ProvisionedFigures, 'outputWeight'>,
): number {
  return promptTokens - cachedTokens + outputWeight * answerTokens;
}

/**
 * Room that it takes of a Standard deployment's minute. Where the charge is replaced by what was used when the answer is whole, it still
 * stands until then: for so much of the minute as the answer takes. Tokens.
 */
export function standardRoom(asked: Asked, draw: Draw, { firstByteMs, tokenMs }: LabDeployment): number {
  const charge = standardCharge(asked, draw);
  if (!draw.refunds) return charge;
  const used = asked.promptTokens + asked.answerTokens;
  const underWay = Math.min(1, (firstByteMs + (tokenMs * asked.answerTokens) / asked.choices) / MINUTE_MS);
  return used + (charge - used) * underWay;
}
