/**
 * A request's body, read into memory, and past a limit into a file. What is too large is read on for a while, so that a client which is
 * still sending can read why it was refused.
 */
import type { IncomingMessage } from 'node:http';
import { SpooledBody } from '../body/body.ts';
import { JSON_BYTES_MAX, Look } from '../body/look.ts';
import type { Spool, SpoolFile } from '../body/spool.ts';
import type { BodyLimits, BodyRead } from './inbound.ts';

/** Read of a refused body past the limit, before the connection is broken. Bytes. */
const LINGER_BYTES_MAX = 16 * 1024 * 1024;
/** Gathered before it is written to the file; the client waits meanwhile. Bytes. */
const WRITE_BYTES = 256 * 1024;

const EMPTY = Buffer.alloc(0);

interface Reading {
  readonly limits: BodyLimits;
  readonly spool: Spool;
  readonly done: (body: BodyRead) => void;
}

export class BodyReader {
  readonly #request: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #spool: Spool;
  #done: ((body: BodyRead) => void) | null;
  #chunks: Buffer[] = [];
  /** In `#chunks`. */
  #heldBytes = 0;
  #bytes = 0;
  #writer: Writer | null = null;

  constructor(request: IncomingMessage, { limits, spool, done }: Reading) {
    this.#request = request;
    this.#limits = limits;
    this.#spool = spool;
    this.#done = done;
  }

  /** @param length as announced; null: not. */
  begin(length: number | null): void {
    const { bodyBytesMax, memoryBodyBytesMax } = this.#limits;
    this.#request.on('data', this.#onData);
    this.#request.on('end', this.#onEnd);
    if (length === null) return;
    if (length > bodyBytesMax)
      this.#refuse({ kind: 'tooLarge', setting: 'limits.bodyBytesMax', bytesMax: bodyBytesMax });
    else if (length > memoryBodyBytesMax) this.#spoolFrom(length);
  }

  /** Nothing is kept for the exchange but what it has been given. */
  get isEmpty(): boolean {
    return this.#done === null && this.#writer === null;
  }

  /** Neither refused nor whole. */
  get isWanted(): boolean {
    return this.#done !== null;
  }

  /** The exchange is over: what was kept goes. */
  release(): void {
    this.#done = null;
    this.#chunks = [];
    this.#writer?.release();
  }

  readonly #onData = (chunk: Buffer): void => {
    const { bodyBytesMax, memoryBodyBytesMax } = this.#limits;
    this.#bytes += chunk.length;
    if (this.#bytes > bodyBytesMax + LINGER_BYTES_MAX) this.#request.destroy();
    if (this.#done === null) return;
    if (this.#bytes > bodyBytesMax) {
      return this.#refuse({ kind: 'tooLarge', setting: 'limits.bodyBytesMax', bytesMax: bodyBytesMax });
    }
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#writer === null && this.#bytes > memoryBodyBytesMax) this.#spoolFrom(0);
    if (this.#writer !== null && this.#heldBytes >= WRITE_BYTES) this.#writeHeld(this.#writer);
  };

  readonly #onEnd = (): void => {
    const writer = this.#writer;
    // A long answer would keep what listens, and with it this reader.
    this.#request.off('data', this.#onData).off('end', this.#onEnd);
    if (this.#done === null) return;
    if (writer === null) return this.#tell({ kind: 'whole', body: this.#held() });
    writer.end(this.#held(), (read) => this.#tell(read));
  };

  /** @param length as far as it is known. */
  #spoolFrom(length: number): void {
    const { type, isEncoded } = describe(this.#request);
    this.#writer = new Writer(this.#spool, this.#limits, new Look({ type, isEncoded }));
    const refusal = this.#writer.expect(length);
    if (refusal !== null) this.#refuse(refusal);
  }

  #writeHeld(writer: Writer): void {
    this.#request.pause();
    writer.write(this.#held(), (refusal) => {
      if (refusal !== null) this.#refuse(refusal);
      this.#request.resume();
    });
  }

  #refuse(refusal: BodyRead): void {
    this.#writer?.release();
    this.#chunks = [];
    this.#tell(refusal);
  }

  #tell(read: BodyRead): void {
    const done = this.#done;
    this.#done = null;
    done?.(read);
  }

  /** The chunks as one, out of the list: what still points to the list keeps nothing. */
  #held(): Buffer {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#heldBytes = 0;
    return chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks);
  }
}

function describe({ headers }: IncomingMessage): { readonly type: string | undefined; readonly isEncoded: boolean } {
  return { type: headers['content-type'], isEncoded: headers['content-encoding'] !== undefined };
}

/** Writes one body to a file of the spool. One write at a time: the caller waits for its end. */
class Writer {
  readonly #spool: Spool;
  readonly #limits: BodyLimits;
  readonly #look: Look;
  #file: SpoolFile | null = null;
  #length = 0;
  /** Of the spool's limit. Bytes. */
  #reserved = 0;
  #released = false;

  constructor(spool: Spool, limits: BodyLimits, look: Look) {
    this.#spool = spool;
    this.#limits = limits;
    this.#look = look;
  }

  /** @param length that the body will have at least. @returns why it cannot be taken; null where it can. */
  expect(length: number): BodyRead | null {
    const { spoolBytesMax } = this.#limits;
    if (this.#look.saysJson && length > JSON_BYTES_MAX) {
      return { kind: 'tooLarge', setting: 'JSON_BYTES_MAX', bytesMax: JSON_BYTES_MAX };
    }
    if (length <= this.#reserved) return null;
    if (!this.#spool.reserve(length - this.#reserved, spoolBytesMax)) {
      return {
        kind: 'noRoom',
        reason: `its bodies on disk would pass ${spoolBytesMax} bytes, its limit 'limits.spoolBytesMax'`,
      };
    }
    this.#reserved = length;
    return null;
  }

  write(bytes: Buffer, done: (refusal: BodyRead | null) => void): void {
    const refusal = this.#released ? GONE : this.expect(this.#length + bytes.length);
    if (refusal !== null) return done(refusal);
    this.#look.add(bytes);
    const file = this.#file;
    if (file !== null) return this.#append(file, bytes, done);
    this.#spool.open(this.#limits.spoolFolder, (error, opened) => {
      this.#file = opened;
      if (opened === null) return done(failed(error));
      if (this.#released) opened.release();
      this.#append(opened, bytes, done);
    });
  }

  #append(file: SpoolFile, bytes: Buffer, done: (refusal: BodyRead | null) => void): void {
    file.write(bytes, this.#length, (error) => {
      this.#length += bytes.length;
      done(error === null ? null : failed(error));
    });
  }

  /** @param bytes the last ones. */
  end(bytes: Buffer, done: (read: BodyRead) => void): void {
    this.write(bytes, (refusal) => {
      const file = this.#file;
      if (refusal !== null || file === null) return done(refusal ?? GONE);
      if (!this.#look.isJson || this.#length > JSON_BYTES_MAX) return done(this.#whole(file, null));
      this.#spool.lookInTurn((finished) => {
        const into = Buffer.allocUnsafeSlow(this.#released ? 0 : this.#length);
        readWhole(file, into, 0, (error) => {
          const read = error === null ? this.#whole(file, into) : failed(error);
          finished();
          done(read);
        });
      });
    });
  }

  #whole(file: SpoolFile, json: Buffer | null): BodyRead {
    return { kind: 'whole', body: new SpooledBody(file, this.#length, this.#look.seen(json)) };
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#spool.free(this.#reserved);
    this.#file?.release();
  }
}

/** Nobody hears it: the exchange is over. */
const GONE: BodyRead = { kind: 'noRoom', reason: 'the client has left' };

function failed(error: NodeJS.ErrnoException | null): BodyRead {
  return {
    kind: 'noRoom',
    reason: `a file for the body failed with ${error?.code ?? 'no reason'} ('limits.spoolFolder')`,
  };
}

function readWhole(
  file: SpoolFile,
  into: Buffer,
  from: number,
  done: (error: NodeJS.ErrnoException | null) => void,
): void {
  if (from === into.length) return done(null);
  file.read(into.subarray(from), from, (error, bytes) => {
    if (error !== null || bytes === 0) done(error ?? new Error('the file is shorter than what was written'));
    else readWhole(file, into, from + bytes, done);
  });
}
