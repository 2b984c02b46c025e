/**
 * Where the executable puts what it brings along. Node reads scripts of threads and modules from files, so they are unpacked once, into a
 * folder of whoever runs it, and found there from then on. What others can write to is not run.
 */
import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { unpack } from './archive.ts';

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
  readonly temporary: string;
  /** Who runs it; null where files have no such owner (Windows). */
  readonly user: number | null;
}

/** Names the folder, where another one is wanted than the system's for caches; a relative one is in the folder that it runs in. */
const FOLDER_VARIABLE = 'SPILLWAY_UNPACK_FOLDER';

export class NoPlace extends Error {}

/** @param name of what is unpacked: another text for each other content. @returns the folder that has it. @throws NoPlace */
export function placeFor(name: string, archive: () => Uint8Array, machine: Machine): string {
  const problems: string[] = [];
  for (const parent of parentsOn(machine)) {
    try {
      return placeIn(parent, name, archive, machine.user);
    } catch (error) {
      problems.push(`${parent}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new NoPlace(
    `cannot unpack: ${problems.join('; ')}; set ${FOLDER_VARIABLE} to a folder of yours that may be written to`,
  );
}

/**
 * In the order in which they are tried. Source of the first: XDG Base Directory Specification, which says of a relative path that it is
 * not valid, and ignored; Apple's and Microsoft's own.
 */
function parentsOn({ env, platform, home, temporary, user }: Machine): readonly string[] {
  const chosen = env[FOLDER_VARIABLE];
  // Scripts are loaded by their whole path.
  if (chosen !== undefined && chosen !== '') return [resolve(chosen)];
  const caches: Readonly<Record<string, string | undefined>> = {
    darwin: join(home, 'Library/Caches'),
    win32: env.LOCALAPPDATA,
  };
  const named = env.XDG_CACHE_HOME ?? '';
  const cache = caches[platform] ?? (isAbsolute(named) ? named : join(home, '.cache'));
  return [join(cache, 'spillway'), join(temporary, `spillway-${user ?? 'unpacked'}`)];
}

function placeIn(parent: string, name: string, archive: () => Uint8Array, user: number | null): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  refuseOthers(parent, user);
  const folder = join(parent, name);
  if (isFolder(folder)) {
    refuseOthers(folder, user);
    return folder;
  }
  const fresh = mkdtempSync(`${folder}.`);
  try {
    unpack(archive(), fresh);
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another process that started at the same time may have been first.
    if (!isFolder(folder)) throw error;
  }
  return folder;
}

function refuseOthers(folder: string, user: number | null): void {
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error('is no folder');
  if (user === null) return;
  if (found.uid !== user || (found.mode & 0o022) !== 0) throw new Error('others can write to it');
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
