/** Files put into a store without an app: read, cut and kept, without vectors. For measuring its search by words. */
import { chunkDocument } from '@spillway/rag';
import { extract } from '../extract/extract.ts';
import { Refusal } from '../extract/extraction.ts';
import type { DocumentStore } from '../store/store.ts';

export interface GivenFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** @returns paths of those that cannot be read. */
export async function fill(store: Pick<DocumentStore, 'put'>, files: Iterable<GivenFile>): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const { path, bytes } of files) {
    try {
      await put(store, path, bytes);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(path);
    }
  }
  return refused;
}

async function put(store: Pick<DocumentStore, 'put'>, path: string, original: Uint8Array): Promise<void> {
  const { extracted, front, mediaType } = await extract(path, original);
  const { title, language, pages } = extracted;
  const { text, chunks } = chunkDocument(extracted);
  const access = front.access ?? { users: [], groups: [] };
  const facts = { path, title, language, pages, category: front.category, hash: path, access };
  const file = { mediaType, bytes: original.length, owner: null, indexedMs: 0, original, text };
  await store.put({ ...facts, ...file, chunks: chunks.map((chunk) => ({ ...chunk, vector: null })) }, null);
}
