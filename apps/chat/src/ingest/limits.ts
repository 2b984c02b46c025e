/** How much is indexed at once, and how long anything is waited for. */
import { EXTRACT_LIMITS } from '../extract/limits.ts';

export interface IngestLimits {
  /** Jobs that wait; one more is refused. */
  readonly jobsWaitingMax: number;
  /** Of one user; the other places are left to others. */
  readonly jobsWaitingPerOwnerMax: number;
  /** Jobs that ended and can still be asked about. */
  readonly jobsKeptMax: number;
  /** A larger file of a folder is not opened. Bytes. */
  readonly fileBytesMax: number;
  /** Uploaded files that wait in memory, together. */
  readonly bytesWaitingMax: number;
  readonly filesPerJobMax: number;
  /** Folders within folders. */
  readonly foldersDeepMax: number;
  /** Failures told by name; more are only counted. */
  readonly failuresKeptMax: number;
  /** A worker that takes longer with one document is ended. */
  readonly readMsMax: number;
  /** Memory of that worker; a document that needs more is refused. Megabytes. */
  readonly readerMbMax: number;
  /** By so much the whole process may grow while a document is read: what is inflated is not part of a worker's heap. Megabytes. */
  readonly growthMbMax: number;
  /** A longer wait than this is not begun: the document fails, and is tried again by the next job. */
  readonly throttleMsMax: number;
  /** Waits for one batch of embeddings. */
  readonly throttlesPerBatchMax: number;
  /** Requests for one batch that may fail in another way than being throttled. */
  readonly failuresPerBatchMax: number;
}

export const INGEST_LIMITS: IngestLimits = {
  jobsWaitingMax: 20,
  jobsWaitingPerOwnerMax: 15,
  jobsKeptMax: 50,
  fileBytesMax: EXTRACT_LIMITS.bytesMax,
  bytesWaitingMax: 200_000_000,
  filesPerJobMax: 20_000,
  foldersDeepMax: 32,
  failuresKeptMax: 100,
  readMsMax: 120_000,
  readerMbMax: 512,
  growthMbMax: 1_000,
  throttleMsMax: 120_000,
  throttlesPerBatchMax: 20,
  failuresPerBatchMax: 3,
};
