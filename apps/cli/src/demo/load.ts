/**
 * The demo's load as a plan: which request goes out when. Pure: the same seed gives the same plan, and both ways send it.
 * Its size is the demo's point: one resource's tokens of a minute are spent after some seconds, those of three are enough.
 */
import { seededUnit, type Unit } from '@spillway/clock';
import { QUESTIONS, SOURCES } from './handbook.ts';

/** What each simulated resource may take. Tokens per minute; as in the articles' samples. */
export const QUOTA_TOKENS_PER_MINUTE = 30_000;

/** Short enough that no minute of a deployment ends within it. Milliseconds. */
const LOAD_MS = 36_000;

/** 25 requests in 10 s: below the 30 that Azure lets through with 30,000 tokens a minute, so that only tokens run out (wire §6.4). */
const INTERVAL_MS = 400;

/** Counted on arrival, about: prompt and longest answer together. Tokens. */
const REQUEST_TOKENS = 890;
const ANSWER_TOKENS_MAX = [300, 350, 400] as const;
const CHARS_PER_TOKEN = 4;

/** Every other request or so is streamed. */
const STREAMED_SHARE = 0.5;

export interface PlannedRequest {
  /** From the start of the load. */
  readonly atMs: number;
  readonly streamed: boolean;
  readonly system: string;
  readonly question: string;
  readonly answerTokensMax: number;
  /** What Azure counts on arrival: a token for each four characters of the prompt, and the longest answer (wire §6.2). */
  readonly tokens: number;
}

export interface Load {
  readonly requests: readonly PlannedRequest[];
  readonly durationMs: number;
}

export function planLoad(seed: number): Load {
  const unit = seededUnit(seed);
  const count = LOAD_MS / INTERVAL_MS;
  const requests = Array.from({ length: count }, (_, i) => plannedRequest(i, unit));
  return { requests, durationMs: LOAD_MS };
}

function plannedRequest(index: number, unit: Unit): PlannedRequest {
  const atMs = Math.round((index + unit()) * INTERVAL_MS);
  const answerTokensMax = pick(ANSWER_TOKENS_MAX, unit);
  const question = pick(QUESTIONS, unit);
  const system = instructions((REQUEST_TOKENS - answerTokensMax) * CHARS_PER_TOKEN - question.length, unit);
  const tokens = Math.ceil((system.length + question.length) / CHARS_PER_TOKEN) + answerTokensMax;
  return { atMs, streamed: unit() < STREAMED_SHARE, system, question, answerTokensMax, tokens };
}

/** As a chat app over documents sends them: a rule, and as many sources as fit. */
function instructions(charsMax: number, unit: Unit): string {
  let text = 'Answer the question from the sources below, and name the source you used.';
  for (let n = 1; ; n++) {
    const next = `${text}\n[source ${n}] ${pick(SOURCES, unit)}`;
    if (next.length > charsMax) return text;
    text = next;
  }
}

function pick<T>(from: readonly [T, ...T[]], unit: Unit): T {
  return from[Math.floor(unit() * from.length)] ?? from[0];
}
