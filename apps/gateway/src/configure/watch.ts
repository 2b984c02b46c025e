/**
 * Hot reload: notices that the configuration, or a secret that it names, has changed, and reads it anew. What then happens
 * is the caller's; errors change nothing there.
 *
 *   event in the folder ─┐
 *                        ├─► look at the stamps ─► changed? ─► look again until they stand still ─► read ─► other text? ─► onLoaded
 *   every POLL_MS ───────┘
 *
 * The folder is watched, not the file: editors replace files, and Kubernetes swaps a symlink beside them, so that a watch on
 * the file goes blind. Some file systems tell nothing at all (network shares), hence the poll.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock, Timer } from '@spillway/clock';
import type { Loaded } from '@spillway/config';
import { codeOf, configOf, type Environment, type ReadFile, readTextFile, readTexts, type Texts } from './load.ts';

export const POLL_MS = 2_000;
/** Files must stand still this long before they are read: half a file may be good YAML with half the backends. */
export const SETTLE_MS = 200;
/** A file that is written to without end is read after so many looks all the same. */
export const SETTLE_LOOKS_MAX = 10;

/** The file system, as far as it is needed here. */
export interface Files {
  readonly read: ReadFile;
  /** Differs whenever the content may differ. Never throws. */
  readonly stamp: (path: string) => Promise<string>;
  /** Calls back when something in the folder changes; returns what ends that. Never throws. */
  readonly watch: (folder: string, onChange: () => void) => () => void;
}

export interface WatchRequest {
  readonly file: string;
  readonly env: Environment;
  readonly clock: Clock;
  /** Called when a text has changed, with what it now says, good or bad. */
  readonly onLoaded: (loaded: Loaded) => void;
  readonly files?: Files;
}

export interface ConfigWatch {
  close(): void;
}

/** Call it in the same turn as `loadConfig`: what it finds on the disk counts as known. */
export function watchConfig(request: WatchRequest): ConfigWatch {
  return isPlainFile(request.file) ? new Watcher(request) : { close: () => {} };
}

/** A pipe (`--config <(…)`) can be read once only. What is not there may come. */
function isPlainFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return true;
  }
}

export const nodeFiles: Files = {
  read: readTextFile,
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

class Watcher implements ConfigWatch {
  readonly #request: WatchRequest;
  readonly #files: Files;
  readonly #unwatch: () => void;
  #known: Texts;
  /** Of the texts that are known; null until first looked at. */
  #knownStamp: string | null = null;
  /** Seen at the last look, and not yet stood still. */
  #unsettled: { readonly stamp: string; readonly looks: number } | null = null;
  #timer: Timer | null = null;
  #closed = false;

  constructor(request: WatchRequest) {
    this.#request = request;
    this.#files = request.files ?? nodeFiles;
    this.#known = readTexts(request.file, this.#files.read);
    this.#unwatch = this.#files.watch(dirname(resolve(request.file)), () => this.#onChange());
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
    const stamp = await this.#stamp();
    if (this.#closed) return;
    const looks = (this.#unsettled?.looks ?? 0) + 1;
    if (stamp === this.#knownStamp) this.#unsettled = null;
    else if (stamp !== this.#unsettled?.stamp && looks < SETTLE_LOOKS_MAX) this.#unsettled = { stamp, looks };
    else this.#read(stamp);
    this.#lookIn(this.#unsettled === null ? POLL_MS : SETTLE_MS);
  }

  #read(stamp: string): void {
    const texts = readTexts(this.#request.file, this.#files.read);
    this.#knownStamp = stamp;
    this.#unsettled = null;
    if (sameTexts(texts, this.#known)) return;
    this.#known = texts;
    this.#request.onLoaded(configOf(this.#request.file, this.#request.env, texts));
  }

  async #stamp(): Promise<string> {
    const paths = [this.#request.file, ...this.#known.secrets.keys()];
    const stamps = await Promise.all(paths.map((path) => this.#files.stamp(path)));
    return stamps.join('\n');
  }
}

function sameTexts(a: Texts, b: Texts): boolean {
  return contents(a) === contents(b);
}

function contents({ main, secrets }: Texts): string {
  return JSON.stringify([main, ...secrets]);
}
