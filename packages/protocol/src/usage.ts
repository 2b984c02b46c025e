/** Token usage as Azure reports it, read from the end of an answer. Source: wire reference §5.1, §5.5. */
import { isRecord } from './errors.ts';

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
    const usage = end < 0 ? null : usageOf(parsed(text.slice(open, end + 1)));
    if (usage !== null) return usage;
  }
  return null;
}

function before(text: string, at: number): number {
  return at === 0 ? -1 : text.lastIndexOf(KEY, at - 1);
}

/** @param value a parsed `usage` object, of chat completions, embeddings or Responses. */
export function usageOf(value: unknown): Usage | null {
  if (!isRecord(value)) return null;
  const prompt = count(value.prompt_tokens) ?? count(value.input_tokens);
  if (prompt === null) return null;
  return {
    promptTokens: prompt,
    completionTokens: count(value.completion_tokens) ?? count(value.output_tokens),
    cachedTokens: detail(value, 'cached_tokens', 'prompt_tokens_details', 'input_tokens_details'),
    reasoningTokens: detail(value, 'reasoning_tokens', 'completion_tokens_details', 'output_tokens_details'),
  };
}

function detail(usage: Record<string, unknown>, name: string, ...places: string[]): number | null {
  for (const place of places) {
    const details = usage[place];
    if (isRecord(details)) return count(details[name]);
  }
  return null;
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Index of the `{` that follows a key's colon, or -1. */
function openingBrace(text: string, from: number): number {
  const match = /^\s*:\s*\{/.exec(text.slice(from, from + 64));
  return match === null ? -1 : from + match[0].length - 1;
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
