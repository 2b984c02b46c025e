/**
 * Where the frames of a WebSocket begin and end in bytes that only pass by: so that a frame of the gateway's own never lands inside of
 * another, and a frame beyond the limit is noticed by its head. Source: RFC 6455 §5.2, §5.5.1.
 */
import { randomBytes } from 'node:crypto';

/** Of one frame: 15 MiB of sound in base64, and some. Bytes; a longer one ends the connection with 1009. */
export const FRAME_BYTES_MAX = 32 * 1024 * 1024;
/** Of a text's beginning, enough to tell what event it is. Bytes. */
const TEXT_HEAD_BYTES = 128;
/** Two bytes, a length of eight, a mask of four. */
const HEAD_BYTES_MAX = 14;
const TEXT_WHOLE = 0x81;
const OPCODE = 0x0f;
const CLOSE = 0x08;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** Of a close frame's reason. Bytes. */
const REASON_BYTES_MAX = 123;

/** One direction of a connection. */
export class Frames {
  readonly #bytesMax: number;
  readonly #onText: (head: string) => void;
  readonly #head = Buffer.alloc(HEAD_BYTES_MAX);
  #headBytes = 0;
  #left = 0;
  /** Whether that side has said that it closes. */
  closeSeen = false;

  /** @param onText told how each whole, uncompressed, unmasked text begins, where that much of it comes with its head. */
  constructor(onText: (head: string) => void = () => {}, bytesMax = FRAME_BYTES_MAX) {
    this.#onText = onText;
    this.#bytesMax = bytesMax;
  }

  /** Whether what has passed ends with the end of a frame. */
  get atBoundary(): boolean {
    return this.#left === 0 && this.#headBytes === 0;
  }

  /** @returns false where a frame is longer than allowed. */
  add(chunk: Buffer): boolean {
    for (let i = 0; i < chunk.length; ) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - i);
        this.#left -= passed;
        i += passed;
        continue;
      }
      this.#head[this.#headBytes++] = chunk[i++] ?? 0;
      if (this.#headBytes < headSize(this.#head, this.#headBytes)) continue;
      this.#left = lengthIn(this.#head);
      if (this.#left > this.#bytesMax) return false;
      this.#began(chunk, i);
      this.#headBytes = 0;
    }
    return true;
  }

  #began(chunk: Buffer, at: number): void {
    const [first = 0, second = 0] = this.#head;
    if ((first & OPCODE) === CLOSE) this.closeSeen = true;
    if (first !== TEXT_WHOLE || (second & MASKED) !== 0) return;
    this.#onText(chunk.toString('latin1', at, Math.min(chunk.length, at + Math.min(this.#left, TEXT_HEAD_BYTES))));
  }
}

/** As far as it can be told from the bytes there are. */
function headSize(head: Buffer, bytes: number): number {
  if (bytes < 2) return 2;
  const second = head[1] ?? 0;
  const short = second & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + ((second & MASKED) === 0 ? 0 : MASK_BYTES);
}

function lengthIn(head: Buffer): number {
  const short = (head[1] ?? 0) & 0x7f;
  if (short === 126) return head.readUInt16BE(2);
  return short === 127 ? Number(head.readBigUInt64BE(2)) : short;
}

/** @param from a client's frames are masked, a server's are not. */
export function closeFrame(code: number, reason: string, from: 'client' | 'server'): Buffer {
  const payload = Buffer.concat([
    Buffer.from([code >> 8, code & 0xff]),
    Buffer.from(reason).subarray(0, REASON_BYTES_MAX),
  ]);
  const first = 0x80 | CLOSE;
  if (from === 'server') return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  const mask = randomBytes(MASK_BYTES);
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i % MASK_BYTES] ?? 0);
  return Buffer.concat([Buffer.from([first, MASKED | payload.length]), mask, payload]);
}
