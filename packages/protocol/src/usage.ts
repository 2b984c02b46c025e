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

/**
 * The last `usage` object in a text: an answer's end, or the last events of a stream. It must be whole in the text; `"usage":null`
 * (every other chunk of a stream that reports usage) is passed over.
 */
export function usageIn(text: string): Usage | null {
  for (let at = text.lastIndexOf('"usage"'); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('"usage"', at - 1)) {
    const open = openingBrace(text, at + 7);
    const end = open < 0 ? -1 : closingBrace(text, open);
    const usage = end < 0 ? null : usageOf(parsed(text.slice(open, end + 1)));
    if (usage !== null) return usage;
  }
  return null;
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
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
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

/** Index of the `}` that closes the `{` at `open`, minding strings, or -1. Usage objects are small: past 4,096 characters it gives up. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  const end = Math.min(text.length, open + 4096);
  for (let i = open; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      for (i++; i < end && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (c === 0x7b) depth++;
    else if (c === 0x7d && --depth === 0) return i;
  }
  return -1;
}
