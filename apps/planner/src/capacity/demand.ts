/** What one minute asks for, and workloads, which say it in advance. */
import type { ModelFacts } from '@spillway/protocol';
import { momentsOf, type Shape } from './shape.ts';

/** Of one minute. Tokens as billed, but for `arrivalTokens`. */
export interface Demand {
  readonly calls: number;
  /** Those read from the cache included. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly answerTokens: number;
  /** What a Standard quota counts when the calls arrive: prompt and the longest answer that they allow. */
  readonly arrivalTokens: number;
}

export const NO_DEMAND: Demand = { calls: 0, promptTokens: 0, cachedTokens: 0, answerTokens: 0, arrivalTokens: 0 };

export interface Workload {
  readonly name: string;
  readonly callsPerMinute: number;
  readonly prompt: Shape;
  readonly answer: Shape;
  /** Share of the prompt's tokens that a cache holds, 0 to 1. */
  readonly cachedShare: number;
  /** The calls' own bound of the answer (`max_tokens`); null: they have none. */
  readonly maxTokens: number | null;
}

/** Assumed on arrival for an answer without a bound. Tokens; wire reference §6.2. */
const UNBOUNDED_TOKENS = 16;

/**
 * Tokens that a Standard quota counts for an answer on arrival. Calls without a bound seem to be counted with 16 tokens, or with
 * none; nobody promises that it stays so, so that the answer itself counts where it is longer.
 */
export function arrivalAnswer(maxTokens: number | null, answerTokens: number, { kind, reasoning }: ModelFacts): number {
  // What has no answer in tokens counts its input alone.
  if (kind === 'embeddings') return 0;
  return maxTokens ?? Math.max(reasoning ? 0 : UNBOUNDED_TOKENS, answerTokens);
}

/** What a workload asks of a minute on average. */
export function demandOf(workload: Workload, facts: ModelFacts): Demand {
  const { callsPerMinute: calls, prompt, answer, cachedShare, maxTokens } = workload;
  const [promptTokens, answerTokens] = [momentsOf(prompt).mean, momentsOf(answer).mean];
  return times(calls, {
    calls: 1,
    promptTokens,
    cachedTokens: promptTokens * cachedShare,
    answerTokens,
    arrivalTokens: promptTokens + arrivalAnswer(maxTokens, answerTokens, facts),
  });
}

export function plus(a: Demand, b: Demand): Demand {
  return {
    calls: a.calls + b.calls,
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    answerTokens: a.answerTokens + b.answerTokens,
    arrivalTokens: a.arrivalTokens + b.arrivalTokens,
  };
}

export function times(factor: number, a: Demand): Demand {
  return {
    calls: a.calls * factor,
    promptTokens: a.promptTokens * factor,
    cachedTokens: a.cachedTokens * factor,
    answerTokens: a.answerTokens * factor,
    arrivalTokens: a.arrivalTokens * factor,
  };
}

export function sumOf(demands: Iterable<Demand>): Demand {
  let sum = NO_DEMAND;
  for (const each of demands) sum = plus(sum, each);
  return sum;
}
