/**
 * Minutes of calls that come at random: so many on average, each on its own (a Poisson process), with lengths drawn from their
 * distributions. A peak is then a figure with a chance, as it is where traffic is measured.
 */
import { seededUnit, type Unit } from '@spillway/clock';
import type { ModelFacts } from '@spillway/protocol';
import { arrivalAnswer, type Demand, sumOf, type Workload } from './demand.ts';
import { drawNormal, drawShape, momentsOf, type Shape } from './shape.ts';

/** A day of them: the 99th percentile is then the busiest quarter of an hour. */
export const RANDOM_MINUTES = 1_440;

/** Above so many calls in a minute, their sum is drawn as a normal one: nobody could tell the difference. */
const DRAWN_CALLS_MAX = 200;

/** The same seed gives the same minutes. */
export function randomMinutes(
  workloads: readonly Workload[],
  facts: ModelFacts,
  { seed = 1, minutes = RANDOM_MINUTES } = {},
): readonly Demand[] {
  const unit = seededUnit(seed);
  return Array.from({ length: minutes }, () => sumOf(workloads.map((each) => randomMinute(each, facts, unit))));
}

function randomMinute(workload: Workload, facts: ModelFacts, unit: Unit): Demand {
  const { callsPerMinute, prompt, answer, cachedShare, maxTokens } = workload;
  const calls = drawPoisson(callsPerMinute, unit);
  const promptTokens = drawSum(prompt, calls, unit);
  const answerTokens = drawSum(answer, calls, unit);
  const answerMean = calls === 0 ? 0 : answerTokens / calls;
  return {
    calls,
    promptTokens,
    cachedTokens: promptTokens * cachedShare,
    answerTokens,
    arrivalTokens: promptTokens + calls * arrivalAnswer(maxTokens, answerMean, facts),
  };
}

/** Above so many it is drawn as a normal number. */
const POISSON_EXACT_MAX = 60;

function drawPoisson(mean: number, unit: Unit): number {
  if (mean > POISSON_EXACT_MAX) return Math.max(0, Math.round(mean + Math.sqrt(mean) * drawNormal(unit)));
  const limit = Math.exp(-mean);
  let count = 0;
  // Ends: the product shrinks with every draw, and none of them is 1.
  for (let product = unit(); product > limit; product *= unit()) count++;
  return count;
}

function drawSum(shape: Shape, count: number, unit: Unit): number {
  if (shape.kind === 'value') return shape.tokens * count;
  if (count > DRAWN_CALLS_MAX) {
    const { mean, variance } = momentsOf(shape);
    return Math.max(0, count * mean + Math.sqrt(count * variance) * drawNormal(unit));
  }
  let sum = 0;
  for (let at = 0; at < count; at++) sum += drawShape(shape, unit);
  return sum;
}
