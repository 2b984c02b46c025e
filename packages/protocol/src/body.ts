/**
 * Looks into a JSON request body without parsing it: only top-level keys are walked, so a body need not be rebuilt (design §4.7).
 * Decoding of the spans found (UTF-8, escapes) is left to the caller, who has a decoder.
 */

/** Half-open byte range `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

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
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * @param bytes a whole request body.
 * @returns null where the body is not one JSON object; the backend's parser then gives the verdict, not this one. What is inside
 * nested values is not checked.
 */
export function scanBody(bytes: Uint8Array): BodyFacts | null {
  let i = skipBlank(bytes, 0);
  if (bytes[i] !== OPEN_BRACE) return null;
  const model: Span[] = [];
  let stream = false;
  let store: boolean | null = null;
  let background = false;
  let streamOptions: Span | null = null;
  i = skipBlank(bytes, i + 1);
  if (bytes[i] === CLOSE_BRACE) return endsAfter(bytes, i) ? { model, stream, store, background, streamOptions } : null;
  for (;;) {
    if (bytes[i] !== QUOTE) return null;
    const keyEnd = skipString(bytes, i);
    if (keyEnd < 0) return null;
    const key = keyText(bytes, i + 1, keyEnd - 1);
    i = skipBlank(bytes, keyEnd);
    if (bytes[i] !== COLON) return null;
    const start = skipBlank(bytes, i + 1);
    const end = skipValue(bytes, start);
    if (end < 0) return null;
    if (key === 'model') {
      if (bytes[start] === QUOTE) model.push({ start, end });
      else model.length = 0;
    } else if (key === 'stream') stream = booleanAt(bytes, start, end) === true;
    else if (key === 'background') background = booleanAt(bytes, start, end) === true;
    else if (key === 'store') store = booleanAt(bytes, start, end);
    else if (key === 'stream_options') streamOptions = { start, end };
    i = skipBlank(bytes, end);
    if (bytes[i] === CLOSE_BRACE)
      return endsAfter(bytes, i) ? { model, stream, store, background, streamOptions } : null;
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

function isBlank(c: number | undefined): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

function skipBlank(bytes: Uint8Array, i: number): number {
  while (i < bytes.length && isBlank(bytes[i])) i++;
  return i;
}

/** Bytes of a string looked at one by one before the native search is asked; its call costs about as much as these. */
const NEAR_BYTES = 16;
/** The same once a string has shown an escaped quote: it will have more of them, and each would cost a call. */
const NEAR_BYTES_ESCAPED = 128;

/**
 * Most bytes of a body are inside strings, so this is where its time goes: the native search is up to a hundred times faster than
 * a loop, but only worth its call in long strings.
 * @returns the index after the closing quote, or -1.
 */
function skipString(bytes: Uint8Array, open: number): number {
  let nearBytes = NEAR_BYTES;
  let i = open + 1;
  for (;;) {
    const near = Math.min(bytes.length, i + nearBytes);
    while (i < near) {
      const c = bytes[i++];
      if (c === QUOTE) return i;
      if (c === BACKSLASH) i++;
    }
    const quote = bytes.indexOf(QUOTE, i);
    if (quote < 0) return -1;
    let slashes = quote;
    while (slashes > i && bytes[slashes - 1] === BACKSLASH) slashes--;
    const escaped = (quote - slashes) % 2 === 1;
    i = quote + 1;
    if (!escaped) return i;
    nearBytes = NEAR_BYTES_ESCAPED;
  }
}

/** @returns the index after the value that begins at `start`, or -1. */
function skipValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return skipString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(bytes, start);
  let i = start;
  while (i < bytes.length && bytes[i] !== COMMA && bytes[i] !== CLOSE_BRACE && !isBlank(bytes[i])) i++;
  return i === start ? -1 : i;
}

/** Depth is counted, not stacked: no nesting is too deep, and `{]` passes here and fails upstream. */
function skipNested(bytes: Uint8Array, start: number): number {
  const size = bytes.length;
  let depth = 0;
  let i = start;
  for (;;) {
    let c = 0;
    // Digits, commas, colons and blanks lie below every bracket: one comparison passes most of what is no string.
    for (; i < size; i++) {
      c = bytes[i] ?? 0;
      if (c >= OPEN_BRACKET || c === QUOTE) break;
    }
    if (i >= size) return -1;
    if (c === QUOTE) {
      i = skipString(bytes, i);
      if (i < 0) return -1;
      continue;
    }
    i++;
    if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --depth === 0) return i;
  }
}

const KEY_BYTES_MIN = 'model'.length;
/** Longest key that can be one of ours even if each character is written as `\uXXXX`. */
const KEY_BYTES_MAX = 6 * 'stream_options'.length;

/** A key's text with escapes resolved (a key may hide behind them); one too short or too long for any of ours yields ''. */
function keyText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < KEY_BYTES_MIN || end - start > KEY_BYTES_MAX) return '';
  let text = '';
  let escaped = false;
  for (let i = start; i < end; i++) {
    const c = bytes[i] ?? 0;
    if (c === BACKSLASH) escaped = true;
    text += String.fromCharCode(c);
  }
  return escaped ? unescaped(text) : text;
}

function unescaped(text: string): string {
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}
