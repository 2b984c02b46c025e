/** Token usage as Azure reports it, read from the end of an answer. Source: wire reference §5.1, §5.5. */

/** Tokens; null where the answer does not say. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly cachedTokens: number | null;
  readonly reasoningTokens: number | null;
}

export const NO_USAGE: Usage = {
  promptTokens: null,
  completionTokens: null,
  cachedTokens: null,
  reasoningTokens: null,
};

const KEY = '"usage"';
/** Objects tried from the end on; an answer has one, and each costs up to {@link USAGE_CHARS_MAX} characters. */
const TRIED_MAX = 8;
/** Longest `usage` object that is read; those of Azure have some 700 characters. */
const USAGE_CHARS_MAX = 4096;
/** More tokens than any answer has: such a figure is none, and one of them would outweigh all others in sums and means. */
const TOKENS_MAX = 1e9;

/**
 * The last `usage` object in a text: an answer's end, or the last events of a stream. It must be whole in the text; `"usage":null`
 * (every other chunk of a stream that reports usage) is passed over.
 *
 * The text is JSON, or SSE events of JSON, and may begin anywhere. What a model or a user wrote stands in strings there, its quotes
 * escaped, and so is never taken for usage; plain text (a transcription, the content of a file) would be: do not ask for those.
 * After the usage of a Responses answer up to 10,000 characters of `metadata` may follow: keep an end of 16 kB or more.
 */
export function usageIn(text: string): Usage | null {
  let tried = 0;
  for (let at = text.lastIndexOf(KEY); at >= 0 && tried < TRIED_MAX; at = before(text, at)) {
    const open = text[at - 1] === '\\' ? -1 : openingBrace(text, at + KEY.length);
    if (open < 0) continue;
    tried++;
    const end = closingBrace(text, open);
    const usage = end < 0 ? null : usageOf(text.slice(open, end + 1));
    if (usage !== null) return usage;
  }
  return null;
}

function before(text: string, at: number): number {
  return at === 0 ? -1 : text.lastIndexOf(KEY, at - 1);
}

/**
 * The four figures by their keys, wherever in the object they stand: each key is named once in all usage objects of Azure. Looking
 * for them costs a third of parsing the object, and this is done for every answer.
 */
function usageOf(object: string): Usage | null {
  const prompt = countOf(object, '"prompt_tokens"') ?? countOf(object, '"input_tokens"');
  if (prompt === null) return null;
  return {
    promptTokens: prompt,
    completionTokens: countOf(object, '"completion_tokens"') ?? countOf(object, '"output_tokens"'),
    cachedTokens: countOf(object, '"cached_tokens"'),
    reasoningTokens: countOf(object, '"reasoning_tokens"'),
  };
}

/** The whole number, from 0 to {@link TOKENS_MAX}, that is the value of a key; null where there is none. */
function countOf(object: string, key: string): number | null {
  const at = object.indexOf(key);
  if (at < 0) return null;
  let i = skipBlank(object, at + key.length);
  if (object.charCodeAt(i) !== 0x3a) return null;
  i = skipBlank(object, i + 1);
  let value = 0;
  const start = i;
  for (; isDigit(object.charCodeAt(i)); i++) value = value * 10 + object.charCodeAt(i) - 0x30;
  const end = object.charCodeAt(skipBlank(object, i));
  return i > start && (end === 0x2c || end === 0x7d) && value <= TOKENS_MAX ? value : null;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function skipBlank(text: string, from: number): number {
  let i = from;
  while (text.charCodeAt(i) === 0x20 || (text.charCodeAt(i) >= 0x09 && text.charCodeAt(i) <= 0x0d)) i++;
  return i;
}

/** Index of the `{` that follows a key's colon, or -1. */
function openingBrace(text: string, from: number): number {
  const colon = skipBlank(text, from);
  if (text.charCodeAt(colon) !== 0x3a) return -1;
  const brace = skipBlank(text, colon + 1);
  return text.charCodeAt(brace) === 0x7b ? brace : -1;
}

/** Index of the `}` that closes the `{` at `open`, minding strings, or -1. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  const end = Math.min(text.length, open + USAGE_CHARS_MAX);
  for (let i = open; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      for (i++; i < end && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (c === 0x7b) depth++;
    else if (c === 0x7d && --depth === 0) return i;
  }
  return -1;
}
