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
  /** Each top-level `model` string, its quotes included. JSON lets a key repeat; the last one counts, and a rewrite must reach all. */
  readonly model: readonly Span[];
  readonly stream: boolean;
  readonly store: boolean | null;
  readonly background: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * @param bytes a whole request body.
 * @returns null where the body is not one JSON object; the backend's parser then gives the verdict, not this one.
 */
export function scanBody(bytes: Uint8Array): BodyFacts | null {
  let i = skipBlank(bytes, 0);
  if (bytes[i] !== 0x7b) return null;
  const model: Span[] = [];
  let stream = false;
  let store: boolean | null = null;
  let background = false;
  i = skipBlank(bytes, i + 1);
  if (bytes[i] === 0x7d) return { model, stream, store, background };
  for (;;) {
    if (bytes[i] !== QUOTE) return null;
    const keyEnd = skipString(bytes, i);
    if (keyEnd < 0) return null;
    const key = keyText(bytes, i + 1, keyEnd - 1);
    i = skipBlank(bytes, keyEnd);
    if (bytes[i] !== 0x3a) return null;
    const start = skipBlank(bytes, i + 1);
    const end = skipValue(bytes, start);
    if (end < 0) return null;
    if (key === 'model' && bytes[start] === QUOTE) model.push({ start, end });
    else if (key === 'stream') stream = isTrue(bytes, start);
    else if (key === 'background') background = isTrue(bytes, start);
    else if (key === 'store') store = isTrue(bytes, start) ? true : bytes[start] === 0x66 ? false : null;
    i = skipBlank(bytes, end);
    if (bytes[i] === 0x7d) return { model, stream, store, background };
    if (bytes[i] !== 0x2c) return null;
    i = skipBlank(bytes, i + 1);
  }
}

/** The body with every span replaced by the same bytes. Spans are in order and do not overlap. */
export function splice(bytes: Uint8Array, spans: readonly Span[], replacement: Uint8Array): Uint8Array {
  let size = bytes.length;
  for (const span of spans) size += replacement.length - (span.end - span.start);
  const out = new Uint8Array(size);
  let from = 0;
  let to = 0;
  for (const span of spans) {
    out.set(bytes.subarray(from, span.start), to);
    to += span.start - from;
    out.set(replacement, to);
    to += replacement.length;
    from = span.end;
  }
  out.set(bytes.subarray(from), to);
  return out;
}

function isTrue(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x74;
}

function skipBlank(bytes: Uint8Array, i: number): number {
  for (;;) {
    const c = bytes[i];
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return i;
    i++;
  }
}

/** @returns the index after the closing quote, or -1. */
function skipString(bytes: Uint8Array, open: number): number {
  for (let i = open + 1; i < bytes.length; i++) {
    const c = bytes[i];
    if (c === QUOTE) return i + 1;
    if (c === BACKSLASH) i++;
  }
  return -1;
}

/** @returns the index after the value that begins at `start`, or -1. Depth is counted, not stacked: `{]` passes here and fails upstream. */
function skipValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return skipString(bytes, start);
  if (first === 0x7b || first === 0x5b) return skipNested(bytes, start);
  let i = start;
  for (; i < bytes.length; i++) {
    const c = bytes[i];
    if (c === 0x2c || c === 0x7d || c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) break;
  }
  return i === start ? -1 : i;
}

function skipNested(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let i = start; i < bytes.length; i++) {
    const c = bytes[i];
    if (c === QUOTE) {
      i = skipString(bytes, i) - 1;
      if (i < 0) return -1;
    } else if (c === 0x7b || c === 0x5b) depth++;
    else if ((c === 0x7d || c === 0x5d) && --depth === 0) return i + 1;
  }
  return -1;
}

/** Longest key that can be one of ours even if each character is written as `\uXXXX`. */
const KEY_BYTES_MAX = 6 * 'background'.length;

/** A key's text with `\uXXXX` resolved (a key may hide behind escapes); longer keys are none of ours and yield ''. */
function keyText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > KEY_BYTES_MAX) return '';
  let text = '';
  for (let i = start; i < end; i++) {
    const c = bytes[i] ?? 0;
    if (c !== BACKSLASH) text += String.fromCharCode(c);
    else if (bytes[i + 1] === 0x75) {
      text += String.fromCharCode(Number.parseInt(String.fromCharCode(...bytes.subarray(i + 2, i + 6)), 16));
      i += 5;
    } else i++;
  }
  return text;
}
