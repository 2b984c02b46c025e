/**
 * How many tokens a text is, told by its characters alone: exact counting costs a hundred megabytes of memory and is not needed to
 * stay below a limit. Fitted to o200k_base on prose in seven languages, tables, code and figures: at most a sixth below, mostly above.
 */
import type { Range } from './sentences.ts';

const COSTS: ReadonlyArray<readonly [pattern: RegExp, tokens: number]> = [
  [/[a-zA-Z]/u, 0.28],
  [/[ \t]/u, 0.05],
  [/\p{N}/u, 0.55],
  [/(?![a-zA-Z])\p{Script=Latin}/u, 0.7],
  [/[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, 0.9],
  [/(?!\p{Script=Latin}|\p{Script=Hangul}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana})\p{L}/u, 0.45],
];
/** Punctuation, line ends, marks. */
const OTHER_COST = 0.8;
/** Characters of two UTF-16 units that are no letters: pictographs. */
const PAIR_COST = 2;

/** Of one character by its code unit, so that a text is read once. */
const COST_BY_UNIT = new Map<string, number>();

export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const char of text) tokens += costOf(char);
  return tokens === 0 ? 0 : Math.ceil(tokens - 1e-9);
}

/** Where the longest part ends that is within the limit, never inside a character; one character at least is taken. */
export function tokensEnd(text: string, { start, end }: Range, tokensMax: number): number {
  let tokens = 0;
  let at = start;
  while (at < end) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    tokens += costOf(char);
    if (tokens > tokensMax && at > start) return at;
    at += char.length;
  }
  return end;
}

/** Scripts of a hundred thousand characters do not fill the memory. */
const KNOWN_CHARS_MAX = 20_000;

/** Characters whose cost is remembered; of others it is found each time. */
export function knownChars(): number {
  return COST_BY_UNIT.size;
}

function costOf(char: string): number {
  const known = COST_BY_UNIT.get(char);
  if (known !== undefined) return known;
  const cost = COSTS.find(([pattern]) => char.search(pattern) === 0)?.[1] ?? (char.length > 1 ? PAIR_COST : OTHER_COST);
  if (COST_BY_UNIT.size < KNOWN_CHARS_MAX) COST_BY_UNIT.set(char, cost);
  return cost;
}
