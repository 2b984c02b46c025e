/** The queue that fills the index, with its worker and its embedder. */
import type { Clock } from '@spillway/clock';
import { EXTRACT_LIMITS } from './extract/limits.ts';
import { INGEST_LIMITS } from './ingest/limits.ts';
import { IngestQueue } from './ingest/queue.ts';
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
}

export function openIndex({ documents, models, limits, clock }: IndexParts): IngestQueue {
  const extractLimits = { ...EXTRACT_LIMITS, bytesMax: limits.uploadBytesMax };
  return new IngestQueue({
    store: documents,
    reader: new WorkerReader({ clock, limits: extractLimits }),
    embedder: embedderOf(models),
    clock,
    limits: INGEST_LIMITS,
  });
}
