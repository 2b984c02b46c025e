/** The bytes that make up a JSON text, and how to pass over its values without parsing them. */

/** Half-open byte range `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

function isBlank(c: number | undefined): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

export function skipBlank(bytes: Uint8Array, i: number): number {
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
 * @param from behind the opening quote, or wherever in the string no backslash stands before. @param to the text's end.
 * @returns the index of the closing quote, or -1.
 */
export function stringEnd(bytes: Uint8Array, from: number, to = bytes.length): number {
  let nearBytes = NEAR_BYTES;
  let i = from;
  for (;;) {
    const near = Math.min(to, i + nearBytes);
    for (; i < near; i++) {
      const c = bytes[i];
      if (c === QUOTE) return i;
      if (c === BACKSLASH) i++;
    }
    const quote = bytes.indexOf(QUOTE, i);
    if (quote < 0 || quote >= to) return -1;
    let slashes = quote;
    while (slashes > i && bytes[slashes - 1] === BACKSLASH) slashes--;
    if ((quote - slashes) % 2 === 0) return quote;
    i = quote + 1;
    nearBytes = NEAR_BYTES_ESCAPED;
  }
}

/** @param open its opening quote. @returns the index after the closing quote, or -1. */
export function skipString(bytes: Uint8Array, open: number): number {
  const end = stringEnd(bytes, open + 1);
  return end < 0 ? -1 : end + 1;
}

/** Told what is passed over within a nested value, as far as that costs nothing: not of each string, only of few. */
export interface Passing {
  /** Objects that stand in the outermost list. */
  items: number;
  /** A string of {@link LONG_STRING_BYTES} or more. @param start behind the opening quote. @param end the closing quote. */
  longString(bytes: Uint8Array, start: number, end: number): void;
  /** A key of {@link TOLD_KEY_BYTES}. @param start behind the opening quote. */
  key(bytes: Uint8Array, start: number): void;
}

/** @returns the index after the value that begins at `start`, or -1. */
export function skipValue(bytes: Uint8Array, start: number, passing: Passing | null = null): number {
  const first = bytes[start];
  if (first === QUOTE) return skipString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(bytes, start, passing);
  let i = start;
  while (i < bytes.length && bytes[i] !== COMMA && bytes[i] !== CLOSE_BRACE && !isBlank(bytes[i])) i++;
  return i === start ? -1 : i;
}

const LONG_STRING_BYTES = 256;
const TOLD_KEY_BYTES = 'image_url'.length;

/** Depth is counted, not stacked: no nesting is too deep, and `{]` passes here and fails upstream. */
function skipNested(bytes: Uint8Array, start: number, passing: Passing | null): number {
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
      const end = stringEnd(bytes, i + 1);
      if (end < 0) return -1;
      if (passing !== null) tell(passing, bytes, i + 1, end);
      i = end + 1;
      continue;
    }
    i++;
    if (c === OPEN_BRACE || c === OPEN_BRACKET) {
      depth++;
      if (passing !== null && depth === 2 && c === OPEN_BRACE) passing.items++;
    } else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --depth === 0) return i;
  }
}

function tell(passing: Passing, bytes: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length >= LONG_STRING_BYTES) passing.longString(bytes, start, end);
  else if (length === TOLD_KEY_BYTES && bytes[end + 1] === COLON) passing.key(bytes, start);
}
