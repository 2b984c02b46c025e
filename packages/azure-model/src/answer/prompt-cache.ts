/**
 * What a deployment remembers of earlier prompts: the longest beginning that an earlier one had too is free on provisioned
 * deployments, cheap on others. No text is kept, only a chain of hashes: one number for each beginning of a whole number of blocks.
 * Source: Azure's page on prompt caching: from 1,024 tokens on, in steps of 128, cleared after 5 to 10 minutes without use.
 */
import type { Turn } from '../ask/generation.ts';

export const CACHED_TOKENS_MIN = 1024;
export const CACHED_TOKENS_STEP = 128;
/** Since it was used last. Milliseconds. */
export const REMEMBERED_MS = 5 * 60_000;
/** Beginnings that are remembered, the latest used: those of 2 million tokens. Each takes about 50 bytes. */
export const BEGINNINGS_MAX = 16_384;

/** A token is taken for four characters, as everywhere. */
const STEP_CHARS = CACHED_TOKENS_STEP * 4;
/** What frames a message counts as so many characters: its four tokens. */
const FRAME_CHARS = 16;
const FIRST_BLOCKS = CACHED_TOKENS_MIN / CACHED_TOKENS_STEP;

export interface Found {
  /** Tokens of the prompt that were there. */
  readonly cachedTokens: number;
  readonly beginnings: readonly number[];
}

const NOTHING: Found = { cachedTokens: 0, beginnings: [] };

export class PromptCache {
  /** When each beginning was used last, the latest at the end. */
  readonly #usedMs = new Map<number, number>();

  /** What of a prompt is there already; nothing is remembered by that. */
  look(turns: readonly Turn[], promptTokens: number, nowMs: number): Found {
    if (promptTokens < CACHED_TOKENS_MIN) return NOTHING;
    const beginnings = beginningsOf(turns);
    const known = this.#known(beginnings, nowMs);
    const whole = promptTokens - (promptTokens % CACHED_TOKENS_STEP);
    const cachedTokens = known === 0 ? 0 : Math.min(whole, (FIRST_BLOCKS + known - 1) * CACHED_TOKENS_STEP);
    return { cachedTokens, beginnings };
  }

  /** Of a prompt that is let in: one that is refused was never read, and leaves nothing behind. */
  remember({ beginnings }: Found, nowMs: number): void {
    if (beginnings.length > 0) this.#remember(beginnings, nowMs);
  }

  /** Beginnings that are remembered now. */
  get size(): number {
    return this.#usedMs.size;
  }

  #known(beginnings: readonly number[], nowMs: number): number {
    let known = 0;
    for (const beginning of beginnings) {
      const usedMs = this.#usedMs.get(beginning);
      if (usedMs === undefined || nowMs - usedMs > REMEMBERED_MS) break;
      known++;
    }
    return known;
  }

  /** From the longest to the shortest, so that the shortest, on which the others rest, are forgotten last. */
  #remember(beginnings: readonly number[], nowMs: number): void {
    for (let i = Math.min(beginnings.length, BEGINNINGS_MAX) - 1; i >= 0; i--) {
      const beginning = beginnings[i] ?? 0;
      this.#usedMs.delete(beginning);
      this.#usedMs.set(beginning, nowMs);
    }
    for (const [beginning, usedMs] of this.#usedMs) {
      if (this.#usedMs.size <= BEGINNINGS_MAX && nowMs - usedMs <= REMEMBERED_MS) break;
      this.#usedMs.delete(beginning);
    }
  }
}

const ROLE_CODES: Readonly<Record<Turn['role'], number>> = { system: 1, user: 2, assistant: 3, tool: 4 };

/** One number for each beginning that can be cached, the shortest first. 53 bits of hash. */
function beginningsOf(turns: readonly Turn[]): readonly number[] {
  const beginnings: number[] = [];
  let left = STEP_CHARS;
  let blocks = 0;
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  const close = () => {
    left += STEP_CHARS;
    if (++blocks >= FIRST_BLOCKS) beginnings.push((high >>> 0) * 0x200000 + ((low >>> 0) & 0x1fffff));
  };
  for (const { role, text } of turns) {
    high = Math.imul(high ^ ROLE_CODES[role], 0x01000193);
    low = Math.imul(low + ROLE_CODES[role] + 0x10000, 0x85ebca6b);
    left -= FRAME_CHARS;
    if (left <= 0) close();
    let at = 0;
    while (at < text.length) {
      const end = Math.min(text.length, at + left);
      left -= end - at;
      for (; at < end; at++) {
        const unit = text.charCodeAt(at);
        high = Math.imul(high ^ unit, 0x01000193);
        low = Math.imul((low ^ (low >>> 15)) + unit, 0x85ebca6b);
      }
      if (left <= 0) close();
    }
  }
  return beginnings;
}
