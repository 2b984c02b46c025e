/** A store, a reader and an embedder held by hand. */
import { FakeClock } from '@spillway/clock';
import { EXTRACT_LIMITS } from '../../extract/limits.ts';
import type { DocumentRow, DocumentStore, NewDocument } from '../../store/store.ts';
import type { EmbedAnswer, Embedder } from '../embedder.ts';
import { INGEST_LIMITS } from '../limits.ts';
import { read } from '../read.ts';
import type { DocumentReader } from '../reading.ts';
import type { Source } from '../source.ts';

type Used = 'byPath' | 'put' | 'removeAll' | 'claim';

/** What indexing needs of a store; it keeps what it was given. */
class MemoryStore implements Pick<DocumentStore, Used> {
  readonly documents = new Map<string, NewDocument>();
  readonly claims: (readonly [folder: string, ids: readonly string[]])[] = [];
  puts = 0;

  async byPath(path: string): Promise<DocumentRow | null> {
    const document = this.documents.get(path);
    return document === undefined ? null : { ...document, id: `id of ${path}`, chunks: document.chunks.length };
  }

  async put(document: NewDocument): Promise<string> {
    this.puts++;
    this.documents.set(document.path, document);
    return `id of ${document.path}`;
  }

  async claim(folder: string, ids: readonly string[]): Promise<void> {
    this.claims.push([folder, ids]);
  }

  async removeAll(): Promise<number> {
    const { size } = this.documents;
    this.documents.clear();
    return size;
  }
}

/** Reads in this thread. */
const DIRECT: DocumentReader = {
  read: (path, bytes) => read({ path, bytes, limits: EXTRACT_LIMITS }),
  close: async () => {},
};

/** Gives one vector for each text; before that, what is queued in `answers`. */
export class HandEmbedder implements Embedder {
  readonly model = 'hand';
  readonly asked: (readonly string[])[] = [];
  answers: EmbedAnswer[] = [];

  async embed(texts: readonly string[]): Promise<EmbedAnswer> {
    this.asked.push(texts);
    return this.answers.shift() ?? { kind: 'vectors', vectors: texts.map((text) => Float32Array.of(text.length, 1)) };
  }
}

export function source(path: string, text: string, change: Partial<Source> = {}): Source {
  const load = async () => ({ kind: 'bytes', bytes: Buffer.from(text) }) as const;
  return { path, category: null, access: null, owner: null, load, ...change };
}

export function partsOf(change: { readonly embedder?: Embedder | null; readonly reader?: DocumentReader } = {}) {
  const store = new MemoryStore();
  const clock = new FakeClock();
  const { embedder = null, reader = DIRECT } = change;
  return { store, clock, embedder, reader, limits: INGEST_LIMITS };
}
