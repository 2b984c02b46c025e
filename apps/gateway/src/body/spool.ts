/**
 * Bodies too long for memory, each in a file of its own. A file loses its name as soon as it is open, so that nothing stays behind
 * however the process ends, and nobody else can open it; what has a name was left by a process that died in between. Callbacks, no
 * promises: the data path reads and writes here.
 */
import { randomUUID } from 'node:crypto';
import { close, mkdirSync, open, read, readdirSync, unlink, unlinkSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'spillway-body-';
const NAME = /^spillway-body-[\da-f-]{36}$/;
/** Read and written by the owner alone. */
const MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Left-over files taken away at a start; the rest at the next one. */
const SWEPT_MAX = 10_000;

type Failed = NodeJS.ErrnoException | null;

export class Spool {
  #bytes = 0;
  #files = 0;
  /** Each waits with a file that is open already, so that there are no more of them than files. */
  readonly #waiting: (() => void)[] = [];
  #isLooking = false;

  /** Of all files together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Open now. */
  get files(): number {
    return this.#files;
  }

  /** @returns false where so much more would pass the limit. */
  reserve(bytes: number, bytesMax: number): boolean {
    if (this.#bytes + bytes > bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  free(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** @param folder null: the system's own for temporary files. */
  open(folder: string | null, done: (error: Failed, file: SpoolFile | null) => void): void {
    const path = join(folder ?? tmpdir(), PREFIX + randomUUID());
    open(path, 'wx+', MODE, (error, handle) => {
      if (error !== null) return done(error, null);
      this.#files++;
      const file = new SpoolFile(handle, () => this.#files--);
      unlink(path, (unlinkError) => {
        // Somebody who swept was faster.
        if (unlinkError === null || unlinkError.code === 'ENOENT') return done(null, file);
        file.release();
        done(unlinkError, null);
      });
    });
  }

  /** One whole body in memory at a time, to be looked into; `look` says when it has finished. */
  lookInTurn(look: (finished: () => void) => void): void {
    this.#waiting.push(() => {
      look(() => {
        this.#isLooking = false;
        this.#lookOn();
      });
    });
    this.#lookOn();
  }

  #lookOn(): void {
    if (this.#isLooking) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#isLooking = true;
    next();
  }

  /** Takes away what a process left that ended between opening a file and taking its name away. Also makes the folder. */
  sweep(folder: string | null): void {
    const path = folder ?? tmpdir();
    if (folder !== null) quietly(() => mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }));
    const names = quietly(() => readdirSync(path)) ?? [];
    for (const name of names.filter((each) => NAME.test(each)).slice(0, SWEPT_MAX)) {
      quietly(() => unlinkSync(join(path, name)));
    }
  }
}

/** What is wrong with the folder shows, with its reason, at the first body that needs it. */
function quietly<Value>(run: () => Value): Value | null {
  try {
    return run();
  } catch {
    return null;
  }
}

const RELEASED: NodeJS.ErrnoException = Object.assign(new Error('the body is not kept any more'), {
  code: 'ECANCELED',
});

/** One file. It is closed once nobody reads or writes it any more: its number would soon be another file's. */
export class SpoolFile {
  readonly #handle: number;
  readonly #onClose: () => void;
  #busy = 0;
  #released = false;

  constructor(handle: number, onClose: () => void) {
    this.#handle = handle;
    this.#onClose = onClose;
  }

  /** Writes all of it. */
  write(bytes: Buffer, position: number, done: (error: Failed) => void): void {
    if (this.#released) return done(RELEASED);
    this.#busy++;
    write(this.#handle, bytes, 0, bytes.length, position, (error, written) => {
      this.#idle();
      if (error !== null || written === bytes.length) done(error);
      else this.write(bytes.subarray(written), position + written, done);
    });
  }

  /** Reads up to the length of `into`; `bytes` 0 at the end of the file. */
  read(into: Buffer, position: number, done: (error: Failed, bytes: number) => void): void {
    if (this.#released) return done(RELEASED, 0);
    this.#busy++;
    read(this.#handle, into, 0, into.length, position, (error, bytes) => {
      this.#idle();
      done(error, bytes);
    });
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#busy++;
    this.#idle();
  }

  #idle(): void {
    this.#busy--;
    if (!this.#released || this.#busy > 0) return;
    close(this.#handle, () => {});
    this.#onClose();
  }
}
