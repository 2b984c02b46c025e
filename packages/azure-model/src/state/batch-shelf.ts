/** Batches as they are kept, with the results of lines that are over, so that a restart does not begin anew. */
import { isRecord } from '@spillway/protocol';
import type { Premises } from '../service.ts';
import { BATCH_LINES_MAX } from './batch-input.ts';
import type { LineResult } from './batch-run.ts';
import { secondsAt } from './expiry.ts';
import { Shelf } from './shelf.ts';

export interface Batch {
  readonly id: string;
  readonly object: 'batch';
  readonly status: 'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'cancelling' | 'cancelled';
  readonly endpoint: string;
  readonly input_file_id: string;
  readonly completion_window: '24h';
  readonly errors: { readonly object: 'list'; readonly data: readonly object[] } | null;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly request_counts: { readonly total: number; readonly completed: number; readonly failed: number };
  /** Seconds since 1970, these all. */
  readonly created_at: number;
  readonly expires_at: number;
  readonly in_progress_at: number | null;
  readonly finalizing_at: number | null;
  readonly completed_at: number | null;
  readonly failed_at: number | null;
  readonly expired_at: number | null;
  readonly cancelling_at: number | null;
  readonly cancelled_at: number | null;
  /** How long its files will live. Seconds; null: for ever. */
  readonly outputLife: number | null;
  /** When there is more to do for it. Milliseconds since 1970; null: never. */
  readonly dueMs: number | null;
}

function isBatch(value: unknown): value is Batch {
  return isRecord(value) && value.object === 'batch' && isRecord(value.request_counts);
}

/** Results of some lines of a batch. */
interface Results {
  readonly id: string;
  readonly batch: string;
  readonly lines: readonly LineResult[];
}

function isResults(value: unknown): value is Results {
  return isRecord(value) && typeof value.batch === 'string' && Array.isArray(value.lines);
}

/** Objects that hold the results of one batch; a large batch keeps more lines in each. */
const RESULT_OBJECTS_MAX = 1_000;

const NEVER = {
  in_progress_at: null,
  finalizing_at: null,
  completed_at: null,
  failed_at: null,
  expired_at: null,
  cancelling_at: null,
  cancelled_at: null,
};

export class BatchShelf {
  readonly #batches: Shelf<Batch>;
  readonly #results: Shelf<Results>;
  readonly #ids: Premises['ids'];
  /** Results kept so far, by batch. */
  readonly #kept = new Map<string, number>();

  constructor({ store, ids }: Pick<Premises, 'store' | 'ids'>) {
    this.#batches = new Shelf(store, 'batch', isBatch);
    this.#results = new Shelf(store, 'batch.results', isResults);
    this.#ids = ids;
  }

  get(id: string): Batch | null {
    return this.#batches.get(id);
  }

  /** Oldest first. */
  list(): readonly Batch[] {
    return this.#batches.list();
  }

  /** @returns null where the store is full. */
  create(
    asked: Pick<Batch, 'input_file_id' | 'endpoint' | 'metadata' | 'outputLife' | 'expires_at'>,
    nowMs: number,
  ): Batch | null {
    const batch: Batch = {
      id: this.#batches.freshId(() => `batch_${this.#ids.guid()}`),
      object: 'batch',
      status: 'validating',
      completion_window: '24h',
      created_at: secondsAt(nowMs),
      ...NEVER,
      ...asked,
      errors: null,
      output_file_id: null,
      error_file_id: null,
      request_counts: { total: 0, completed: 0, failed: 0 },
      dueMs: null,
    };
    return this.#batches.put(batch, nowMs) === 'kept' ? batch : null;
  }

  put(batch: Batch, nowMs: number): void {
    this.#batches.put(batch, nowMs);
  }

  /** Of lines that were over when they were last kept. */
  results(id: string): readonly LineResult[] {
    const lines = this.#results.list().flatMap((results) => (results.batch === id ? results.lines : []));
    this.#kept.set(id, lines.length);
    return lines;
  }

  /**
   * Keeps the further ones of all results so far, once there are enough of them. Where the store is full they are done again after a
   * restart.
   * @param isLast no more will come.
   */
  keep({ id, request_counts }: Batch, results: readonly LineResult[], nowMs: number, isLast: boolean): void {
    const kept = this.#kept.get(id) ?? 0;
    const enough = Math.ceil(Math.min(request_counts.total, BATCH_LINES_MAX) / RESULT_OBJECTS_MAX);
    if (results.length - kept < (isLast ? 1 : Math.max(1, enough))) return;
    this.#results.put({ id: `${id}/${kept}`, batch: id, lines: results.slice(kept) }, nowMs);
    this.#kept.set(id, results.length);
  }

  dropResults(id: string): void {
    this.#kept.delete(id);
    for (const results of this.#results.list()) if (results.batch === id) this.#results.remove(results.id);
  }
}

export function shownBatch({ outputLife: _life, dueMs: _due, ...batch }: Batch): object {
  return batch;
}
