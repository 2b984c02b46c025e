/**
 * Shares by weight and by how soon the first byte used to come: one that takes twice as long gets a quarter. For callers who wait,
 * with deployments near and far. A share, not the fastest alone: that one would be slow at once, and the others never measured again.
 */
import type { Look } from '../look.ts';
import type { Strategy } from './strategy.ts';
import { drawn, weightOf } from './weighted.ts';

export const latency: Strategy = {
  name: 'latency',
  foresees: false,
  insist: null,
  choose(candidates, _facts, unit) {
    const fastestMs = fastest(candidates);
    return drawn(candidates, unit, (look) => weightOf(look) * (fastestMs / latencyMsOf(look, fastestMs)) ** 2);
  },
};

/** Shorter times are all one: they are not to decide. Milliseconds. */
const LATENCY_MS_MIN = 1;

/** One that was never measured passes for the fastest, so that it will be. */
function latencyMsOf({ latencyMs }: Look, fastestMs: number): number {
  return latencyMs === null ? fastestMs : Math.max(LATENCY_MS_MIN, latencyMs);
}

function fastest(candidates: readonly Look[]): number {
  let fastestMs = Number.POSITIVE_INFINITY;
  for (const look of candidates) fastestMs = Math.min(fastestMs, latencyMsOf(look, Number.POSITIVE_INFINITY));
  return fastestMs === Number.POSITIVE_INFINITY ? LATENCY_MS_MIN : fastestMs;
}
