/** Priorities and weights in the range that a pool of API Management has: whole numbers up to 100. */
const PRIORITY_MAX = 100;
const WEIGHT_MAX = 100;

/** Their order, from 1: the numbers themselves may be up to a million. What comes after the hundredth shares the last place. */
export function prioritiesOf(priorities: readonly number[]): number[] {
  const order = [...new Set(priorities)].sort((a, b) => a - b);
  return priorities.map((priority) => Math.min(order.indexOf(priority) + 1, PRIORITY_MAX));
}

/** As they are where they fit; else in proportion to the largest, and never 0, which would take a member out. */
export function weightsOf(weights: readonly number[]): number[] {
  if (weights.every((weight) => Number.isInteger(weight) && weight <= WEIGHT_MAX)) return [...weights];
  const largest = Math.max(...weights);
  return weights.map((weight) => Math.max(1, Math.round((weight / largest) * WEIGHT_MAX)));
}
