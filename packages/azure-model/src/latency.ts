/**
 * How long an answer takes: until its head, its first token, and each token after it; how that varies from answer to answer and from
 * token to token, and how it grows with the prompt and the load. A model, not a measurement: Azure publishes no more of this than a
 * target for busy provisioned deployments (wire reference §7.3).
 */
import type { Choice } from './answer/choice.ts';
import type { Unit } from './answer/prose.ts';
import type { Deployment } from './deployment.ts';
import { mix32 } from './text.ts';

export interface Latency {
  /** Middle of the time from the request to the first token, of a short prompt on an idle deployment. Milliseconds; 0 for none. */
  readonly firstTokenMs: number;
  /** Middle of the time between two tokens on an idle deployment. Milliseconds; 0 for none. */
  readonly perTokenMs: number;
  /** Of the time to the first token, the part after which the head of a stream is sent. Milliseconds; default 0: at once. */
  readonly headersMs?: number;
  /**
   * What each token of the prompt adds to the time to the first token; those found in the cache add nothing. Milliseconds; default:
   * {@link PROMPT_TOKENS_PER_FIRST_TOKEN} of them add as much as `firstTokenMs`.
   */
  readonly perPromptTokenMs?: number;
  /** How much answers differ: about two thirds lie within this share of the middle. 0 to 1; default 0.15; 0: all are alike. */
  readonly spread?: number;
  /** How much the times between the tokens of one answer differ, as a share of their mean. 0 to 1; default 0.5. */
  readonly gapSpread?: number;
  /** How many times as long a fully loaded deployment takes. 1 to 100; default 2; 1: load makes no difference. */
  readonly loadFactor?: number;
  /** Answers under way at once with which a Standard deployment is fully loaded. Above 0; default 100. */
  readonly fullLoadAnswers?: number;
}

/** As of a lightly loaded gpt-4o, shortened so that people at a demo do not wait. */
export const DEFAULT_LATENCY: Latency = { firstTokenMs: 150, perTokenMs: 8 };

/** A prompt of so many tokens doubles the default time to the first token. */
export const PROMPT_TOKENS_PER_FIRST_TOKEN = 5000;

const SPREAD = 0.15;
const GAP_SPREAD = 0.5;
const LOAD_FACTOR = 2;
const FULL_LOAD_ANSWERS = 100;

/** However chance falls, an answer takes at least a third of the middle and at most three times it. */
const VARIATION_MAX = 3;

/** A logistic distribution of this scale looks like a normal one of deviation 1. */
const LOGISTIC_SCALE = 0.5513;

/** The pace of one answer. */
export interface Pace {
  /** From the request to the head of a stream. Milliseconds. */
  readonly headersMs: number;
  /** From the head of a stream to its first token. Milliseconds. */
  readonly firstTokenMs: number;
  /** Mean time between two tokens. Milliseconds. */
  readonly perTokenMs: number;
  /** How far a token may come after its even time, as a share of `perTokenMs`: 0 to 1; absent: none. */
  readonly gapSpread?: number;
  /** Says which token comes how late. Absent: 0. */
  readonly seed?: number;
}

/** How busy a deployment is when a request comes. */
export interface Load {
  /** Answers being generated. */
  readonly active: number;
  /** Of a provisioned deployment, 1 is 100 %; null for others. */
  readonly utilisation: number | null;
  /** Of a provisioned deployment: tokens per second that 99 % of answers get at least (wire §7.3); null for others. */
  readonly tokensPerSecondTarget?: number | null;
}

export function loadOf({ active, quota, facts }: Deployment, nowMs: number): Load {
  if (quota.kind !== 'provisioned') return { active, utilisation: null, tokensPerSecondTarget: null };
  const { utilisation } = quota.state(nowMs);
  return { active, utilisation, tokensPerSecondTarget: facts.provisioned.tokensPerSecondTarget };
}

export interface PaceAsk {
  readonly unit: Unit;
  readonly load: Load;
  /** That the cache did not hold. */
  readonly promptTokens: number;
  /** Empty for embeddings. */
  readonly choices: readonly Choice[];
}

/**
 * Draws the pace of one answer. With l from 0 (idle) to 1 (full) for the load and F for `loadFactor`:
 * first token = (firstTokenMs + perPromptTokenMs × prompt) × (1 + (F − 1) × l) × chance + thoughts × token;
 * token = perTokenMs × (1 + (F − 1) × l) × chance, on provisioned deployments see {@link gapUnderLoad}.
 */
export function paceOf(latency: Latency, { unit, load, promptTokens, choices }: PaceAsk): Pace {
  const { firstTokenMs, perPromptTokenMs = firstTokenMs / PROMPT_TOKENS_PER_FIRST_TOKEN, spread = SPREAD } = latency;
  const loaded = loadShare(latency, load);
  const slower = 1 + ((latency.loadFactor ?? LOAD_FACTOR) - 1) * loaded;
  const promptMs = (firstTokenMs + perPromptTokenMs * promptTokens) * slower * variation(spread, unit());
  const perTokenMs = gapUnderLoad(latency, load, loaded, slower) * variation(spread, unit());
  const seed = Math.floor(unit() * 2 ** 32);
  // Choices think side by side: the longest thoughts are waited for.
  const thoughts = choices.reduce((longest, choice) => Math.max(longest, choice.reasoningTokens), 0);
  const untilFirstMs = promptMs + thoughts * perTokenMs;
  const headersMs = Math.min(latency.headersMs ?? 0, promptMs);
  return {
    headersMs,
    firstTokenMs: untilFirstMs - headersMs,
    perTokenMs,
    gapSpread: latency.gapSpread ?? GAP_SPREAD,
    seed,
  };
}

/**
 * How loaded a deployment is, from 0 to 1. Standard: evenly by answers under way, as `llm-d-inference-sim` has it. Provisioned: the
 * square of the utilisation, since capacity is set aside and a half empty deployment is hardly slower than an empty one.
 */
function loadShare({ fullLoadAnswers = FULL_LOAD_ANSWERS }: Latency, { active, utilisation }: Load): number {
  if (utilisation !== null) return Math.min(1, Math.max(0, utilisation)) ** 2;
  return Math.min(1, active / fullLoadAnswers);
}

/**
 * Middle of the time between tokens. A full provisioned deployment is as slow as its published target just allows: 99 of 100 answers
 * come at that rate or above. Where the setting alone is slower than that, or there is no target, the setting and its factor hold.
 */
function gapUnderLoad(latency: Latency, { tokensPerSecondTarget }: Load, loaded: number, slower: number): number {
  const { perTokenMs, spread = SPREAD, loadFactor = LOAD_FACTOR } = latency;
  const withFactor = perTokenMs * slower;
  if (tokensPerSecondTarget == null || perTokenMs <= 0 || loadFactor === 1) return withFactor;
  const slowestMiddle = 1000 / tokensPerSecondTarget / variation(spread, 0.99);
  return slowestMiddle > perTokenMs ? perTokenMs + (slowestMiddle - perTokenMs) * loaded : withFactor;
}

/** What the middle is multiplied by: 1 at `unit` 0.5; skewed as times are, since nothing takes less than none. */
function variation(spread: number, unit: number): number {
  const odds = Math.max(unit, Number.EPSILON) / Math.max(1 - unit, Number.EPSILON);
  return Math.min(VARIATION_MAX, Math.max(1 / VARIATION_MAX, odds ** (spread * LOGISTIC_SCALE)));
}

/** Until an answer that comes in one piece is there. @param tokens that are shown; thoughts are in the time to the first. */
export function wholeAnswerMs(pace: Pace, tokens: number): number {
  return pace.headersMs + tokenAtMs(pace, Math.max(0, tokens - 1));
}

/** When a token comes, so long after the head; the first is number 0. Milliseconds. */
export function tokenAtMs(pace: Pace, token: number): number {
  return pace.firstTokenMs + pace.perTokenMs * (token + lateness(pace, token));
}

/** Tokens that are there so long after the head. */
export function tokensAfter(pace: Pace, elapsedMs: number): number {
  if (elapsedMs < pace.firstTokenMs) return 0;
  if (pace.perTokenMs <= 0) return Number.POSITIVE_INFINITY;
  // No token is late by as much as a whole gap, so only the last one due by the even pace is in question, and by rounding its neighbour.
  const token = Math.floor((elapsedMs - pace.firstTokenMs) / pace.perTokenMs);
  if (elapsedMs < tokenAtMs(pace, token)) return token;
  return elapsedMs < tokenAtMs(pace, token + 1) ? token + 1 : token + 2;
}

/** How much later than evenly a token comes, in gaps: from 0 to, not with, `gapSpread`; the first one is on time. */
function lateness({ gapSpread = 0, seed = 0 }: Pace, token: number): number {
  return gapSpread === 0 || token === 0 ? 0 : (gapSpread * mix32(seed ^ mix32(token))) / 2 ** 32;
}
