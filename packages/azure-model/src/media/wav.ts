/** WAV files: written with the words in a comment, and read as far as sound and length go. Source: Microsoft's RIFF, `WAVEFORMAT`; INFO list. */
import { joined, latin1, littleEndian, readLittle, textOfLatin1 } from './bytes.ts';
import { SAMPLE_RATE } from './voice.ts';

/** @param pcm as voice.ts makes it. @param comment in plain letters. */
export function wavOf(pcm: Uint8Array, comment: string): Uint8Array {
  const format = joined([
    littleEndian(1, 2),
    littleEndian(1, 2),
    littleEndian(SAMPLE_RATE, 4),
    littleEndian(SAMPLE_RATE * 2, 4),
    littleEndian(2, 2),
    littleEndian(16, 2),
  ]);
  const info = joined([latin1('INFO'), chunk('ICMT', latin1(`${comment}\0`))]);
  const body = joined([latin1('WAVE'), chunk('fmt ', format), chunk('LIST', info), chunk('data', pcm)]);
  return chunk('RIFF', body);
}

/** An odd number of bytes is followed by an empty one. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  return joined([latin1(name), littleEndian(data.length, 4), data, new Uint8Array(data.length % 2)]);
}

export interface WavFacts {
  readonly durationMs: number;
  /** The samples as they stand; a stream has no length in its head, then all that follows. */
  readonly pcm: Uint8Array;
  readonly bitsPerSample: number;
}

/** Chunks before the sound that are looked at. */
const CHUNKS_MAX = 64;

/** @returns null for what is no WAV file, or has no sound. */
export function readWav(bytes: Uint8Array): WavFacts | null {
  if (textOfLatin1(bytes, 0, 4) !== 'RIFF' || textOfLatin1(bytes, 8, 12) !== 'WAVE') return null;
  let [at, bytesPerSecond, bitsPerSample] = [12, 0, 0];
  for (let i = 0; i < CHUNKS_MAX && at + 8 <= bytes.length; i++) {
    const name = textOfLatin1(bytes, at, at + 4);
    const length = readLittle(bytes, at + 4, 4);
    if (name === 'fmt ') {
      bytesPerSecond = readLittle(bytes, at + 16, 4);
      bitsPerSample = readLittle(bytes, at + 22, 2);
    }
    if (name === 'data') {
      if (bytesPerSecond === 0) return null;
      const pcm = bytes.subarray(at + 8, Math.min(bytes.length, at + 8 + length));
      return { durationMs: (pcm.length / bytesPerSecond) * 1000, pcm, bitsPerSample };
    }
    at += 8 + length + (length % 2);
  }
  return null;
}
