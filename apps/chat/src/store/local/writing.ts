/** Changes to the documents in SQLite, each whole or not at all, and what they mean for the vectors in memory. */
import type { DatabaseSync } from 'node:sqlite';
import { checked, documentId, type Embedded, requireSame } from '../checks.ts';
import { countOf, textOf } from '../rows.ts';
import { type NewDocument, StoreError } from '../store.ts';
import { indexable } from '../words.ts';
import { numberOf, PLACES, transact } from './database.ts';

export interface Limits {
  /** Vectors in all: each is compared with each question's, and held in memory. */
  readonly vectorsMax: number;
}

/** 50,000 of 1,536 numbers take 300 MB and about 60 ms a question; what is more belongs to PostgreSQL. */
export const LIMITS: Limits = { vectorsMax: 50_000 };

export interface AddedVector {
  readonly place: number;
  readonly vector: Float32Array;
}

export interface Change {
  /** Number of the document whose passages are no more; null: none was there. */
  readonly gone: number | null;
  readonly added: readonly AddedVector[];
}

export class Writing {
  readonly #database: DatabaseSync;
  readonly #limits: Limits;

  constructor(database: DatabaseSync, limits: Limits) {
    this.#database = database;
    this.#limits = limits;
  }

  embedded(): Embedded | null {
    const row = this.#database.prepare('SELECT model, dimensions FROM embedded').get();
    return row === undefined ? null : { model: textOf(row, 'model'), dimensions: countOf(row, 'dimensions') };
  }

  put(document: NewDocument, embeddingModel: string | null): Change & { readonly id: string } {
    const given = checked('local', document, embeddingModel);
    const id = documentId(document.path);
    return transact(this.#database, () => {
      const gone = this.#erase(id);
      if (given !== null) this.#agree(given);
      const number = this.#insertDocument(id, document);
      const added = this.#insertChunks(number, document);
      this.#requireRoom(document.path);
      return { id, gone, added };
    });
  }

  /** @returns the number of the document that was there; null: none. */
  remove(id: string): number | null {
    const gone = transact(this.#database, () => this.#erase(id));
    if (gone !== null) this.#settle();
    return gone;
  }

  /** @returns how many there were. */
  removeAll(): number {
    const count = transact(this.#database, () => {
      const before = numberOf(this.#database, 'SELECT count(*) FROM documents');
      for (const table of ['documents', 'contents', 'chunks', 'vectors', 'embedded', 'words']) {
        this.#database.exec(`DELETE FROM ${table}`);
      }
      return before;
    });
    this.#settle();
    return count;
  }

  /** Brings deletions from the log into the file, where they are overwritten: until then the log still holds what was deleted. */
  #settle(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #erase(id: string): number | null {
    const row = this.#database.prepare('SELECT number FROM documents WHERE id = ?').get(id);
    if (row === undefined) return null;
    const number = countOf(row, 'number');
    for (const [table, column] of [
      ['words', 'rowid'],
      ['vectors', 'place'],
      ['chunks', 'place'],
    ]) {
      const range = [number * PLACES, (number + 1) * PLACES];
      this.#database.prepare(`DELETE FROM ${table} WHERE ${column} >= ? AND ${column} < ?`).run(...range);
    }
    this.#database.prepare('DELETE FROM contents WHERE number = ?').run(number);
    this.#database.prepare('DELETE FROM documents WHERE number = ?').run(number);
    // An index without vectors is bound to no model.
    this.#database.exec('DELETE FROM embedded WHERE NOT EXISTS (SELECT 1 FROM vectors)');
    return number;
  }

  #agree(given: Embedded): void {
    const index = this.embedded();
    if (index !== null) requireSame('local', index, given);
    else this.#database.prepare('INSERT INTO embedded VALUES (1, ?, ?)').run(given.model, given.dimensions);
  }

  #insertDocument(id: string, document: NewDocument): number {
    const { path, title, category, language, hash, mediaType, bytes, pages, chunks, owner, access, indexedMs } =
      document;
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO documents (id, path, title, category, language, hash, mediaType, bytes, pages, chunks, owner, users, groups, indexedMs)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[id, path, title, category, language, hash, mediaType, bytes, pages, chunks.length, owner],
        ...[JSON.stringify(access.users), JSON.stringify(access.groups), indexedMs],
      );
    const number = Number(lastInsertRowid);
    const { original, text } = document;
    this.#database.prepare('INSERT INTO contents VALUES (?, ?, ?)').run(number, original, text);
    return number;
  }

  #insertChunks(number: number, { title, chunks }: NewDocument): readonly AddedVector[] {
    const chunk = this.#database.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)');
    const words = this.#database.prepare('INSERT INTO words (rowid, title, headings, body) VALUES (?, ?, ?, ?)');
    const vectors = this.#database.prepare('INSERT INTO vectors VALUES (?, ?)');
    const added: AddedVector[] = [];
    for (const { index, text, headings, pageFrom, pageTo, start, end, vector } of chunks) {
      const place = number * PLACES + index;
      chunk.run(place, text, JSON.stringify(headings), pageFrom, pageTo, start, end);
      words.run(place, indexable(title), indexable(headings.join(' ')), indexable(text));
      if (vector === null) continue;
      vectors.run(place, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
      added.push({ place, vector });
    }
    return added;
  }

  /** Last, within the transaction: a document that does not fit leaves everything as it was. */
  #requireRoom(path: string): void {
    const count = numberOf(this.#database, 'SELECT count(*) FROM vectors');
    const { vectorsMax } = this.#limits;
    if (count <= vectorsMax) return;
    throw new StoreError(
      `local: ${path.slice(0, 200)}: ${count} passages with vectors are above ${vectorsMax}; ` +
        'use the PostgreSQL store, index fewer documents, or index without vectors',
    );
  }
}
