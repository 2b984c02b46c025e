/** A long document on its way into the thread, in slices: to copy it in one piece would stop this thread for a fifth of a second. */
import type { DocumentStore, NewDocument } from '../store.ts';
import type { Caller } from './caller.ts';

/** Chunks of one document that a call hands over: 1 to 2 ms of copying. */
export const HANDED_AT_ONCE = 200;

type Chunks = NewDocument['chunks'];

/** On this side: one document at a time, each slice answered before the next is sent. */
export class Handing {
  readonly #caller: Caller;
  #last: Promise<unknown> = Promise.resolve();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  put(document: NewDocument, embeddingModel: string | null): Promise<string> {
    const done = this.#last.then(() => this.#put(document, embeddingModel));
    this.#last = done.catch(() => {});
    return done;
  }

  async #put({ chunks, original, ...rest }: NewDocument, embeddingModel: string | null): Promise<string> {
    for (let from = 0; from < chunks.length; from += HANDED_AT_ONCE) {
      const slice = chunks.slice(from, from + HANDED_AT_ONCE);
      await this.#caller.call('documents', 'hand', [from, slice]);
    }
    // Moved, not copied once more.
    const bytes = Uint8Array.from(original);
    const values = [{ ...rest, original: bytes, chunks: [] }, embeddingModel, chunks.length];
    return await this.#caller.call('documents', 'put', values, [bytes.buffer]);
  }
}

/** On the thread's side: what was handed over since a document began. */
export class Receiving {
  readonly #documents: DocumentStore;
  #chunks: Chunks[number][] = [];

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** @param from 0: a new document begins, and what is left of another is forgotten. */
  async hand(from: number, chunks: Chunks): Promise<void> {
    if (from === 0) this.#chunks = [];
    this.#chunks.push(...chunks);
  }

  /** @param count of its chunks. */
  async put(document: NewDocument, embeddingModel: string | null, count: number): Promise<string> {
    const chunks = count === 0 ? [] : this.#chunks;
    this.#chunks = [];
    if (chunks.length !== count) throw new Error(`${chunks.length} of ${count} chunks were handed over`);
    return await this.#documents.put({ ...document, chunks }, embeddingModel);
  }
}
