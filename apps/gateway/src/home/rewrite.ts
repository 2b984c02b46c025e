/**
 * Answers with ids: each is sealed with its owner's name before the client sees it, every other byte stays. A JSON text is rewritten
 * whole, or as it comes where it is too long to be held; a stream event by event, as each is complete.
 */
import { eventEnd, IdScan, type IdSpan, idSpans, type Replacement, replaceSpans } from '@spillway/protocol';
import type { Seal } from './seal.ts';

/** What of an answer is sealed. contents: only what its owner alone can read, since nothing of it is kept. */
export type Sealing = 'all' | 'contents';

/** Ids repeat in every event of a stream; so many are remembered. */
const REMEMBERED_MAX = 1_000;
/** An event that is longer passes as it is. Bytes. */
export const EVENT_BYTES_MAX = 16 * 1024 * 1024;

export class IdWriter {
  readonly #seal: Seal;
  readonly #owner: string;
  readonly #sealing: Sealing;
  readonly #remembered = new Map<string, Buffer>();

  /** @param sealedBy ids that the client sent, as it sent them: they come back to it the same, also where the key is another one by now. */
  constructor(seal: Seal, owner: string, sealing: Sealing, sealedBy: ReadonlyMap<string, string> = new Map()) {
    this.#seal = seal;
    this.#owner = owner;
    this.#sealing = sealing;
    for (const [id, sealed] of sealedBy) this.#remembered.set(id, Buffer.from(sealed));
  }

  /** @param bytes a JSON text, or an event that holds one. @returns the same where it holds no id. */
  json(bytes: Buffer): Buffer {
    return this.written(bytes, idSpans(bytes));
  }

  /** @param spans the ids in those bytes. */
  written(bytes: Buffer, spans: readonly IdSpan[]): Buffer {
    const replacements = spans
      .filter(({ kind }) => kind === 'encrypted' || this.#sealing === 'all')
      .map((span): Replacement => ({ start: span.start, end: span.end, bytes: this.#sealed(span) }));
    if (replacements.length === 0) return bytes;
    const replaced = replaceSpans(bytes, replacements);
    return Buffer.from(replaced.buffer, replaced.byteOffset, replaced.byteLength);
  }

  #sealed({ kind, text }: IdSpan): Buffer {
    if (kind === 'encrypted') return Buffer.from(this.#seal.sealContent(text, this.#owner));
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const sealed = Buffer.from(this.#seal.seal(text, this.#owner));
    if (this.#remembered.size < REMEMBERED_MAX) this.#remembered.set(text, sealed);
    return sealed;
  }
}

const EMPTY = Buffer.alloc(0);
const LF = 0x0a;
const CR = 0x0d;

/** Of a JSON text, while the end of a string is waited for; then what follows passes as it is. Bytes. */
export const JSON_REST_BYTES_MAX = 1024 * 1024;

/** A JSON text as it comes. What may be the beginning of an id waits for its end. */
export class JsonWriter {
  readonly #ids: IdWriter;
  readonly #scan = new IdScan();
  #rest: Buffer = EMPTY;
  #passing = false;

  constructor(ids: IdWriter) {
    this.#ids = ids;
  }

  /** @returns what may go out by now. */
  add(chunk: Buffer): Buffer {
    if (this.#passing) return chunk;
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const { spans, at } = this.#scan.scan(bytes);
    this.#rest = bytes.subarray(at);
    const out = this.#ids.written(bytes.subarray(0, at), spans);
    if (this.#rest.length <= JSON_REST_BYTES_MAX) return out;
    this.#passing = true;
    return Buffer.concat([out, this.end()]);
  }

  /** What is left at the end: a string without its end. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = EMPTY;
    return rest;
  }
}

/** Events as they become whole. */
export class EventWriter {
  readonly #ids: IdWriter | null;
  readonly #drops: ((event: Buffer) => boolean) | null;
  /** Of an event whose end has not come. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** An event was too long: what is left of the stream passes. */
  #passing = false;

  /**
   * @param ids null: nothing is sealed, and events go out as they came.
   * @param drops which events do not go out; null: all do.
   */
  constructor(ids: IdWriter | null, drops: ((event: Buffer) => boolean) | null = null) {
    this.#ids = ids;
    this.#drops = drops;
  }

  get #changesNothing(): boolean {
    return this.#ids === null && this.#drops === null;
  }

  /** @returns what may go out by now; empty where nothing is whole yet. */
  add(chunk: Buffer): Buffer {
    if (this.#passing) return chunk;
    // As nearly always: whole events, and nothing before them.
    if (this.#changesNothing && this.#restBytes === 0 && endsEvent(chunk)) return chunk;
    this.#rest.push(chunk);
    this.#restBytes += chunk.length;
    // Without the end of a line no event can end: long ones are not looked at anew with each chunk.
    if (!chunk.includes(LF) && !chunk.includes(CR)) return this.#restBytes > EVENT_BYTES_MAX ? this.#giveUp() : EMPTY;
    const bytes = this.#taken();
    const out: Buffer[] = [];
    let from = 0;
    for (let end = eventEnd(bytes, from); end >= 0; end = eventEnd(bytes, from)) {
      if (!this.#changesNothing) this.#write(bytes.subarray(from, end), out);
      from = end;
    }
    if (this.#changesNothing && from > 0) out.push(bytes.subarray(0, from));
    if (from < bytes.length) this.#rest.push(bytes.subarray(from));
    this.#restBytes = bytes.length - from;
    if (this.#restBytes > EVENT_BYTES_MAX) out.push(this.#giveUp());
    return out.length === 1 ? (out[0] ?? EMPTY) : Buffer.concat(out);
  }

  /** What is left when the stream has ended: an event without its end. */
  end(): Buffer {
    const rest = this.#taken();
    if (rest.length === 0 || this.#changesNothing) return rest;
    const out: Buffer[] = [];
    this.#write(rest, out);
    return out[0] ?? EMPTY;
  }

  #write(event: Buffer, out: Buffer[]): void {
    if (this.#drops?.(event) === true) return;
    out.push(this.#ids === null ? event : this.#ids.json(event));
  }

  #giveUp(): Buffer {
    this.#passing = true;
    return this.#taken();
  }

  #taken(): Buffer {
    const [first = EMPTY] = this.#rest;
    const bytes = this.#rest.length > 1 ? Buffer.concat(this.#rest) : first;
    this.#rest = [];
    this.#restBytes = 0;
    return bytes;
  }
}

/** Whether its last bytes are a blank line: nothing of a further event is in it. */
function endsEvent(chunk: Buffer): boolean {
  const { length } = chunk;
  return length >= 2 && chunk[length - 1] === LF && chunk[length - 2] === LF;
}
