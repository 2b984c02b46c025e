/** `spillway chat index`: a folder into the index, with its progress on standard error and what came of it on standard output. */
import {
  type FolderJob,
  type IngestEvent,
  type IngestQueue,
  ModelClient,
  openIndex,
  StoreError,
  type Swept,
  storesOf,
  sweepFolder,
} from '@spillway/chat';
import { systemClock } from '@spillway/clock';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Environment } from '../flags.ts';
import { chatSettings } from './chat-settings.ts';

export interface IndexFlags {
  readonly category?: string;
  readonly remove?: string;
  readonly removeAll?: boolean;
  readonly prune?: boolean;
  readonly json?: boolean;
}

export async function indexFolder(folder: string | null, flags: IndexFlags, env: Environment): Promise<Exit> {
  const { remove, removeAll = false } = flags;
  const asked = [folder !== null, remove !== undefined, removeAll].filter((each) => each).length;
  if (asked !== 1) throw new UsedWrongly('give a folder, or --remove PATH, or --remove-all: one of them');
  if (flags.prune && folder === null) throw new UsedWrongly('--prune belongs to a folder; give one');
  const settings = chatSettings(env);
  try {
    const { documents, conversations } = await storesOf(settings.store, (message) =>
      process.stderr.write(`${message}\n`),
    );
    const models = new ModelClient({ settings: settings.models, clock: systemClock });
    const queue = openIndex({ documents, models, limits: settings.limits, clock: systemClock });
    try {
      if (folder !== null) {
        const job = { root: folder, category: flags.category ?? null };
        const sweep = () => sweepFolder(documents, job, flags.prune ? 'prune' : 'count');
        return await indexInto(queue, job, { ...flags, sweep });
      }
      if (removeAll) return told({ removed: await queue.removeAll() }, flags);
      const row = await documents.byPath(remove ?? '');
      const isRemoved = row !== null && (await documents.remove(row.id));
      told({ removed: isRemoved ? 1 : 0 }, flags);
      return isRemoved ? EXIT.done : EXIT.failed;
    } finally {
      await queue.close();
      await Promise.all([documents.close(), conversations.close()]);
    }
  } catch (error) {
    if (error instanceof StoreError) throw new UsedWrongly(error.message);
    throw error;
  }
}

function told(what: { readonly removed: number }, { json }: IndexFlags): Exit {
  process.stdout.write(json ? `${JSON.stringify(what)}\n` : `${what.removed} removed\n`);
  return EXIT.done;
}

interface Telling {
  readonly json?: boolean;
  /** Standard output is somebody else's. */
  readonly isQuiet?: boolean;
  /** What the index has of the folder that is no longer in it; asked when all of it was gone through. */
  readonly sweep?: () => Promise<Swept | string>;
}

/** @returns failed where a file was not indexed. */
export async function indexInto(queue: IngestQueue, folder: FolderJob, telling: Telling = {}): Promise<Exit> {
  const { json = false, isQuiet = false, sweep } = telling;
  const taken = queue.add({ kind: 'folder', folder });
  if (taken.kind === 'refused') throw new UsedWrongly(taken.reason);
  const end = queue.watch(taken.id, progressTo(process.stderr));
  const job = await queue.ended(taken.id);
  end();
  if (job === null) return EXIT.failed;
  const { files, indexed, skipped, failed, chunks } = job.progress;
  for (const { path, reason } of job.failures) process.stderr.write(`not indexed: ${path}: ${reason}\n`);
  if (job.reason !== null) process.stderr.write(`${folder.root}: ${job.reason}\n`);
  const swept = job.state === 'done' && sweep !== undefined ? await sweep() : null;
  if (typeof swept === 'string') process.stderr.write(`not looked for vanished files: ${swept}\n`);
  const of = swept === null || typeof swept === 'string' ? null : swept;
  const line = `${indexed} indexed (${chunks} passages), ${skipped} unchanged, ${failed} failed, of ${files ?? 0} files\n${linesOf(of)}`;
  if (!isQuiet)
    process.stdout.write(
      json ? `${JSON.stringify({ ...job.progress, ...of, failures: job.failures, state: job.state })}\n` : line,
    );
  return job.state === 'done' && failed === 0 ? EXIT.done : EXIT.failed;
}

function linesOf(swept: Swept | null): string {
  if (swept === null || swept.vanished === 0) return '';
  if (swept.pruned > 0) return `${swept.pruned} pruned: no longer in the folder\n`;
  return `${swept.vanished} in the index that are no longer in the folder; --prune removes them\n`;
}

const BAR_CELLS = 24;
const ERASE_LINE = '\r\u001b[K';

/** A bar that is drawn anew on a terminal; elsewhere nothing but waits. */
function progressTo(out: NodeJS.WriteStream): (event: IngestEvent) => void {
  return (event) => {
    if (event.type === 'waiting') {
      const seconds = Math.max(0, Math.ceil((event.retryAtMs - systemClock.nowMs()) / 1_000));
      const bar = out.isTTY ? ERASE_LINE : '';
      out.write(`${bar}the embedding model is busy or does not answer; going on in ${seconds} s\n`);
    }
    if (event.type === 'ended' && out.isTTY) out.write(ERASE_LINE);
    if (event.type !== 'progress' || !out.isTTY) return;
    const { files, filesDone, embedded } = event.progress;
    const done = files === null || files === 0 ? 0 : Math.round((filesDone * BAR_CELLS) / files);
    out.write(
      `\r[${'#'.repeat(done)}${'.'.repeat(BAR_CELLS - done)}] ${filesDone} of ${files ?? '?'} files, ${embedded} embedded`,
    );
  };
}
