/**
 * Looks into a JSON request body without parsing it: only top-level keys are walked, so a body need not be rebuilt (design §4.7).
 * Decoding of the spans found (UTF-8, escapes) is left to the caller, who has a decoder.
 */
import { ASK_KEYS, type AskFacts, AskScan } from './body-ask.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  COLON,
  COMMA,
  OPEN_BRACE,
  QUOTE,
  type Span,
  skipBlank,
  skipString,
  skipValue,
} from './json-text.ts';

export type { Span } from './json-text.ts';

export interface BodyFacts {
  /**
   * Each top-level `model` string, its quotes included, in order. JSON lets a key repeat: the last one counts, and a rewrite must
   * reach all, since not every parser agrees. Empty where there is none or the last one is no string.
   */
  readonly model: readonly Span[];
  readonly stream: boolean;
  /** null: absent, or neither `true` nor `false`. */
  readonly store: boolean | null;
  readonly background: boolean;
  /** The value of `stream_options`, whatever it is; the last one where the key repeats; null: absent. */
  readonly streamOptions: Span | null;
  /** What it costs, as far as it says. */
  readonly ask: AskFacts;
}

const KEYS = ['model', 'stream', 'background', 'store', 'stream_options', ...ASK_KEYS] as const;
type Key = (typeof KEYS)[number];

/** Filled while the body is walked. */
class Facts implements BodyFacts {
  readonly model: Span[] = [];
  readonly ask = new AskScan();
  stream = false;
  store: boolean | null = null;
  background = false;
  streamOptions: Span | null = null;

  take(key: Key, bytes: Uint8Array, start: number, end: number): void {
    switch (key) {
      case 'model':
        if (bytes[start] === QUOTE) this.model.push({ start, end });
        else this.model.length = 0;
        return;
      case 'stream':
        this.stream = booleanAt(bytes, start, end) === true;
        return;
      case 'background':
        this.background = booleanAt(bytes, start, end) === true;
        return;
      case 'store':
        this.store = booleanAt(bytes, start, end);
        return;
      case 'stream_options':
        this.streamOptions = { start, end };
        return;
      default:
        this.ask.take(key, bytes, start, end);
    }
  }
}

/**
 * @param bytes a whole request body.
 * @returns null where the body is not one JSON object; the backend's parser then gives the verdict, not this one. What is inside
 * nested values is not checked.
 */
export function scanBody(bytes: Uint8Array): BodyFacts | null {
  let i = skipBlank(bytes, 0);
  if (bytes[i] !== OPEN_BRACE) return null;
  const facts = new Facts();
  i = skipBlank(bytes, i + 1);
  if (bytes[i] === CLOSE_BRACE) return endsAfter(bytes, i) ? facts : null;
  for (;;) {
    if (bytes[i] !== QUOTE) return null;
    const keyEnd = skipString(bytes, i);
    if (keyEnd < 0) return null;
    const key = keyAt(bytes, i + 1, keyEnd - 1);
    i = skipBlank(bytes, keyEnd);
    if (bytes[i] !== COLON) return null;
    const start = skipBlank(bytes, i + 1);
    const end = skipValue(bytes, start, facts.ask.passing(key));
    if (end < 0) return null;
    if (key !== null) facts.take(key, bytes, start, end);
    i = skipBlank(bytes, end);
    if (bytes[i] === CLOSE_BRACE) return endsAfter(bytes, i) ? facts : null;
    if (bytes[i] !== COMMA) return null;
    i = skipBlank(bytes, i + 1);
  }
}

/** One span, and what stands there from now on. */
export interface Replacement extends Span {
  readonly bytes: Uint8Array;
}

/** The text with each span replaced by its own bytes. Spans are in order and do not overlap. */
export function replaceSpans(bytes: Uint8Array, replacements: readonly Replacement[]): Uint8Array {
  let size = bytes.length;
  for (const { start, end, bytes: by } of replacements) size += by.length - (end - start);
  const out = new Uint8Array(size);
  let from = 0;
  let to = 0;
  for (const { start, end, bytes: by } of replacements) {
    out.set(bytes.subarray(from, start), to);
    to += start - from;
    out.set(by, to);
    to += by.length;
    from = end;
  }
  out.set(bytes.subarray(from), to);
  return out;
}

/** Whether nothing but blanks follows the byte at `last`. */
function endsAfter(bytes: Uint8Array, last: number): boolean {
  return skipBlank(bytes, last + 1) === bytes.length;
}

function booleanAt(bytes: Uint8Array, start: number, end: number): boolean | null {
  if (spells(bytes, start, end, 'true')) return true;
  return spells(bytes, start, end, 'false') ? false : null;
}

function spells(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false;
  return true;
}

/** By their length: a key is compared with few, and no text is made of it. */
const KEYS_BY_LENGTH: ReadonlyArray<readonly Key[]> = KEYS.reduce<Key[][]>((all, key) => {
  while (all.length <= key.length) all.push([]);
  all[key.length]?.push(key);
  return all;
}, []);
/** Longest key that can be one of ours even if each character is written as `\uXXXX`. */
const KEY_BYTES_MAX = 6 * (KEYS_BY_LENGTH.length - 1);

/** @returns null where it is none of ours. A key may hide behind escapes. */
function keyAt(bytes: Uint8Array, start: number, end: number): Key | null {
  const length = end - start;
  for (const key of KEYS_BY_LENGTH[length] ?? NO_KEYS) if (spells(bytes, start, end, key)) return key;
  return length <= KEY_BYTES_MAX && hasEscape(bytes, start, end) ? escapedKey(bytes, start, end) : null;
}

const NO_KEYS: readonly Key[] = [];

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

function escapedKey(bytes: Uint8Array, start: number, end: number): Key | null {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  const plain = unescaped(text);
  return KEYS.find((key) => key === plain) ?? null;
}

function unescaped(text: string): string {
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}
