/** How much a reasoning model thinks before it answers. */

import type { ModelFacts } from '@spillway/protocol';
import type { GenerationAsk, ReasoningEffort } from '../ask/generation.ts';
import { defaultEffort } from '../ask/sampling.ts';
import type { Unit } from './prose.ts';

/** Middle of the tokens for each effort: our assumption, since none are published. */
const MEDIANS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 16,
  low: 96,
  medium: 320,
  high: 1024,
  xhigh: 2560,
};
/** Answers of the service tell thoughts in such steps. Tokens. */
const STEP = 64;

/** Tokens; 0 for models that do not think. May be more than the request allows. */
export function thoughtTokens({ reasoningEffort }: GenerationAsk, facts: ModelFacts, unit: Unit): number {
  if (!facts.reasoning) return 0;
  const median = MEDIANS[reasoningEffort ?? defaultEffort(facts)];
  if (median === 0) return 0;
  const tokens = median * Math.exp(unit() + unit() - 1);
  return Math.round(tokens / STEP) * STEP;
}
