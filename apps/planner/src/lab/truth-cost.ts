/** What Azure charges for a request, as the draw has it: what of that is true nobody outside knows (wire §6.2, §7.2, §11 nos. 2 and 4). */
import { isProvisioned, modelFacts } from '@spillway/protocol';
import type { Arrival, Draw, LabDeployment } from './types.ts';

/** What of a request costs. */
type Asked = Pick<Arrival, 'promptTokens' | 'promptChars' | 'answerTokensMax' | 'answerTokens' | 'choices'>;

/** On arrival at a Standard deployment. Tokens. */
export function standardCharge(
  { promptChars, answerTokensMax, choices }: Asked,
  { charsPerToken, unboundedTokens, choicesCount }: Draw,
): number {
  const answer = (answerTokensMax ?? unboundedTokens) * (choicesCount ? choices : 1);
  return Math.ceil(promptChars / charsPerToken) + answer;
}

/** On arrival at a provisioned deployment. Normalised tokens. */
export function provisionedCharge(asked: Asked, cachedTokens: number, outputWeight: number, draw: Draw): number {
  const answer = (asked.answerTokensMax ?? draw.provisionedUnboundedTokens) * asked.choices;
  return asked.promptTokens - cachedTokens + outputWeight * answer;
}

/** What it turned out to use there. Normalised tokens. */
export function provisionedUse(
  { promptTokens, answerTokens }: Asked,
  cachedTokens: number,
  outputWeight: number,
): number {
  return promptTokens - cachedTokens + outputWeight * answerTokens;
}

export function isProvisionedLab({ type }: LabDeployment): boolean {
  return isProvisioned(type);
}

export function outputWeightOf({ model }: LabDeployment): number {
  return modelFacts(model).provisioned.outputWeight;
}
