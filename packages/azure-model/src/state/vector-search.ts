/** Searches vector stores: their own path does, and so does the tool `file_search` of the Responses API. */
import type { Attributes, Filter } from './attributes.ts';
import { type Chunking, chunksOf, textIn } from './chunks.ts';
import { type Passage, passageOf, scoresOf } from './ranking.ts';
import type { Store } from './store.ts';
import { hasExpired, statusOf, type VectorStoreFile, vectorShelves } from './vector-shelf.ts';

/** A passage that answers. */
export interface FoundPassage {
  readonly fileId: string;
  readonly filename: string;
  /** From 0, which is never found, to 1. */
  readonly score: number;
  readonly text: string;
  readonly attributes: Attributes;
}

export interface SearchOptions {
  /** Milliseconds since 1970: what is not ready by then is not found. */
  readonly nowMs: number;
  readonly filter?: Filter;
  /** Default 0. */
  readonly scoreMin?: number;
}

/**
 * The best passages of these vector stores, the best first; among equals the order of the files. Lexical: a passage that shares no
 * word with the question is never found, unlike with embeddings.
 */
export function searchVectorStore(
  store: Store,
  storeIds: readonly string[],
  question: string,
  max: number,
  { nowMs, filter = () => true, scoreMin = 0 }: SearchOptions,
): readonly FoundPassage[] {
  const shelves = vectorShelves(store);
  const alive = new Set(shelves.stores.list().flatMap((each) => (hasExpired(each, nowMs) ? [] : [each.id])));
  const wanted = new Set(storeIds.filter((id) => alive.has(id)));
  const files = shelves.files
    .list()
    .filter((file) => wanted.has(file.vector_store_id) && statusOf(file, nowMs) === 'completed')
    .filter(({ attributes }) => filter(attributes ?? {}));
  const found = files.flatMap((file) => passagesIn(store, file).map((passage) => ({ file, passage })));
  const scores = scoresOf(
    found.map(({ passage }) => passage),
    question,
  );
  return found
    .map(({ file, passage }, i) => ({ file, passage, score: scores[i] ?? 0 }))
    .filter(({ score }) => score > 0 && score >= scoreMin)
    .sort((a, b) => b.score - a.score)
    .slice(0, max)
    .map(({ file, passage, score }) => shown(store, file, passage, score));
}

function shown(store: Store, file: VectorStoreFile, { text }: Passage, score: number): FoundPassage {
  const { file_id: fileId, attributes } = file;
  return { fileId, filename: filenameOf(store, fileId), score, text, attributes: attributes ?? {} };
}

function filenameOf(store: Store, fileId: string): string {
  const value = store.get('file', fileId)?.value;
  return typeof value === 'object' && value !== null && 'filename' in value ? String(value.filename) : fileId;
}

/** Of a content in memory, for as long as it is there: to count its words again for each question would be slow. */
const indexed = new WeakMap<Uint8Array, Map<string, readonly Passage[]>>();

/** None where the file itself has been deleted. */
function passagesIn(store: Store, { file_id, chunking }: VectorStoreFile): readonly Passage[] {
  const bytes = store.get('file', file_id)?.bytes ?? null;
  if (bytes === null) return [];
  const byChunking = indexed.get(bytes) ?? new Map<string, readonly Passage[]>();
  indexed.set(bytes, byChunking);
  const key = chunkingKey(chunking);
  const known = byChunking.get(key);
  if (known !== undefined) return known;
  const passages = chunksOf(textIn(bytes), chunking).map(passageOf);
  byChunking.set(key, passages);
  return passages;
}

function chunkingKey({ max_chunk_size_tokens, chunk_overlap_tokens }: Chunking): string {
  return `${max_chunk_size_tokens} ${chunk_overlap_tokens}`;
}
