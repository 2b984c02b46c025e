/** How long an answer is to be: as the last user turn asks ("in 40 words", "at least 500 tokens"), to the limit, or as answers usually are. */
import type { Unit } from './prose.ts';

/** What is counted, and how many of it. */
export interface Length {
  readonly unit: 'tokens' | 'words' | 'sentences';
  readonly count: number;
}

/** Longest answer that a prompt can ask for in words. */
const ASKED_MAX = 20_000;
/** Of the last user turn the end is looked at: there people say how long. UTF-16 units. */
const LOOKED_AT_CHARS = 2000;
const ASKED = /(?<![\d.,])(\d{1,3}(?:,\d{3})|\d{1,5})[ -](word|token|sentence)s?\b/i;

/** null where the text asks for none. */
export function askedLength(text: string): Length | null {
  const found = ASKED.exec(text.length > LOOKED_AT_CHARS ? text.slice(-LOOKED_AT_CHARS) : text);
  if (found === null) return null;
  const count = Number(found[1]?.replace(',', ''));
  if (count < 1) return null;
  return { unit: unitOf(found[2] ?? ''), count: Math.min(ASKED_MAX, count) };
}

function unitOf(word: string): Length['unit'] {
  if (/^token/i.test(word)) return 'tokens';
  return /^word/i.test(word) ? 'words' : 'sentences';
}

/** Bounds for the rare very short and very long ones, as shares of the middle. */
const SHORTEST = 0.16;
const LONGEST = 8;

/** Lengths spread as those of real answers do: many near the middle, a long tail above. Tokens. */
export function usualTokens(median: number, unit: Unit): number {
  const aboutNormal = (unit() + unit() + unit() - 1.5) * 2;
  const tokens = median * Math.exp(0.7 * aboutNormal);
  return Math.max(1, Math.round(Math.min(LONGEST * median, Math.max(SHORTEST * median, tokens))));
}
