/**
 * An answer on its way, or one that has come: head, pieces with their times, end. Several may read it, each at its own pace; what is
 * kept can be stored, what is not is forgotten once everybody has read it.
 */
import type { RecordLimits } from './limits.ts';

export interface TapeHead {
  readonly status: number;
  /** Reason phrase. */
  readonly statusText: string;
  /** Flat list of names and values, as they came. */
  readonly headers: readonly string[];
  /** Since the request was sent. Milliseconds. */
  readonly atMs: number;
}

export interface TapeChunk {
  /** Since the request was sent. Milliseconds. */
  readonly atMs: number;
  readonly bytes: Buffer;
}

/** refused: not sent, too many are on their way. unreachable: no connection. broken: it went in the middle. late: a limit of time. */
export interface TapeFailure {
  readonly kind: 'refused' | 'unreachable' | 'broken' | 'late';
  /** For people: `ECONNREFUSED`. */
  readonly reason: string;
}

export type TapeEnd = { readonly kind: 'whole' } | { readonly kind: 'failed'; readonly failure: TapeFailure };

/** Whoever brings the answer. */
export interface TapeSource {
  /** Nobody reads any more. */
  cancel(): void;
  pause(): void;
  resume(): void;
}

export interface TapeReader {
  /** The next piece to be read, counted from the first of all. */
  next: number;
  /** There is more, or the end. */
  readonly onMore: () => void;
}

type TapeLimits = Pick<RecordLimits, 'answerBytesMax' | 'answerChunksMax' | 'unreadBytesMax'>;

const NO_LIMITS: TapeLimits = {
  answerBytesMax: Number.POSITIVE_INFINITY,
  answerChunksMax: Number.POSITIVE_INFINITY,
  unreadBytesMax: Number.POSITIVE_INFINITY,
};

export class Tape {
  readonly #limits: TapeLimits;
  readonly #readers = new Set<TapeReader>();
  #kept: boolean;
  #head: TapeHead | null = null;
  #end: TapeEnd | null = null;
  #chunks: TapeChunk[] = [];
  /** Pieces forgotten before the first of `#chunks`. */
  #forgotten = 0;
  /** Of `#chunks`. */
  #bytes = 0;
  #paused = false;
  #source: TapeSource | null = null;

  constructor(keep: 'keep' | 'pass', limits: TapeLimits) {
    this.#kept = keep === 'keep';
    this.#limits = limits;
  }

  /** One that is whole already. */
  static of(head: TapeHead, chunks: readonly TapeChunk[]): Tape {
    const tape = new Tape('keep', NO_LIMITS);
    tape.begin(head);
    for (const chunk of chunks) tape.add(chunk);
    tape.finish({ kind: 'whole' });
    return tape;
  }

  get head(): TapeHead | null {
    return this.#head;
  }

  /** null: more is to come. */
  get end(): TapeEnd | null {
    return this.#end;
  }

  /** From the first piece on; null where they are not kept, or no longer, since they are too many. */
  get chunks(): readonly TapeChunk[] | null {
    return this.#kept ? this.#chunks : null;
  }

  get deserted(): boolean {
    return this.#readers.size === 0;
  }

  /** Says who brings the answer, to be told when nobody reads or when to wait. */
  from(source: TapeSource): void {
    this.#source = source;
  }

  begin(head: TapeHead): void {
    this.#head = head;
    this.#tell();
  }

  add(chunk: TapeChunk): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.bytes.length;
    const { answerBytesMax, answerChunksMax } = this.#limits;
    if (this.#bytes > answerBytesMax || this.#chunks.length > answerChunksMax) this.#kept = false;
    this.#tell();
    this.#forget();
  }

  /** Later calls say nothing. */
  finish(end: TapeEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#tell();
  }

  /** From the first piece on: only while they are kept, or before there is one. */
  join(onMore: () => void): TapeReader {
    const reader = { next: 0, onMore };
    this.#readers.add(reader);
    return reader;
  }

  /** The piece that the reader comes to; undefined where it has not come yet, or never will. */
  peek(reader: TapeReader): TapeChunk | undefined {
    return this.#chunks[reader.next - this.#forgotten];
  }

  /** The reader has read the piece it came to. */
  advance(reader: TapeReader): void {
    reader.next++;
    this.#forget();
  }

  leave(reader: TapeReader): void {
    if (!this.#readers.delete(reader)) return;
    if (this.deserted && this.#end === null) this.#source?.cancel();
    else this.#forget();
  }

  #tell(): void {
    for (const reader of [...this.#readers]) reader.onMore();
  }

  /** Drops what everybody has read, unless it is kept, and lets the upstream wait for the slowest. */
  #forget(): void {
    if (this.#kept) return;
    const read = Math.min(...[...this.#readers].map(({ next }) => next), this.#forgotten + this.#chunks.length);
    for (const { bytes } of this.#chunks.splice(0, read - this.#forgotten)) this.#bytes -= bytes.length;
    this.#forgotten = read;
    const waits = this.#bytes > this.#limits.unreadBytesMax;
    if (waits === this.#paused) return;
    this.#paused = waits;
    if (waits) this.#source?.pause();
    else this.#source?.resume();
  }
}
