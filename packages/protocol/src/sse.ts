/**
 * Server-sent events as Azure OpenAI frames them, as far as a proxy must understand them: where an event ends, and whether it
 * carries any of the answer. Source: wire reference §5; WHATWG HTML §9.2.6 for the framing.
 */
import { type ErrorFacts, errorFactsOf, isRecord } from './errors.ts';

/**
 * Index after the first complete event in `bytes` from `from` on (its blank line included), or -1.
 * A line may end in LF, CR LF or CR. A CR that is the last byte waits for the next one, which may be its LF.
 * @param from where a line begins.
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

/**
 * @param text one event, decoded. What is not recognised counts as content: the commit point must never come late.
 * A chunk that only names the role is content: the model has begun.
 */
export function classifyEvent(text: string): EventKind {
  const { name, data } = fieldsOf(text);
  const value = data === null ? undefined : parsed(data);
  if (name === 'error') return { kind: 'error', facts: errorFactsOf(value) };
  if (data === null) return PREAMBLE;
  if (!isRecord(value)) return CONTENT;
  const failure = failureIn(value);
  if (failure !== null) return { kind: 'error', facts: errorFactsOf(failure) };
  return isPreamble(value) ? PREAMBLE : CONTENT;
}

const LAST_TYPES = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** Whether an event says that nothing more is to come. An error ends a stream as well, but is not told here. */
export function isLastEvent(text: string): boolean {
  const { name, data } = fieldsOf(text);
  if (data === null) return false;
  if (data === '[DONE]' || name === 'done') return true;
  const value = parsed(data);
  return isRecord(value) && typeof value.type === 'string' && LAST_TYPES.has(value.type);
}

/** The object that holds the error's facts, in each of the shapes of wire §5.3 and §5.5. */
function failureIn(value: Record<string, unknown>): unknown {
  if (value.type === 'response.failed') return isRecord(value.response) ? value.response : value;
  if (value.type === 'error') return value;
  return isRecord(value.error) || typeof value.error === 'string' ? value : null;
}

function isPreamble(value: Record<string, unknown>): boolean {
  if (typeof value.type === 'string' && PREAMBLE_TYPES.has(value.type)) return true;
  const filtered = value.prompt_filter_results ?? value.prompt_annotations;
  return Array.isArray(value.choices) && value.choices.length === 0 && filtered !== undefined;
}

interface Fields {
  /** The `event` field; null where there is none. */
  readonly name: string | null;
  /** The `data` lines, joined; null for a comment or an event without data. */
  readonly data: string | null;
}

/** A byte order mark may open the stream (WHATWG HTML §9.2.5), and so its first event. */
function fieldsOf(text: string): Fields {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const data = lines.flatMap((line) => valuesOf(line, 'data'));
  return {
    name: lines.flatMap((line) => valuesOf(line, 'event')).at(-1) ?? null,
    data: data.length === 0 ? null : data.join('\n'),
  };
}

/** The line's value as a list of one, or an empty list where the line is another field or a comment. */
function valuesOf(line: string, field: string): readonly string[] {
  if (line === field) return [''];
  if (!line.startsWith(`${field}:`)) return [];
  const start = field.length + 1;
  return [line.slice(line[start] === ' ' ? start + 1 : start)];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
