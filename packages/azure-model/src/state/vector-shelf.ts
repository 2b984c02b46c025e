/**
 * Vector stores and their files as they are kept. How far a file is follows from the time alone, so nothing runs in the background and
 * a restart loses nothing.
 */
import { isRecord } from '@spillway/protocol';
import type { Attributes } from './attributes.ts';
import type { Chunking } from './chunks.ts';
import { Shelf } from './shelf.ts';
import type { Store } from './store.ts';

/** Until a file can be searched: this, and a millisecond for so many bytes. Azure takes seconds to minutes. */
const INDEXING_MS = 200;
const BYTES_PER_MS = 10_000;

export interface VectorStore {
  readonly id: string;
  readonly object: 'vector_store';
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly created_at: number;
  readonly last_active_at: number;
  readonly expires_after: { readonly anchor: 'last_active_at'; readonly days: number } | null;
}

export interface VectorStoreFile {
  /** Of the store and of the file, since the same file may be in many stores. */
  readonly id: string;
  readonly object: 'vector_store.file';
  readonly file_id: string;
  readonly vector_store_id: string;
  readonly created_at: number;
  readonly chunking: Chunking;
  readonly attributes: Attributes | null;
  /** Bytes of text. */
  readonly usage_bytes: number;
  readonly last_error: { readonly code: 'invalid_file' | 'unsupported_file'; readonly message: string } | null;
  /** Milliseconds since 1970. */
  readonly readyMs: number;
  readonly cancelled: boolean;
  /** Of the batch it came with; null: it came alone. */
  readonly batch: string | null;
}

export interface FilesBatch {
  readonly id: string;
  readonly object: 'vector_store.files_batch';
  readonly vector_store_id: string;
  readonly created_at: number;
  readonly cancelled: boolean;
}

function isStore(value: unknown): value is VectorStore {
  return isRecord(value) && value.object === 'vector_store';
}

function isStoreFile(value: unknown): value is VectorStoreFile {
  return isRecord(value) && value.object === 'vector_store.file' && isRecord(value.chunking);
}

function isFilesBatch(value: unknown): value is FilesBatch {
  return isRecord(value) && value.object === 'vector_store.files_batch';
}

export interface VectorShelves {
  readonly stores: Shelf<VectorStore>;
  readonly files: Shelf<VectorStoreFile>;
  readonly batches: Shelf<FilesBatch>;
}

export function vectorShelves(store: Store): VectorShelves {
  return {
    stores: new Shelf(store, 'vector_store', isStore),
    files: new Shelf(store, 'vector_store.file', isStoreFile),
    batches: new Shelf(store, 'vector_store.files_batch', isFilesBatch),
  };
}

export function keyOf(storeId: string, fileId: string): string {
  return `${storeId}/${fileId}`;
}

export function readyAt(bytes: number, nowMs: number): number {
  return nowMs + INDEXING_MS + bytes / BYTES_PER_MS;
}

export type FileStatus = 'in_progress' | 'completed' | 'failed' | 'cancelled';

export function statusOf({ readyMs, cancelled, last_error }: VectorStoreFile, nowMs: number): FileStatus {
  if (cancelled) return 'cancelled';
  if (nowMs < readyMs) return 'in_progress';
  return last_error === null ? 'completed' : 'failed';
}

const DAY_SECONDS = 24 * 3600;

/** Seconds since 1970; null: never. */
export function expiryOf({ expires_after, last_active_at }: VectorStore): number | null {
  return expires_after === null ? null : last_active_at + expires_after.days * DAY_SECONDS;
}

export function hasExpired(store: VectorStore, nowMs: number): boolean {
  const at = expiryOf(store);
  return at !== null && nowMs / 1000 >= at;
}

export interface FileCounts {
  readonly in_progress: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly total: number;
}

export function countsOf(files: readonly VectorStoreFile[], nowMs: number): FileCounts {
  const counts = { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: files.length };
  for (const file of files) counts[statusOf(file, nowMs)]++;
  return counts;
}
