/** What is understood of sound: the very words where it was spoken here, else a text that follows from the bytes and their length. */
import { writeProse } from '../answer/prose.ts';
import { sentencesOf } from '../answer/sentences.ts';
import type { Seeded } from '../resource.ts';
import { mix32 } from '../text.ts';
import { readWav } from './wav.ts';
import { hiddenWords, type Spoken, taggedWords } from './words.ts';

/** Of sound whose length its bytes do not tell: MP3 at 128 kbit/s. */
const BYTES_PER_SECOND_ASSUMED = 16_000;
/** People speak about so many. */
const WORDS_PER_SECOND = 2.5;

/** @param seeded chance for a text that nobody spoke. */
export function heardIn(bytes: Uint8Array, seeded: Seeded): Spoken {
  const tagged = taggedWords(bytes);
  if (tagged !== null) return tagged;
  const wav = readWav(bytes);
  const durationMs = wav?.durationMs ?? (bytes.length / BYTES_PER_SECOND_ASSUMED) * 1000;
  const hidden = wav?.bitsPerSample === 16 ? hiddenWords(wav.pcm) : '';
  return { text: hidden === '' ? madeUp(bytes, durationMs, seeded) : hidden, durationMs };
}

/** The same for raw sound, as realtime sessions send it. */
export function heardInPcm(pcm: Uint8Array, durationMs: number, seeded: Seeded): Spoken {
  const hidden = hiddenWords(pcm);
  return { text: hidden === '' ? madeUp(pcm, durationMs, seeded) : hidden, durationMs };
}

function madeUp(bytes: Uint8Array, durationMs: number, seeded: Seeded): string {
  const count = Math.max(1, Math.round((durationMs / 1000) * WORDS_PER_SECOND));
  return writeProse(seeded(hashBytes(bytes)), { unit: 'words', count }, null).tokens.join('');
}

/** Of long sound every so many bytes count. */
const HASHED_BYTES = 65_536;

function hashBytes(bytes: Uint8Array): number {
  const step = Math.max(1, Math.floor(bytes.length / HASHED_BYTES));
  let hash = bytes.length;
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return mix32(hash >>> 0);
}

/** A stretch of the text with its time. Seconds. */
export interface Stretch {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The whole text in sentences. */
export function segmentsOf({ text, durationMs }: Spoken): readonly Stretch[] {
  return timed(sentencesOf(text), durationMs);
}

export function wordTimesOf({ text, durationMs }: Spoken): readonly Stretch[] {
  return timed(text.match(/\S+/g) ?? [], durationMs);
}

/** Each as long as its share of the letters. */
function timed(parts: readonly string[], durationMs: number): readonly Stretch[] {
  const letters = parts.reduce((sum, part) => sum + part.length, 0);
  let before = 0;
  return parts.map((text) => {
    const start = seconds((durationMs * before) / letters);
    before += text.length;
    return { text, start, end: seconds((durationMs * before) / letters) };
  });
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}
