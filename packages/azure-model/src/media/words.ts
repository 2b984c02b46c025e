/**
 * Words that sound carries with it, so that what was spoken here is understood here: as a tag in a container, and in the lowest bit of
 * each sample of raw sound, where nobody hears it.
 */
import { indexOfLatin1, latin1, textOfLatin1 } from './bytes.ts';

export interface Spoken {
  readonly text: string;
  /** Length of the sound. Milliseconds. */
  readonly durationMs: number;
}

const MARK = 'spillway-words:';
/** Containers have their tags in front. Bytes searched. */
const SEARCHED_BYTES_MAX = 128 * 1024;

/** For a comment field of a container: plain letters alone. */
export function wordsTag({ text, durationMs }: Spoken): string {
  return `${MARK}${Math.round(durationMs)}:${encodeURIComponent(text.toWellFormed())};`;
}

/** @returns null where the bytes carry no tag. */
export function taggedWords(bytes: Uint8Array): Spoken | null {
  const at = indexOfLatin1(bytes, MARK, SEARCHED_BYTES_MAX);
  if (at < 0) return null;
  const from = at + MARK.length;
  const end = bytes.indexOf(0x3b, from);
  const [, ms, words] = /^(\d{1,9}):([\w%.!~*'()-]*)$/.exec(textOfLatin1(bytes, from, end < 0 ? from : end)) ?? [];
  const text = words === undefined ? null : decoded(words);
  return text === null ? null : { text, durationMs: Number(ms) };
}

function decoded(words: string): string | null {
  try {
    return decodeURIComponent(words);
  } catch {
    return null;
  }
}

/** `SPWY`, then the number of bytes that follow. */
const MAGIC = 0x53505759;
const LENGTH_BITS = 16;

/** Writes the words into sound, as far as there is room for them; shorter sound stays as it is. @param pcm 16 bits a sample. */
export function hideWords(pcm: Uint8Array, text: string): void {
  const payload = latin1(encodeURIComponent(text.toWellFormed()));
  const bits = 32 + LENGTH_BITS + payload.length * 8;
  if (payload.length >= 2 ** LENGTH_BITS || bits > pcm.length / 2) return;
  let sample = 0;
  const write = (value: number, count: number): void => {
    for (let i = count - 1; i >= 0; i--) {
      const at = sample++ * 2;
      pcm[at] = ((pcm[at] ?? 0) & 0xfe) | ((value >>> i) & 1);
    }
  };
  write(MAGIC, 32);
  write(payload.length, LENGTH_BITS);
  for (const byte of payload) write(byte, 8);
}

/** All words hidden in the sound, in their order; '' for none. */
export function hiddenWords(pcm: Uint8Array): string {
  const found: string[] = [];
  const samples = Math.floor(pcm.length / 2);
  let window = 0;
  for (let sample = 0; sample < samples; sample++) {
    window = ((window << 1) | ((pcm[sample * 2] ?? 0) & 1)) >>> 0;
    if (window !== MAGIC) continue;
    const length = bitsAt(pcm, sample + 1, LENGTH_BITS);
    const first = sample + 1 + LENGTH_BITS;
    if (first + length * 8 > samples) continue;
    let payload = '';
    for (let i = 0; i < length; i++) payload += String.fromCharCode(bitsAt(pcm, first + i * 8, 8));
    const text = decoded(payload);
    if (text !== null) found.push(text);
  }
  return found.join(' ');
}

function bitsAt(pcm: Uint8Array, sample: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = (value << 1) | ((pcm[(sample + i) * 2] ?? 0) & 1);
  return value;
}
