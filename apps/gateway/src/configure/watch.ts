/** Hot reload: notices that the configuration, or a secret that it names, has changed, and reads it anew. What then happens is the caller's. */
import { statSync } from 'node:fs';
import type { Clock } from '@spillway/clock';
import type { Loaded } from '@spillway/config';
import { configOf, type Environment, type ReadFile, readTextFile, readTexts, type Texts } from './load.ts';
import { nodeStamps, type Stamps, StampWatch } from './stamp-watch.ts';

/** The file system, as far as it is needed here. */
export interface Files extends Stamps {
  readonly read: ReadFile;
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

export const nodeFiles: Files = { read: readTextFile, ...nodeStamps };

/** Call it in the same turn as `loadConfig`: what it finds on the disk counts as known. */
export function watchConfig({ file, env, clock, onLoaded, files = nodeFiles }: WatchRequest): ConfigWatch {
  if (!isPlainFile(file)) return { close: () => {} };
  let known = readTexts(file, files.read);
  return new StampWatch({
    file,
    paths: () => [file, ...known.secrets.keys()],
    clock,
    files,
    onChanged: () => {
      const texts = readTexts(file, files.read);
      if (sameTexts(texts, known)) return;
      known = texts;
      onLoaded(configOf(file, env, texts));
    },
  });
}

/** A pipe (`--config <(…)`) can be read once only. What is not there may come. */
function isPlainFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return true;
  }
}

function sameTexts(a: Texts, b: Texts): boolean {
  return contents(a) === contents(b);
}

function contents({ main, secrets }: Texts): string {
  return JSON.stringify([main, ...secrets]);
}
