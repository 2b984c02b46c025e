/**
 * A request's body, wherever it is kept: in memory, as nearly all are, or in a file. What must be known of it to route it is asked
 * here, since of a file it was found out while it came.
 */
import { Readable } from 'node:stream';
import {
  type BodyFacts,
  type FormFacts,
  type IdSpan,
  idSpans,
  type Replacement,
  replaceSpans,
  type Span,
  scanBody,
  scanForm,
} from '@spillway/protocol';
import { cacheKeyOf } from '../need/cache-key.ts';
import type { SpoolFile } from './spool.ts';

export type Body = Buffer | SpooledBody;

/** A body on its way up: in memory, or to be read anew for each try. */
export type BodyUp = Buffer | FileBody;

export interface FileBody {
  readonly length: number;
  open(): Readable;
}

/** What was found out of a body on its way into a file. */
export interface Seen {
  /** null: no JSON object, or none that can be looked into. */
  readonly json: BodyFacts | null;
  readonly form: FormFacts | null;
  /** The value of the last `model`, as it stands. */
  readonly model: Buffer;
  readonly ids: readonly IdSpan[];
  /** Whether the mark of a sealed id stands anywhere. */
  readonly isMarked: boolean;
  /** What the prompt cache goes by; null: nothing. */
  readonly cacheKey: number | null;
  /** The body's first bytes. */
  readonly head: Buffer;
}

export class SpooledBody implements FileBody {
  readonly length: number;
  readonly seen: Seen;
  readonly #file: SpoolFile;

  constructor(file: SpoolFile, length: number, seen: Seen) {
    this.#file = file;
    this.length = length;
    this.seen = seen;
  }

  open(): Readable {
    return new PiecesReader(this.#file, [{ start: 0, end: this.length }]);
  }

  /** @param replacements in order, without overlaps. */
  replaced(replacements: readonly Replacement[]): FileBody {
    const pieces: Piece[] = [];
    let from = 0;
    let { length } = this;
    for (const { start, end, bytes } of replacements) {
      pieces.push({ start: from, end: start }, Buffer.from(bytes));
      length += bytes.length - (end - start);
      from = end;
    }
    pieces.push({ start: from, end: this.length });
    return { length, open: () => new PiecesReader(this.#file, pieces) };
  }
}

/** From the file, or in its place. */
type Piece = Span | Buffer;

/** Read from a file at a time. Bytes. */
const READ_BYTES = 64 * 1024;

class PiecesReader extends Readable {
  readonly #file: SpoolFile;
  readonly #pieces: readonly Piece[];
  #at = 0;
  /** Of the piece under way, from its start. */
  #offset = 0;

  constructor(file: SpoolFile, pieces: readonly Piece[]) {
    super({ highWaterMark: READ_BYTES });
    this.#file = file;
    this.#pieces = pieces.filter((piece) => (Buffer.isBuffer(piece) ? piece.length > 0 : piece.end > piece.start));
  }

  override _read(): void {
    const piece = this.#pieces[this.#at];
    if (piece === undefined) {
      this.push(null);
      return;
    }
    if (Buffer.isBuffer(piece)) {
      this.#at++;
      this.push(piece);
      return;
    }
    const start = piece.start + this.#offset;
    const into = Buffer.allocUnsafe(Math.min(READ_BYTES, piece.end - start));
    this.#file.read(into, start, (error, bytes) => {
      if (error !== null) this.destroy(error);
      else if (bytes === 0) this.destroy(new Error('the file of a body is shorter than the body was'));
      else this.#took(into.subarray(0, bytes), piece);
    });
  }

  #took(bytes: Buffer, { start, end }: Span): void {
    this.#offset += bytes.length;
    if (start + this.#offset === end) {
      this.#at++;
      this.#offset = 0;
    }
    this.push(bytes);
  }
}

export function jsonFacts(body: Body): BodyFacts | null {
  return Buffer.isBuffer(body) ? scanBody(body) : body.seen.json;
}

export function formFacts(body: Body, boundary: string): FormFacts | null {
  return Buffer.isBuffer(body) ? scanForm(body, boundary) : body.seen.form;
}

/** @param span of the last `model` in that body. */
export function modelBytes(body: Body, { start, end }: Span): Buffer {
  return Buffer.isBuffer(body) ? body.subarray(start, end) : body.seen.model;
}

export function idsIn(body: Body): readonly IdSpan[] {
  return Buffer.isBuffer(body) ? idSpans(body) : body.seen.ids;
}

/** @param facts of that body. */
export function cacheKeyIn(body: Body, facts: BodyFacts): number | null {
  return Buffer.isBuffer(body) ? cacheKeyOf(body, facts.ask) : body.seen.cacheKey;
}

/** Where it begins; all of it where it is in memory. */
export function headOf(body: Body): Buffer {
  return Buffer.isBuffer(body) ? body : body.seen.head;
}

/** The body with each span replaced, every other byte as it was. */
export function replaced(body: Body, replacements: readonly Replacement[]): BodyUp {
  if (!Buffer.isBuffer(body)) return body.replaced(replacements);
  const bytes = replaceSpans(body, replacements);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
