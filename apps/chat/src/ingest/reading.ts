/** What a worker is asked, and what it answers: a file read and cut, without its blocks. */
import type { Chunk } from '@spillway/rag';
import type { Front, MediaType, RefusalKind } from '../extract/extraction.ts';
import type { ExtractLimits } from '../extract/limits.ts';

export interface ReadAsk {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly limits: ExtractLimits;
}

export type ReadAnswer =
  | {
      readonly kind: 'read';
      readonly title: string;
      readonly language: string | null;
      readonly pages: number | null;
      readonly mediaType: MediaType;
      readonly front: Front;
      readonly notes: readonly string[];
      /** All text, of which chunks are ranges. */
      readonly text: string;
      readonly chunks: readonly Chunk[];
    }
  | { readonly kind: 'refused'; readonly refusal: RefusalKind; readonly message: string };

/** Reads documents, one after the other. */
export interface DocumentReader {
  /** Never throws. */
  read(path: string, bytes: Uint8Array): Promise<ReadAnswer>;
  close(): Promise<void>;
}
