/** What every engine holds its documents to, and how a failure of an engine is told. */
import { createHash } from 'node:crypto';
import { type NewDocument, StoreError } from './store.ts';

/** Chunks of one document; more is a dump, not a document. */
export const CHUNKS_MAX = 100_000;
/** UTF-16 units. Deeper trees than this are nobody's. */
const PATH_LENGTH_MAX = 1_000;
/** Documents or conversations in one answer to a list. */
export const PAGE_MAX = 1_000;
/** Passages in one answer to a search. */
export const TOP_MAX = 1_000;
/** pgvector's own limit, far above what models give. */
export const DIMENSIONS_MAX = 16_000;

/** The same for the same path, in every engine: what was cited is found again when a document is indexed anew. 32 hex digits. */
export function documentId(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32);
}

export interface Embedded {
  readonly model: string;
  readonly dimensions: number;
}

/** @returns what the document's vectors were made with; null: it has none. @throws StoreError naming what cannot be kept. */
export function checked(store: string, document: NewDocument, embeddingModel: string | null): Embedded | null {
  const place = `${store}: ${document.path.slice(0, 200)}`;
  if (document.path === '' || document.path.length > PATH_LENGTH_MAX) {
    throw new StoreError(`${place}: a path has 1 to ${PATH_LENGTH_MAX} characters; shorten it`);
  }
  if (document.chunks.length > CHUNKS_MAX) {
    const count = document.chunks.length;
    throw new StoreError(`${place}: ${count} chunks are above ${CHUNKS_MAX}; split the document, or cut larger chunks`);
  }
  const sizes = new Set(document.chunks.flatMap(({ vector }) => (vector === null ? [] : [vector.length])));
  const [dimensions] = sizes;
  if (dimensions === undefined) return null;
  if (sizes.size > 1) {
    throw new StoreError(`${place}: vectors of ${[...sizes].join(' and ')} numbers in one document; embed it anew`);
  }
  if (dimensions < 1 || dimensions > DIMENSIONS_MAX) {
    throw new StoreError(
      `${place}: a vector has 1 to ${DIMENSIONS_MAX} numbers, not ${dimensions}; name another model`,
    );
  }
  if (embeddingModel === null) throw new StoreError(`${place}: has vectors, but of no embedding model; name the model`);
  return { model: embeddingModel, dimensions };
}

/** @throws StoreError unless both were made alike: distances between vectors of two models mean nothing. */
export function requireSame(store: string, index: Embedded, given: Embedded): void {
  if (index.model === given.model && index.dimensions === given.dimensions) return;
  const [made, asked] = [index, given].map(({ model, dimensions }) => `${model} (${dimensions} numbers)`);
  throw new StoreError(
    `${store}: the index was made with ${made}, not with ${asked}; use that model again, or remove all documents and index anew`,
  );
}

/** @throws StoreError for a question's vector of another size than the index has. */
export function requireSize(store: string, dimensions: number, vector: Float32Array): void {
  if (vector.length === dimensions) return;
  throw new StoreError(
    `${store}: the question has ${vector.length} numbers, the index ${dimensions}; ` +
      'use the embedding model of the index again, or remove all documents and index anew',
  );
}

/** A whole number from 1 to max: what a caller asks for is never trusted to be small. */
export function atMost(wanted: number, max: number): number {
  return Math.max(1, Math.min(max, Math.floor(wanted) || 1));
}

/** @throws StoreError alone, whatever the work throws: `place` and `way` are told, and the engine's own message between them. */
export async function guarded<T>(place: string, way: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(`${place} failed (${error instanceof Error ? error.message : String(error)}); ${way}`);
  }
}
