/**
 * Server-sent events as Azure OpenAI frames them, as far as a proxy must understand them: where an event ends, and whether it
 * carries any of the answer. Source: wire reference §5; WHATWG HTML §9.2.6 for the framing.
 */
import { type ErrorFacts, errorFactsOf, isRecord } from './errors.ts';

/**
 * Index after the first complete event in `bytes` from `from` on (its blank line included), or -1.
 * A line may end in LF, CR LF or CR.
 */
export function eventEnd(bytes: Uint8Array, from = 0): number {
  let lineStart = from;
  for (let i = from; i < bytes.length; i++) {
    const c = bytes[i];
    if (c !== 0x0a && c !== 0x0d) continue;
    const blank = i === lineStart;
    if (c === 0x0d) {
      if (i + 1 === bytes.length) return -1;
      if (bytes[i + 1] === 0x0a) i++;
    }
    if (blank) return i + 1;
    lineStart = i + 1;
  }
  return -1;
}

/** preamble: nothing of the answer yet. content: a part of the answer, or anything not understood. error: the stream failed inside a 200. */
export type EventKind =
  | { readonly kind: 'preamble' }
  | { readonly kind: 'content' }
  | { readonly kind: 'error'; readonly facts: ErrorFacts };

const PREAMBLE: EventKind = { kind: 'preamble' };
const CONTENT: EventKind = { kind: 'content' };
const PREAMBLE_TYPES = new Set(['response.created', 'response.queued', 'response.in_progress']);

/** @param text one event, decoded. What is not recognised counts as content: the commit point must never come late. */
export function classifyEvent(text: string): EventKind {
  const data = dataOf(text);
  if (data === null) return PREAMBLE;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return CONTENT;
  }
  if (!isRecord(value)) return CONTENT;
  if (isRecord(value.error) || value.type === 'error') return { kind: 'error', facts: errorFactsOf(value) };
  if (typeof value.type === 'string' && PREAMBLE_TYPES.has(value.type)) return PREAMBLE;
  const choices = value.choices;
  if (Array.isArray(choices) && choices.length === 0 && value.prompt_filter_results !== undefined) return PREAMBLE;
  return CONTENT;
}

/** The joined `data` lines of an event, or null for a comment or an event without data. */
function dataOf(text: string): string | null {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  return lines.length === 0 ? null : lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n');
}
