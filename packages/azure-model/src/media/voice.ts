/** Speech as sound: one syllable of a sine for each piece of the text, its height from piece and voice. 24 kHz, 16 bits, one channel. */
import { piecesOf } from '../answer/pieces.ts';
import { hashText } from '../text.ts';
import { hideWords } from './words.ts';

/** Of speech and realtime sound. Source: OpenAI's guide on text to speech, `pcm`. Samples per second. */
export const SAMPLE_RATE = 24_000;
/** Of one second of it. */
export const BYTES_PER_SECOND = SAMPLE_RATE * 2;
/** People take about 250; this is faster, so that long texts stay small. Milliseconds. */
export const SYLLABLE_MS = 120;

const HEIGHTS = 16;
const LOWEST_HERTZ = 140;
const HERTZ_STEP = 14;
const LOUDNESS = 6000;
/** Of a syllable, the part that sounds; the rest is silent. */
const SOUNDING = 0.85;

/** @param speed 1 as usual, 2 twice as fast. */
export function voiced(text: string, voice: string, speed = 1): Uint8Array {
  const samples = Math.max(1, Math.round((SAMPLE_RATE * SYLLABLE_MS) / 1000 / speed));
  const pieces = piecesOf(text);
  const heard = pieces.length === 0 ? [''] : pieces;
  const syllables = new Map<number, Uint8Array>();
  const sound = new Uint8Array(heard.length * samples * 2);
  const seed = hashText(voice);
  heard.forEach((piece, i) => {
    const height = hashText(piece, seed) % HEIGHTS;
    const syllable = syllables.get(height) ?? sine(LOWEST_HERTZ + height * HERTZ_STEP, samples);
    syllables.set(height, syllable);
    sound.set(syllable, i * syllable.length);
  });
  hideWords(sound, text);
  return sound;
}

export function durationMsOf(pcm: Uint8Array): number {
  return (pcm.length / BYTES_PER_SECOND) * 1000;
}

/** Swells and fades, so that it does not click. */
function sine(hertz: number, samples: number): Uint8Array {
  const bytes = new Uint8Array(samples * 2);
  const sounding = Math.floor(samples * SOUNDING);
  for (let i = 0; i < sounding; i++) {
    const swell = Math.sin((Math.PI * i) / sounding);
    const value = Math.round(LOUDNESS * swell * Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE)) & 0xffff;
    bytes[i * 2] = value & 0xff;
    bytes[i * 2 + 1] = value >> 8;
  }
  return bytes;
}
