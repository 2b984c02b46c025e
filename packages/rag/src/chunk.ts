/**
 * Pieces of a document that are found and cited: cut at headings first, then at paragraphs, then at sentences; tables and code whole
 * where they fit. Each is a range of the document's plain text, so that a passage can be marked in it.
 */
import type { Extracted } from './extracted.ts';
import { layOut } from './layout.ts';
import { pack } from './pack.ts';

export interface Chunk {
  /** Of its document, from 0. */
  readonly index: number;
  /** As cited: its range of the document's text; a table that was cut has its head repeated before that. */
  readonly text: string;
  /** Path of headings above it, the document's title not included. */
  readonly headings: readonly string[];
  readonly pageFrom: number | null;
  readonly pageTo: number | null;
  /** Place in the document's plain text: half-open, UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface ChunkLimits {
  /** A chunk ends with the sentence or block that would lead beyond. Characters (UTF-16 units). */
  readonly charsSoft: number;
  /** Estimated; never exceeded but by a table's head. */
  readonly tokensMax: number;
  /** Of `charsSoft`: sentences of the chunk before that are told again, within one section. */
  readonly overlap: number;
}

export const DEFAULT_CHUNK_LIMITS: ChunkLimits = { charsSoft: 1000, tokensMax: 500, overlap: 0.1 };

export interface Chunked {
  /** The document's plain text: blocks in order, an empty line between them. */
  readonly text: string;
  readonly chunks: readonly Chunk[];
}

export function chunkDocument(document: Extracted, limits: ChunkLimits = DEFAULT_CHUNK_LIMITS): Chunked {
  const { text, sections } = layOut(document, limits);
  const chunks = sections.flatMap((section) => pack(text, section, limits));
  return { text, chunks: chunks.map((chunk, index) => ({ index, ...chunk })) };
}

/** What a chunk is ranked and embedded by: the document's title and the headings above it tell what its words are about. */
export function textForRanking(chunk: Pick<Chunk, 'text' | 'headings'>, title: string): string {
  const path = [title, ...chunk.headings.filter((heading) => heading !== title)];
  return `${path.join(' › ')}\n${chunk.text}`;
}
