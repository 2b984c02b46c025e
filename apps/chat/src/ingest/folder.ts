/**
 * The documents of a folder. Nothing outside of it is read: symbolic links are not followed, neither to files nor to folders, and each
 * file is looked at again when it is opened.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isSupportedName } from '../extract/media-type.ts';
import { type AccessRules, NO_RULES, RULES_FILE, readRules } from './access-rules.ts';
import type { IngestLimits } from './limits.ts';
import { documentPath } from './path.ts';
import type { Loaded, Source } from './source.ts';

export interface FolderJob {
  readonly root: string;
  /** For documents that name none. */
  readonly category: string | null;
}

export type Listed =
  | {
      readonly kind: 'listed';
      /** Which folder it is, for the store: the same for the same place on the same machine, and telling nobody where that is. */
      readonly folder: string;
      readonly sources: readonly Source[];
      /** Of a kind that is not read, or with a name that begins with a dot. */
      readonly ignored: number;
      /** Not taken, with the reason. */
      readonly refused: ReadonlyArray<{ readonly path: string; readonly reason: string }>;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface FolderLimits extends Pick<IngestLimits, 'filesPerJobMax' | 'foldersDeepMax'> {
  readonly bytesMax: number;
}

class TooMany extends Error {}

/** In the order of their paths, so that a run that was cut off and its repetition go the same way. */
export async function listFolder(job: FolderJob, limits: FolderLimits): Promise<Listed> {
  const walk = new Walk(limits);
  try {
    const root = await realpath(job.root);
    await walk.folder(root, '', 0);
    const rules = walk.hasRules ? await rulesIn(root, limits) : NO_RULES;
    if (typeof rules === 'string') return { kind: 'refused', reason: `${RULES_FILE}: ${rules}` };
    const sources = walk.paths.toSorted().map((path) => sourceOf(root, path, { job, rules, limits }));
    return { kind: 'listed', folder: nameOf(root), sources, ignored: walk.ignored, refused: walk.refused };
  } catch (error) {
    if (error instanceof TooMany) return { kind: 'refused', reason: error.message };
    return {
      kind: 'refused',
      reason: `the folder cannot be read (${codeOf(error)}); does it exist, and may we read it?`,
    };
  }
}

function nameOf(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 32);
}

class Walk {
  readonly paths: string[] = [];
  readonly refused: { readonly path: string; readonly reason: string }[] = [];
  ignored = 0;
  hasRules = false;
  readonly #limits: FolderLimits;

  constructor(limits: FolderLimits) {
    this.#limits = limits;
  }

  async folder(root: string, path: string, depth: number): Promise<void> {
    const { foldersDeepMax } = this.#limits;
    if (depth > foldersDeepMax)
      throw new TooMany(`folders within folders, deeper than ${foldersDeepMax}; flatten them`);
    for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      if (below === RULES_FILE) this.hasRules = true;
      else if (entry.name.startsWith('.') || entry.name === 'node_modules') this.ignored++;
      else if (entry.isSymbolicLink()) this.#refuse(below, 'a symbolic link, which is not followed; copy the file');
      else if (entry.isDirectory()) await this.folder(root, below, depth + 1);
      else this.#file(below, entry.isFile());
    }
  }

  #file(path: string, isFile: boolean): void {
    if (!isFile || !isSupportedName(path)) this.ignored++;
    else if (documentPath(path) !== path.normalize('NFC'))
      this.#refuse(path, 'a path that cannot be an address; rename it');
    else this.paths.push(path);
    this.#bound();
  }

  #refuse(path: string, reason: string): void {
    this.refused.push({ path, reason });
    this.#bound();
  }

  #bound(): void {
    const { filesPerJobMax } = this.#limits;
    if (this.paths.length + this.refused.length > filesPerJobMax) {
      throw new TooMany(`more than ${filesPerJobMax} files; index its folders one by one`);
    }
  }
}

interface Setting {
  readonly job: FolderJob;
  readonly rules: AccessRules;
  readonly limits: FolderLimits;
}

function sourceOf(root: string, path: string, { job, rules, limits }: Setting): Source {
  const load = () => readWithin(root, path, limits.bytesMax);
  const indexed = path.normalize('NFC');
  return { path: indexed, category: job.category, access: rules.accessOf(indexed), owner: null, load };
}

async function rulesIn(root: string, limits: FolderLimits): Promise<AccessRules | string> {
  const loaded = await readWithin(root, RULES_FILE, limits.bytesMax);
  return loaded.kind === 'bytes' ? readRules(new TextDecoder().decode(loaded.bytes)) : loaded.message;
}

/** A file may have been changed for a link since it was listed: the opened one is what counts. */
export async function readWithin(root: string, path: string, bytesMax: number): Promise<Loaded> {
  try {
    const folder = relative(root, await realpath(dirname(join(root, path))));
    if (folder === '..' || folder.startsWith(`..${sep}`)) return refused('it leads out of its folder');
    const file = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return refused('no ordinary file');
      if (facts.size > bytesMax) return refused(`${facts.size} bytes, above ${bytesMax}; split the document`);
      return { kind: 'bytes', bytes: await readBounded(file, facts.size) };
    } finally {
      await file.close();
    }
  } catch (error) {
    return refused(`cannot be read (${codeOf(error)})`);
  }
}

type File = Awaited<ReturnType<typeof open>>;

/** What a file grows by while it is read is left for the next time. */
async function readBounded(file: File, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

function refused(message: string): Loaded {
  return { kind: 'refused', message };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
