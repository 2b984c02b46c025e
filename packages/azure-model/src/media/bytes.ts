/** Small things that the containers of pictures and sound are made of: numbers in bytes, text in bytes, checksums. */

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Most significant byte first. */
export function bigEndian(value: number, bytes: number): Uint8Array {
  return littleEndian(value, bytes).reverse();
}

/** @param value below 2^53. */
export function littleEndian(value: number, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let rest = value;
  for (let i = 0; i < bytes; i++) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}

/** One byte a character; the text must be Latin-1. */
export function latin1(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

/** As {@link latin1} wrote it. */
export function textOfLatin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  for (let i = from; i < Math.min(to, bytes.length); i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** Where the letters begin; -1 where they do not, or not before `to`. */
export function indexOfLatin1(bytes: Uint8Array, text: string, to = bytes.length): number {
  const wanted = latin1(text);
  const last = Math.min(to, bytes.length) - wanted.length;
  for (let at = 0; at <= last; at++) {
    let same = 0;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
    if (same === wanted.length) return at;
  }
  return -1;
}

/** A number of `bits` bits, least significant byte first; 0 beyond the end. */
export function readLittle(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** A table of one byte's remainders for a checksum that takes the most significant bit first. */
function tableOf(polynomial: number, bits: number): Uint32Array {
  const top = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = (byte << (bits - 8)) >>> 0;
    for (let i = 0; i < 8; i++) rest = ((rest & top) === 0 ? rest << 1 : (rest << 1) ^ polynomial) & mask;
    return rest >>> 0;
  });
}

const CRC8 = tableOf(0x07, 8);
const CRC16 = tableOf(0x8005, 16);
const CRC32_OGG = tableOf(0x04c11db7, 32);

/** Of a frame's head in FLAC (RFC 9639 §9.1.8). */
export function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = CRC8[crc ^ byte] ?? 0;
  return crc;
}

/** Of a whole frame in FLAC (RFC 9639 §9.3). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC16[(crc >> 8) ^ byte] ?? 0)) & 0xffff;
  return crc;
}

/** Of a page in Ogg (RFC 3533 §6). */
export function crc32Ogg(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC32_OGG[(crc >>> 24) ^ byte] ?? 0)) >>> 0;
  return crc;
}

const CRC32 = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let i = 0; i < 8; i++) rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ 0xedb88320;
  return rest >>> 0;
});

/** Of a chunk in PNG (W3C PNG §5.5). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC32[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Numbers added between two reductions without overflow. Source: RFC 1950 §8.2 and common practice. */
const ADLER_RUN = 5552;

/** Of the data in a zlib stream (RFC 1950 §8.2). */
export function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let from = 0; from < bytes.length; from += ADLER_RUN) {
    const to = Math.min(from + ADLER_RUN, bytes.length);
    for (let i = from; i < to; i++) {
      a += bytes[i] ?? 0;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}

const BASE64_VALUES: Int8Array = base64Values();

function base64Values(): Int8Array {
  const values = new Int8Array(128).fill(-1);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let i = 0; i < letters.length; i++) values[letters.charCodeAt(i)] = i;
  return values;
}

/** RFC 4648 §4, padding may be missing. @returns null for other characters. */
export function bytesOfBase64(text: string): Uint8Array | null {
  const end = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < end; i++) {
    const value = BASE64_VALUES[text.charCodeAt(i)] ?? -1;
    if (value < 0) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 0xff;
  }
  return bytes;
}
