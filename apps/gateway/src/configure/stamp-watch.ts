/**
 * Notices that files have changed, once they stand still: half a file may look like a whole one.
 *
 *   event in the folder ─┐
 *                        ├─► look at the stamps ─► changed? ─► look again until they stand still ─► onChanged
 *   every POLL_MS ───────┘
 *
 * The folder is watched, not the file: editors replace files, and Kubernetes swaps a symlink beside them, so that a watch on
 * the file goes blind. Some file systems tell nothing at all (network shares), hence the poll.
 */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock, Timer } from '@spillway/clock';
import { codeOf } from './load.ts';

export const POLL_MS = 2_000;
/** Files must stand still this long before they are read. */
export const SETTLE_MS = 200;
/** A file that is written to without end is read after so many looks all the same. */
export const SETTLE_LOOKS_MAX = 10;

/** The file system, as far as it is needed here. */
export interface Stamps {
  /** Differs whenever the content may differ. Never throws. */
  readonly stamp: (path: string) => Promise<string>;
  /** Calls back when something in the folder changes; returns what ends that. Never throws. */
  readonly watch: (folder: string, onChange: () => void) => () => void;
}

export interface StampWatchRequest {
  /** Whose folder is watched. */
  readonly file: string;
  /** All that are looked at, asked for at each look. */
  readonly paths: () => readonly string[];
  readonly clock: Clock;
  readonly files: Stamps;
  /** Also once at the beginning: what was read before may have changed since. */
  readonly onChanged: () => void;
}

export const nodeStamps: Stamps = {
  async stamp(path) {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(path);
      return [ino, size, mtimeMs, ctimeMs].join(' ');
    } catch (error) {
      return codeOf(error);
    }
  },
  watch: watchFolder,
};

/** Where watching is not possible (no such folder, no watches left) the poll is enough. */
function watchFolder(folder: string, onChange: () => void): () => void {
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher?.close());
  } catch {}
  return () => watcher?.close();
}

export class StampWatch {
  readonly #request: StampWatchRequest;
  readonly #unwatch: () => void;
  /** Of what was last told of; null until first looked at. */
  #knownStamp: string | null = null;
  /** Seen at the last look, and not yet stood still. */
  #unsettled: { readonly stamp: string; readonly looks: number } | null = null;
  #timer: Timer | null = null;
  #closed = false;

  constructor(request: StampWatchRequest) {
    this.#request = request;
    this.#unwatch = request.files.watch(dirname(resolve(request.file)), () => this.#onChange());
    this.#lookIn(SETTLE_MS);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#unwatch();
  }

  /** While a look is under way or files are settling, the next look comes soon anyway. */
  #onChange(): void {
    if (this.#timer === null || this.#unsettled !== null) return;
    this.#timer.cancel();
    this.#lookIn(SETTLE_MS);
  }

  #lookIn(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = this.#request.clock.after(delayMs, () => {
      this.#timer = null;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const { files, paths, onChanged } = this.#request;
    const stamp = (await Promise.all(paths().map((path) => files.stamp(path)))).join('\n');
    if (this.#closed) return;
    const looks = (this.#unsettled?.looks ?? 0) + 1;
    if (stamp === this.#knownStamp) this.#unsettled = null;
    else if (stamp !== this.#unsettled?.stamp && looks < SETTLE_LOOKS_MAX) this.#unsettled = { stamp, looks };
    else {
      this.#knownStamp = stamp;
      this.#unsettled = null;
      onChanged();
    }
    this.#lookIn(this.#unsettled === null ? POLL_MS : SETTLE_MS);
  }
}
