/** The sound that a client has sent and not yet committed, and where in it somebody begins and ends to speak (server VAD, simplified: by loudness). */
import { BYTES_PER_SECOND } from '../media/voice.ts';
import type { TurnDetection } from './session-settings.ts';

/** Of what is not committed. Source: OpenAI's API reference, 15 MiB in one event; here of all together. Bytes. */
export const BUFFER_BYTES_MAX = 15 * 1024 * 1024;
/** The least that can be committed. Milliseconds. */
export const COMMIT_MS_MIN = 100;

const FRAME_MS = 20;
const FRAME_BYTES = (BYTES_PER_SECOND * FRAME_MS) / 1000;
/** A sample of the loudest speech; at the threshold's 1 somebody speaks who is a tenth as loud. */
const LOUD = 32_768;
const LOUDEST_THRESHOLD = 0.1;

/** Moments are counted in sound from the start of the session. Milliseconds. */
export type Noticed =
  | { readonly kind: 'started'; readonly atMs: number }
  /** @property sound all of the turn. */
  | { readonly kind: 'stopped'; readonly atMs: number; readonly sound: Uint8Array };

/** Kept before somebody speaks, so that the first sound is not cut. Milliseconds; as `prefix_padding_ms` is by default. */
const PREFIX_MS = 300;
const PREFIX_BYTES = (BYTES_PER_SECOND * PREFIX_MS) / 1000;

export class Listening {
  /** Grows by doubling; what counts of it is the first `#bytes`. */
  #store = new Uint8Array(FRAME_BYTES);
  #bytes = 0;
  /** Before what is held: committed, or cleared. Bytes. */
  #before = 0;
  /** Of what is held, looked at for speech. Bytes. */
  #looked = 0;
  #speaking = false;
  #silentMs = 0;

  get durationMs(): number {
    return msOf(this.#bytes);
  }

  /** @returns false where it would be too much; nothing is added then. */
  append(sound: Uint8Array): boolean {
    const needed = this.#bytes + sound.length;
    if (needed > BUFFER_BYTES_MAX) return false;
    if (needed > this.#store.length) {
      const larger = new Uint8Array(Math.max(needed, this.#store.length * 2));
      larger.set(this.#store.subarray(0, this.#bytes));
      this.#store = larger;
    }
    this.#store.set(sound, this.#bytes);
    this.#bytes = needed;
    return true;
  }

  /** All of it; empty afterwards. */
  commit(): Uint8Array {
    return this.#release(this.#bytes);
  }

  clear(): void {
    this.#release(this.#bytes);
  }

  /** Looks at what is new. A turn that has ended is committed. */
  notice({ threshold, silenceMs }: TurnDetection): readonly Noticed[] {
    const noticed: Noticed[] = [];
    const loud = Math.max(1, threshold * LOUDEST_THRESHOLD * LOUD);
    while (this.#looked + FRAME_BYTES <= this.#bytes) {
      const heard = isLoud(this.#store.subarray(this.#looked, this.#looked + FRAME_BYTES), loud);
      if (heard && !this.#speaking) noticed.push({ kind: 'started', atMs: msOf(this.#before + this.#looked) });
      this.#looked += FRAME_BYTES;
      this.#silentMs = heard ? 0 : this.#silentMs + FRAME_MS;
      this.#speaking ||= heard;
      if (!this.#speaking || this.#silentMs < silenceMs) continue;
      const atMs = msOf(this.#before + this.#looked);
      noticed.push({ kind: 'stopped', atMs, sound: this.#release(this.#looked) });
    }
    if (!this.#speaking && this.#looked > PREFIX_BYTES) this.#forget(this.#looked - PREFIX_BYTES);
    return noticed;
  }

  #release(count: number): Uint8Array {
    const sound = this.#store.slice(0, count);
    this.#forget(count);
    this.#speaking = false;
    this.#silentMs = 0;
    return sound;
  }

  #forget(count: number): void {
    this.#store.copyWithin(0, count, this.#bytes);
    this.#bytes -= count;
    this.#before += count;
    this.#looked = Math.max(0, this.#looked - count);
  }
}

function msOf(bytes: number): number {
  return Math.round((bytes / BYTES_PER_SECOND) * 1000);
}

function isLoud(frame: Uint8Array, loud: number): boolean {
  for (let i = 0; i + 1 < frame.length; i += 2) {
    const sample = (frame[i] ?? 0) | ((frame[i + 1] ?? 0) << 8);
    const signed = sample >= 0x8000 ? sample - 0x10000 : sample;
    if (Math.abs(signed) >= loud) return true;
  }
  return false;
}
