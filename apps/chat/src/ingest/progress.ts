/** What is told of indexing while it runs: totals that only grow, and each file that failed with its reason. */
import type { RefusalKind } from '../extract/extraction.ts';

export interface Progress {
  /** null: still being counted. */
  readonly files: number | null;
  readonly filesDone: number;
  readonly indexed: number;
  /** Unchanged since they were last indexed. */
  readonly skipped: number;
  readonly failed: number;
  /** Of kinds that are not read; they are not among `files`. */
  readonly ignored: number;
  readonly chunks: number;
  readonly embedded: number;
}

export const NO_PROGRESS: Progress = {
  files: null,
  filesDone: 0,
  indexed: 0,
  skipped: 0,
  failed: 0,
  ignored: 0,
  chunks: 0,
  embedded: 0,
};

/** Why a file is not indexed, for programs and for pages in other languages; the sentence beside it says more. */
export type FileFailureCode =
  | RefusalKind
  /** The file cannot be opened, or is none that may be. */
  | 'notTaken'
  | 'embedding'
  | 'store'
  | 'inside'
  | 'stopped';

export interface FileFailure {
  readonly path: string;
  readonly code: FileFailureCode;
  /** For a person, in English: what is wrong, and the way out. */
  readonly reason: string;
}

export type FileOutcome =
  | {
      readonly kind: 'indexed';
      readonly path: string;
      readonly id: string;
      readonly chunks: number;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'unchanged'; readonly path: string; readonly id: string }
  | ({ readonly kind: 'failed' } & FileFailure);

export type IngestEvent =
  | { readonly type: 'file'; readonly outcome: FileOutcome }
  /** Embedding is throttled; it goes on by itself. */
  | { readonly type: 'waiting'; readonly retryAtMs: number }
  | { readonly type: 'progress'; readonly progress: Progress }
  /** The last one. */
  | { readonly type: 'ended'; readonly state: 'done' | 'failed' | 'stopped' | 'running' | 'waiting' };
