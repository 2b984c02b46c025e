/** How long an answer takes: a time to the first token, and a time for each token after it, each answer a little different. */
import type { Unit } from './prose.ts';

export interface Latency {
  /** Middle of the time from the request to the first token. Milliseconds; 0 for none. */
  readonly firstTokenMs: number;
  /** Middle of the time between two tokens. Milliseconds; 0 for none. */
  readonly perTokenMs: number;
}

/** As of a lightly loaded gpt-4o, shortened so that people at a demo do not wait. */
export const DEFAULT_LATENCY: Latency = { firstTokenMs: 150, perTokenMs: 8 };

/** Answers take between 1 − SPREAD and 1 + SPREAD of the middle. */
const SPREAD = 0.25;

/** The pace of one answer. */
export function paceOf(latency: Latency, unit: Unit): Latency {
  return {
    firstTokenMs: latency.firstTokenMs * (1 - SPREAD + 2 * SPREAD * unit()),
    perTokenMs: latency.perTokenMs * (1 - SPREAD + 2 * SPREAD * unit()),
  };
}

/** Until an answer that comes in one piece is there. */
export function wholeAnswerMs(pace: Latency, tokens: number): number {
  return pace.firstTokenMs + pace.perTokenMs * Math.max(0, tokens - 1);
}

/** Tokens that are there after so long. */
export function tokensAfter(pace: Latency, elapsedMs: number): number {
  if (elapsedMs < pace.firstTokenMs) return 0;
  if (pace.perTokenMs <= 0) return Number.POSITIVE_INFINITY;
  return 1 + Math.floor((elapsedMs - pace.firstTokenMs) / pace.perTokenMs);
}
