/** The queue that fills the index, with its worker and its embedder; what is left in the index of a folder that changed. */
import type { Clock } from '@spillway/clock';
import { EXTRACT_LIMITS } from './extract/limits.ts';
import type { FolderJob } from './ingest/folder.ts';
import { INGEST_LIMITS } from './ingest/limits.ts';
import { IngestQueue } from './ingest/queue.ts';
import { vanishedFrom } from './ingest/vanished.ts';
import { WorkerReader } from './ingest/worker-reader.ts';
import { embedderOf } from './models/embedder.ts';
import type { Models } from './models/models.ts';
import type { LimitSettings } from './settings/limit-settings.ts';
import type { DocumentStore } from './store/store.ts';

export interface IndexParts {
  readonly documents: DocumentStore;
  readonly models: Models;
  readonly limits: LimitSettings;
  readonly clock: Clock;
  /** Called when a job is over, however it ended. */
  readonly onEnded?: () => void;
}

export function openIndex({ documents, models, limits, clock, onEnded }: IndexParts): IngestQueue {
  const extractLimits = { ...EXTRACT_LIMITS, bytesMax: limits.uploadBytesMax };
  return new IngestQueue({
    store: documents,
    reader: new WorkerReader({ clock, limits: extractLimits }),
    embedder: embedderOf(models),
    clock,
    limits: { ...INGEST_LIMITS, fileBytesMax: limits.uploadBytesMax },
    ...(onEnded === undefined ? {} : { onEnded }),
  });
}

export interface Swept {
  /** Documents whose files are no longer in the folder. */
  readonly vanished: number;
  /** Of these, removed. */
  readonly pruned: number;
}

/** @returns why nothing was looked at, as a text. @throws StoreError */
export async function sweepFolder(
  documents: DocumentStore,
  folder: FolderJob,
  mode: 'count' | 'prune',
): Promise<Swept | string> {
  const found = await vanishedFrom(documents, folder);
  if (found.kind === 'refused') return found.reason;
  let pruned = 0;
  if (mode === 'prune') for (const { id } of found.documents) if (await documents.remove(id)) pruned += 1;
  return { vanished: found.documents.length, pruned };
}
