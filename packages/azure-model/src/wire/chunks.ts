/** What the streams of chat completions and of completions have in common: first and last event, padding, and the order of several choices. */
import { promptFilterResults } from './filter.ts';

/** The verdict on the prompts, before anything else. */
export function promptFilterEvent(prompts: number): string {
  return `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":${promptFilterResults(prompts)}}\n\n`;
}

export const DONE_EVENT = 'data: [DONE]\n\n';

/** As a JSON text. */
export const FINGERPRINT = '"fp_5a1d0c3e7b"';

/** Letters to cut padding from; Azure pads small events so that their length does not tell the token. */
const PADDING = 'ZmfR7kQxW2bTdYpL0vN9cHsJ4gKuXeA6iMzBqE1rVyO5wDhU3lPtSj8FnGaCoI';
const PADDING_CHARS_MAX = 14;

export function padding(tokenChars: number): string {
  const chars = Math.max(0, PADDING_CHARS_MAX - tokenChars);
  const from = (tokenChars * 7) % (PADDING.length - PADDING_CHARS_MAX);
  return PADDING.slice(from, from + chars);
}

/** Choices are generated side by side: first tokens, second tokens, and so on. @returns pairs of choice and token. */
export function interleaved(lengths: readonly number[]): ReadonlyArray<readonly [number, number]> {
  const order: Array<readonly [number, number]> = [];
  const longest = Math.max(...lengths);
  for (let t = 0; t < longest; t++) {
    for (let c = 0; c < lengths.length; c++) if (t < (lengths[c] ?? 0)) order.push([c, t]);
  }
  return order;
}

/** Inside of a JSON string. */
export function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
