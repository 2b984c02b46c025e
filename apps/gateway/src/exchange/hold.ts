/**
 * Holds back the beginning of an answer until it may be shown to the client: before that, a failure can still be hidden by
 * another try (the commit point, design §4.6). JSON and errors are held until whole; streams until the first event that
 * carries any of the answer; anything else until its first byte. Every hold has a limit, past which the answer is committed.
 */
import { classifyEvent, type ErrorFacts, eventEnd } from '@spillway/protocol';

/** whole: commit when the answer ends. preamble: commit with the first substantive event. firstByte: commit with the first byte. */
export type HoldMode = 'whole' | 'preamble' | 'firstByte';

/** A stream's beginning is held up to this size. Bytes. */
export const PREAMBLE_BYTES_MAX = 64 * 1024;

/** And up to this many chunks: it is looked at anew with each. */
export const PREAMBLE_CHUNKS_MAX = 64;

export type Held =
  | { readonly kind: 'hold' }
  | { readonly kind: 'commit' }
  /** The stream failed before any of the answer came. */
  | { readonly kind: 'error'; readonly facts: ErrorFacts };

const HOLD: Held = { kind: 'hold' };
const COMMIT: Held = { kind: 'commit' };

/** @param encoding of the content: events cannot be told in what is compressed. */
export function holdMode(status: number, contentType: string | undefined, encoding: string | undefined): HoldMode {
  if (status >= 400) return 'whole';
  const type = contentType?.toLowerCase() ?? '';
  if (type.startsWith('text/event-stream')) {
    return encoding === undefined || encoding === 'identity' ? 'preamble' : 'firstByte';
  }
  return type.includes('json') ? 'whole' : 'firstByte';
}

export class Hold {
  readonly #mode: HoldMode;
  readonly #bytesMax: number;
  readonly chunks: Buffer[] = [];
  #bytes = 0;
  /** Nothing is held but events that are whole. */
  #wholeEvents = true;

  /** @param wholeBytesMax limit for answers held until whole. Bytes. */
  constructor(mode: HoldMode, wholeBytesMax: number) {
    this.#mode = mode;
    this.#bytesMax = mode === 'preamble' ? PREAMBLE_BYTES_MAX : wholeBytesMax;
  }

  add(chunk: Buffer): Held {
    this.chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#mode === 'firstByte' || this.#bytes > this.#bytesMax) return COMMIT;
    if (this.#mode === 'whole') return HOLD;
    return this.chunks.length > PREAMBLE_CHUNKS_MAX ? COMMIT : this.#firstSubstantive();
  }

  /** Whether a stream has ended without any of an answer: all that came is preamble, event by event. */
  get isEmptyStream(): boolean {
    return this.#mode === 'preamble' && this.#wholeEvents;
  }

  /** What is held, as text; for the error bodies that decide something. */
  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }

  /** The preamble is one or two short events, so it is looked at anew with each chunk. */
  #firstSubstantive(): Held {
    const bytes = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    if (bytes === undefined) return HOLD;
    for (let from = 0; ; ) {
      const end = eventEnd(bytes, from);
      this.#wholeEvents = from === bytes.length;
      if (end < 0) return HOLD;
      const event = classifyEvent(bytes.toString('utf8', from, end));
      if (event.kind === 'content') return COMMIT;
      if (event.kind === 'error') return event;
      from = end;
    }
  }
}
