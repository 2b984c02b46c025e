/**
 * Interim answers (1xx) that nobody asked for: a server may send them before any answer (RFC 9110 §15.2), and undici takes a 100 for a
 * broken one. They are taken out of what a connection reads, so that it never sees them. Switching protocols (101) is none of them.
 */
import type { Socket } from 'node:net';

/** Before one answer; what comes after them passes, for undici to refuse. */
export const INTERIM_MAX = 32;
/** Of one interim head. Bytes. */
const HEAD_BYTES_MAX = 16 * 1024;

const BEGINNING = Buffer.from('HTTP/1.1 1');
const HEAD_END = '\r\n\r\n';
const SWITCHING = '101';

/** What a connection is at: bytes of an answer's body must not be looked at. */
export class Interim {
  #held: Buffer | null = null;
  #isBetween = true;
  #seen = 0;

  /** The head of an answer has been read: what follows is its body. */
  headRead(): void {
    this.#isBetween = false;
  }

  /** The answer has been read: what follows is another one. */
  answerRead(): void {
    this.#isBetween = true;
    this.#seen = 0;
  }

  /** @returns the bytes without interim heads; null where more must come first. */
  without(chunk: Buffer): Buffer | null {
    if (!this.#isBetween) return chunk;
    let bytes = this.#held === null ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = null;
    while (begins(bytes) && this.#seen < INTERIM_MAX) {
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) return this.#hold(bytes);
      this.#seen++;
      bytes = bytes.subarray(end + HEAD_END.length);
      if (bytes.length === 0) return null;
    }
    return bytes;
  }

  #hold(bytes: Buffer): Buffer | null {
    if (bytes.length > HEAD_BYTES_MAX) return bytes;
    this.#held = bytes;
    return null;
  }
}

/** Whether it may be the beginning of an interim head. */
function begins(bytes: Buffer): boolean {
  if (bytes.length > BEGINNING.length && bytes[BEGINNING.length - 1] !== BEGINNING.at(-1)) return false;
  const length = Math.min(bytes.length, BEGINNING.length);
  if (bytes.compare(BEGINNING, 0, length, 0, length) !== 0) return false;
  return bytes.toString('latin1', BEGINNING.length - 1, BEGINNING.length - 1 + SWITCHING.length) !== SWITCHING;
}

/** Whose bytes are parsed at this moment: undici calls back while it reads. */
let reading: Interim | null = null;

export function interimOfRead(): Interim | null {
  return reading;
}

/** From now on what is read from the socket has no interim heads. */
export function withoutInterim(socket: Socket): void {
  const interim = new Interim();
  const read = socket.read.bind(socket);
  socket.read = (size?: number): Buffer | null => {
    reading = interim;
    for (;;) {
      const chunk: Buffer | null = read(size);
      const bytes = chunk === null ? null : interim.without(chunk);
      if (chunk === null || bytes !== null) return bytes;
    }
  };
}
