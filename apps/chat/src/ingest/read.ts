/** Reads and cuts one document. Runs in the worker; apart from it so that tests may call it directly. */
import { chunkDocument } from '@spillway/rag';
import { extract } from '../extract/extract.ts';
import { Refusal } from '../extract/extraction.ts';
import type { ReadAnswer, ReadAsk } from './reading.ts';

/** Goes into each document's hash: after a change here, or in how documents are read or cut, all are indexed anew. */
export const CUT_VERSION = 2;

export async function read({ path, bytes, limits }: ReadAsk): Promise<ReadAnswer> {
  try {
    const { extracted, mediaType, front, notes } = await extract(path, bytes, limits);
    const { text, chunks } = chunkDocument(extracted);
    if (chunks.length > limits.chunksMax) {
      throw new Refusal('tooLarge', `${chunks.length} passages, above ${limits.chunksMax}; split the document`);
    }
    const { title, language, pages } = extracted;
    return { kind: 'read', title, language, pages, mediaType, front, notes, text, chunks };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', refusal: error.kind, message: error.message };
    return { kind: 'refused', refusal: 'damaged', message: 'cannot be cut into passages' };
  }
}
