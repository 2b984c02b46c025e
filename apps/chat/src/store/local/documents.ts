/** Documents in SQLite: passages found by words with FTS5 (BM25), by meaning by comparing with each vector in memory. */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { Chunk } from '@spillway/rag';
import { atMost, guarded, PAGE_MAX } from '../checks.ts';
import { bytesOf, chunkOf, countOf, documentOf, type Row, textOf } from '../rows.ts';
import {
  type DocumentRow,
  type DocumentStore,
  type Found,
  type IndexFacts,
  type NewDocument,
  type Page,
  type Reader,
  type SearchFilter,
  StoreError,
} from '../store.ts';
import { numberOf, PLACES } from './database.ts';
import { seenBy } from './filter.ts';
import { Searching } from './searching.ts';
import { type Limits, Writing } from './writing.ts';

const WAY = 'is the disk full, or the file damaged? Take a copy from before, or name a new file and index again';

export class LocalDocuments implements DocumentStore {
  readonly name = 'local';
  readonly #database: DatabaseSync;
  readonly #searching: Searching;
  readonly #writing: Writing;
  readonly #close: () => void;
  #isClosed = false;
  /** Changes follow one another, while questions are answered between their slices: the end of the last one. */
  #last: Promise<unknown>;

  constructor(database: DatabaseSync, limits: Limits, close: () => void) {
    this.#database = database;
    this.#searching = new Searching(database);
    this.#writing = new Writing(database, limits, this.#searching, () => this.#pause());
    this.#close = close;
    this.#last = this.#writing.sweepAll().catch(() => {});
  }

  facts(): Promise<IndexFacts> {
    return this.#told('facts', () => {
      const embedded = this.#writing.embedded();
      return {
        embeddingModel: embedded?.model ?? null,
        dimensions: embedded?.dimensions ?? null,
        chunks: numberOf(this.#database, 'SELECT coalesce(sum(chunks), 0) FROM documents'),
        documents: numberOf(this.#database, 'SELECT count(*) FROM documents'),
      };
    });
  }

  put(document: NewDocument, embeddingModel: string | null): Promise<string> {
    return this.#changing('put', () => this.#writing.put(document, embeddingModel));
  }

  remove(id: string): Promise<boolean> {
    return this.#changing('remove', () => this.#writing.remove(id));
  }

  removeAll(): Promise<number> {
    return this.#changing('removeAll', () => {
      const count = this.#writing.removeAll();
      this.#searching.forget();
      return count;
    });
  }

  claim(folder: string, ids: readonly string[]): Promise<void> {
    return this.#changing('claim', () => this.#writing.claim(folder, ids));
  }

  categorise(ids: readonly string[], category: string | null): Promise<number> {
    return this.#changing('categorise', () => this.#writing.categorise(ids, category));
  }

  inFolder(folder: string, { after, limit }: Page): Promise<readonly DocumentRow[]> {
    return this.#told('inFolder', () =>
      this.#database
        .prepare('SELECT * FROM documents WHERE folder = ? AND path > ? ORDER BY path LIMIT ?')
        .all(folder, after ?? '', atMost(limit, PAGE_MAX))
        .map(documentOf),
    );
  }

  list(reader: Reader, { after, limit }: Page): Promise<readonly DocumentRow[]> {
    return this.#told('list', () => {
      const { sql, values } = seenBy(reader);
      return this.#database
        .prepare(`SELECT * FROM documents WHERE path > ? AND ${sql} ORDER BY path LIMIT ?`)
        .all(after ?? '', ...values, atMost(limit, PAGE_MAX))
        .map(documentOf);
    });
  }

  byPath(path: string): Promise<DocumentRow | null> {
    return this.#told('byPath', () => {
      const row = this.#database.prepare('SELECT * FROM documents WHERE path = ?').get(path);
      return row === undefined ? null : documentOf(row);
    });
  }

  document(id: string, reader: Reader): Promise<DocumentRow | null> {
    return this.#told('document', () => {
      const row = this.#row('*', 'documents', id, reader);
      return row === null ? null : documentOf(row);
    });
  }

  chunks(id: string, reader: Reader): Promise<readonly Chunk[]> {
    return this.#told('chunks', () => {
      const row = this.#row('number', 'documents', id, reader);
      if (row === null) return [];
      const first = countOf(row, 'number') * PLACES;
      return this.#database
        .prepare('SELECT * FROM chunks WHERE place >= ? AND place < ? ORDER BY place')
        .all(first, first + PLACES)
        .map((chunk) => chunkOf(chunk, countOf(chunk, 'place') - first));
    });
  }

  text(id: string, reader: Reader): Promise<string | null> {
    return this.#told('text', () => {
      const row = this.#row('text', 'documents JOIN contents USING (number)', id, reader);
      return row === null ? null : textOf(row, 'text');
    });
  }

  original(id: string, reader: Reader): Promise<Uint8Array | null> {
    return this.#told('original', () => {
      const row = this.#row('original', 'documents JOIN contents USING (number)', id, reader);
      return row === null ? null : bytesOf(row, 'original');
    });
  }

  searchText(query: string, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchText', () => this.#searching.text(query, filter));
  }

  searchVector(vector: Float32Array, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchVector', () => this.#searching.vector(vector, filter));
  }

  /** A second time is harmless. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#searching.forget();
    this.#close();
  }

  #row(columns: string, tables: string, id: string, reader: Reader): Row | null {
    const { sql, values } = seenBy(reader);
    const query = this.#database.prepare(`SELECT ${columns} FROM ${tables} WHERE id = ? AND ${sql}`);
    return query.get(id, ...values) ?? null;
  }

  #changing<T>(method: string, work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(() => this.#told(method, work));
    this.#last = done.catch(() => {});
    return done;
  }

  /** @throws where the store was closed in the middle of a change. */
  async #pause(): Promise<void> {
    await turn();
    this.#requireOpen('a change');
  }

  #requireOpen(method: string): void {
    if (this.#isClosed) throw new StoreError(`store: ${method} on a closed store; open it again`);
  }

  #told<T>(method: string, work: () => T | Promise<T>): Promise<T> {
    return guarded(`store: ${method}`, WAY, () => {
      this.#requireOpen(method);
      return work();
    });
  }
}
