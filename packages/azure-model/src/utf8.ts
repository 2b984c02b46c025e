/** Text to bytes and back, as UTF-8: a pure package has no TextEncoder. Source: RFC 3629. */

const REPLACEMENT = 0xfffd;
/** Code units that are turned into a string at once; more arguments would overflow the stack. */
const UNITS_AT_ONCE = 8192;

/** Halves of a pair that stand alone become U+FFFD, as everywhere on the web. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const point = pointAt(text, i);
    if (point > 0xffff) i++;
    at = writePoint(bytes, at, point);
  }
  return bytes;
}

/** Bytes that a text takes. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const point = pointAt(text, i);
    if (point > 0xffff) i++;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function pointAt(text: string, i: number): number {
  const point = text.codePointAt(i) ?? REPLACEMENT;
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
}

/** Of the first byte, by the number of those that follow. */
const LEAD = [0, 0xc0, 0xe0, 0xf0] as const;

function writePoint(bytes: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    bytes[at] = point;
    return at + 1;
  }
  const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  bytes[at] = (LEAD[more] ?? 0) | (point >> (6 * more));
  for (let i = 1; i <= more; i++) bytes[at + i] = 0x80 | ((point >> (6 * (more - i))) & 0x3f);
  return at + more + 1;
}

/** What is no UTF-8 becomes U+FFFD, one for each byte; a byte order mark at the start is left out. */
export function utf8Text(bytes: Uint8Array): string {
  const units = new Uint16Array(UNITS_AT_ONCE);
  let text = '';
  let filled = 0;
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  for (let i = hasMark ? 3 : 0; i < bytes.length; ) {
    const { point, length } = decodedAt(bytes, i);
    i += length;
    if (point > 0xffff) {
      units[filled++] = 0xd7c0 + (point >> 10);
      units[filled++] = 0xdc00 | (point & 0x3ff);
    } else units[filled++] = point;
    if (filled < UNITS_AT_ONCE - 1) continue;
    text += String.fromCharCode(...units.subarray(0, filled));
    filled = 0;
  }
  return text + String.fromCharCode(...units.subarray(0, filled));
}

interface Decoded {
  readonly point: number;
  /** Bytes. */
  readonly length: number;
}

const BROKEN: Decoded = { point: REPLACEMENT, length: 1 };
/** The least code point of so many bytes: what could be said in fewer is refused (RFC 3629 §3). */
const LEAST = [0, 0, 0x80, 0x800, 0x10000] as const;

function decodedAt(bytes: Uint8Array, at: number): Decoded {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { point: first, length: 1 };
  const length =
    first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc0 && first < 0xe0 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return BROKEN;
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return BROKEN;
    point = (point << 6) | (next & 0x3f);
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < (LEAST[length] ?? 0) || point > 0x10ffff || surrogate ? BROKEN : { point, length };
}
