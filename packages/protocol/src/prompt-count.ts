/** The exact tokens of a prompt as it stands in a body. It may take long: not for an event loop that others wait for. */

import { isRecord } from './errors.ts';

/** Tokens of a text. */
export type CountText = (text: string) => number;

/**
 * A tokenizer takes time by the square of an unbroken run (seven seconds for 100,000 letters); cut into pieces of this length the
 * count is off by less than a thousandth. Characters.
 */
const RUN_CHARS_MAX = 512;
const RUNS = new RegExp(`\\S{${RUN_CHARS_MAX}}|\\s{${RUN_CHARS_MAX}}`, 'gu');
/** Around a message, and around all of them (OpenAI's cookbook, "How to count tokens"). */
const MESSAGE_TOKENS = 4;
const PROMPT_TOKENS = 3;

/** @param prompt the value of `messages` or `prompt`, as JSON. @returns null where it is none. */
export function promptTokens(prompt: string, count: CountText): number | null {
  const value = parsed(prompt);
  if (typeof value === 'string') return countInPieces(value, count);
  if (!Array.isArray(value)) return null;
  let tokens = 0;
  let messages = 0;
  for (const item of value) {
    if (isRecord(item)) messages++;
    for (const text of textsIn(item)) tokens += countInPieces(text, count);
  }
  return tokens + (messages === 0 ? 0 : messages * MESSAGE_TOKENS + PROMPT_TOKENS);
}

/** Tokens of a text; no unbroken run is longer than what the tokenizer takes in its stride. */
export function countInPieces(text: string, count: CountText): number {
  let tokens = 0;
  for (const piece of text.replace(RUNS, '$&\u0000').split('\u0000')) if (piece !== '') tokens += count(piece);
  return tokens;
}

/** Keys of a message whose text the model reads. */
const READ: ReadonlySet<string> = new Set(['content', 'text', 'name', 'arguments', 'refusal']);
const NESTED: ReadonlySet<string> = new Set(['content', 'tool_calls', 'function']);

function* textsIn(item: unknown): Iterable<string> {
  if (typeof item === 'string') yield item;
  else if (Array.isArray(item)) for (const part of item) yield* textsIn(part);
  else if (isRecord(item)) {
    for (const [key, value] of Object.entries(item)) {
      if (typeof value === 'string' ? READ.has(key) : NESTED.has(key)) yield* textsIn(value);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
