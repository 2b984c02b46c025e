/** The few statistics the benchmark needs. Rounds without a figure are null and are left out. */

/** Middle value; null when there is none. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined) return null;
  const lower = sorted[(sorted.length - 1) >> 1] ?? upper;
  return (lower + upper) / 2;
}

/**
 * Median of the ratios of each round: `ours[i]` and `theirs[i]` were measured next to each other, so what else happened on the machine
 * weighs on both. (A ratio of medians would compare different moments.)
 */
export function medianRatio(ours: readonly (number | null)[], theirs: readonly (number | null)[]): number | null {
  return median(ours.map((value, round) => ratio(value, theirs[round] ?? null)));
}

function ratio(value: number | null, to: number | null): number | null {
  return value === null || to === null || to === 0 ? null : value / to;
}

/** Smallest and largest value; null when there is none. */
export function span(values: readonly (number | null)[]): readonly [number, number] | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : [Math.min(...known), Math.max(...known)];
}
