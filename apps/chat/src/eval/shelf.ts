/** Where runs are kept: a folder of results, or memory where nothing is to be written. Both hold a bounded number; the oldest go first. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RESULT_BYTES_MAX, type Result, resultSchema } from './result.ts';
import { type RunSummary, summaryOf } from './summary.ts';

/** Runs that are kept, and that a list tells; of a folder the newest. */
export const RUNS_MAX = 100;
/** Of all runs that are kept in a folder. Bytes. */
const RUNS_BYTES_MAX = 256 * 1024 * 1024;
/** Files of a folder that are looked at. */
const FILES_MAX = 10_000;

export interface Listed {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Files that are no result of this version, or too large. */
  readonly unread: number;
}

export interface Shelf {
  list(): Promise<Listed>;
  /** null: there is none, or it cannot be read. */
  read(id: string): Promise<Result | null>;
  /** @returns its id. @throws where it is too large, or cannot be written: message for a person. */
  keep(result: Result): Promise<string>;
  /** @returns whether it was there. */
  remove(id: string): Promise<boolean>;
}

/** A name of a file without its ending: nothing in it leads to another folder. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;
/** What {@link idOf} makes: only such files are ever removed to make room. */
const OURS = /^\d{8}T\d{9}Z-(?:answers|search)-[0-9a-f]{8}$/;
const ENDING = '.json';

/** In the order of time, as names are sorted. */
function idOf({ startedMs, mode }: Result): string {
  const at = new Date(startedMs).toISOString().replace(/[-:.]/g, '');
  return `${at}-${mode}-${randomBytes(4).toString('hex')}`;
}

function textOf(result: Result): string {
  const text = `${JSON.stringify(result, null, 1)}\n`;
  if (Buffer.byteLength(text) <= RESULT_BYTES_MAX) return text;
  throw new Error(`the result is above ${RESULT_BYTES_MAX} bytes and is not kept; ask fewer questions at a time`);
}

export function memoryShelf(): Shelf {
  const kept = new Map<string, Result>();
  return {
    list: async () => ({ runs: newestFirst([...kept].map(([id, result]) => summaryOf(id, result))), unread: 0 }),
    read: async (id) => kept.get(id) ?? null,
    async keep(result) {
      textOf(result);
      const id = idOf(result);
      kept.set(id, result);
      for (const oldest of kept.keys()) {
        if (kept.size <= RUNS_MAX) break;
        kept.delete(oldest);
      }
      return id;
    },
    remove: async (id) => kept.delete(id),
  };
}

interface Known {
  /** Changes with the file. */
  readonly version: string;
  readonly summary: RunSummary | null;
}

/** The folder is made when something is kept; until then there are no runs. */
export function folderShelf(folder: string, limits = { runs: RUNS_MAX, bytes: RUNS_BYTES_MAX }): Shelf {
  const known = new Map<string, Known>();
  const fileOf = (id: string) => join(folder, `${id}${ENDING}`);

  async function summary(id: string): Promise<RunSummary | null> {
    const { size, mtimeMs } = await stat(fileOf(id));
    const version = `${size} ${mtimeMs}`;
    const before = known.get(id);
    if (before?.version === version) return before.summary;
    const result = await resultIn(fileOf(id));
    const made = { version, summary: result === null ? null : summaryOf(id, result) };
    known.set(id, made);
    return made.summary;
  }

  return {
    async list() {
      const ids = (await idsIn(folder)).slice(-limits.runs);
      for (const id of known.keys()) if (!ids.includes(id)) known.delete(id);
      const runs: RunSummary[] = [];
      for (const id of ids) {
        const one = await summary(id).catch(() => null);
        if (one !== null) runs.push(one);
      }
      return { runs: newestFirst(runs), unread: ids.length - runs.length };
    },
    read: async (id) => (ID.test(id) ? resultIn(fileOf(id)) : null),
    async keep(result) {
      const text = textOf(result);
      const id = idOf(result);
      // Answers say what documents say.
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Whoever lists the folder meanwhile finds all of it, or nothing.
      const half = join(folder, `.${id}.half`);
      await writeFile(half, text, { mode: 0o600 });
      await rename(half, fileOf(id));
      await makeRoom(folder, limits, id);
      return id;
    },
    async remove(id) {
      if (!ID.test(id)) return false;
      return rm(fileOf(id)).then(
        () => true,
        () => false,
      );
    },
  };
}

/** @returns its id. @throws where it cannot be written, or is too large. */
export function keepResult(folder: string, result: Result): Promise<string> {
  return folderShelf(folder).keep(result);
}

/** Sorted: oldest first, as far as names tell. */
async function idsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .slice(0, FILES_MAX)
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .filter((id) => ID.test(id))
    .sort();
}

async function resultIn(file: string): Promise<Result | null> {
  try {
    if ((await stat(file)).size > RESULT_BYTES_MAX) return null;
    const read = resultSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

async function makeRoom(folder: string, limits: { runs: number; bytes: number }, newest: string): Promise<void> {
  const ours = (await idsIn(folder)).filter((id) => OURS.test(id) && id !== newest);
  const sizeOf = (id: string) =>
    stat(join(folder, `${id}${ENDING}`)).then(
      ({ size }) => size,
      () => 0,
    );
  let [runs, bytes] = [1, await sizeOf(newest)];
  for (const id of ours.toReversed()) {
    bytes += await sizeOf(id);
    if (++runs > limits.runs || bytes > limits.bytes) await rm(join(folder, `${id}${ENDING}`), { force: true });
  }
}

function newestFirst(runs: readonly RunSummary[]): readonly RunSummary[] {
  return runs.toSorted((a, b) => b.startedMs - a.startedMs);
}
