/**
 * Changes to the documents in SQLite. A long document is written in slices, so that questions are answered between them: its passages come
 * first, under a number that no document has yet; one transaction then gives that number to the document; the old passages go last. What a
 * crash leaves half done is in `unfinished`, and swept when the file is opened next.
 */
import type { DatabaseSync } from 'node:sqlite';
import { checked, documentId, type Embedded, requireSame } from '../checks.ts';
import { countOf, type Place, textOf, textOrNull } from '../rows.ts';
import { type NewDocument, StoreError } from '../store.ts';
import { indexable } from '../words.ts';
import { numberOf, PLACES, transact } from './database.ts';

export interface Limits {
  /** Vectors in all: each is compared with each question's, and held in memory. */
  readonly vectorsMax: number;
}

/** 50,000 of 1,536 numbers take 300 MB and about 60 ms a question; what is more belongs to PostgreSQL. */
export const LIMITS: Limits = { vectorsMax: 50_000 };

/** Passages written or deleted in one go: some 15 ms, for which a question waits. */
export const SLICE = 100;

export interface AddedVector {
  readonly place: number;
  readonly vector: Float32Array;
}

/** Who keeps in memory what is in the file. Told at once, before anybody else has a turn. */
export interface Watcher {
  /** Passages of a document that is not there yet. */
  written(added: readonly AddedVector[]): void;
  /** Readers have another index before them from now on. */
  switched(): void;
  /** Passages from this place on and before that one are no more. */
  erased(from: number, to: number): void;
}

/** What happens between two slices: others have their turn. @throws where the store was closed meanwhile. */
export type Pause = () => Promise<void>;

export class Writing {
  readonly #database: DatabaseSync;
  readonly #limits: Limits;
  readonly #watcher: Watcher;
  readonly #pause: Pause;

  constructor(database: DatabaseSync, limits: Limits, watcher: Watcher, pause: Pause) {
    this.#database = database;
    this.#limits = limits;
    this.#watcher = watcher;
    this.#pause = pause;
  }

  embedded(): Embedded | null {
    const row = this.#database.prepare('SELECT model, dimensions FROM embedded').get();
    return row === undefined ? null : { model: textOf(row, 'model'), dimensions: countOf(row, 'dimensions') };
  }

  /** One change at a time: the caller sees to that. */
  async put(document: NewDocument, embeddingModel: string | null): Promise<string> {
    const given = checked('local', document, embeddingModel);
    const id = documentId(document.path);
    const before = this.#numberOf(id);
    if (given !== null) this.#agree(given, before);
    this.#requireRoom(document, before);
    const number = this.#begin();
    try {
      await this.#insertChunks(number, document);
      transact(this.#database, () => {
        const place = document.isAnew === true ? this.#placeOf(id) : null;
        this.#forget(id);
        this.#insertDocument(number, id, document);
        if (place !== null) this.#put(id, place);
        this.#database.prepare('DELETE FROM unfinished WHERE number = ?').run(number);
        this.#rebind(given);
      });
    } catch (error) {
      // Whoever closed the file sweeps when it is opened next.
      if (this.#database.isOpen) await this.#sweep(number).catch(() => {});
      throw error;
    }
    this.#watcher.switched();
    if (before !== null) await this.#sweep(before);
    return id;
  }

  /** @returns whether there was one. */
  async remove(id: string): Promise<boolean> {
    const gone = this.#numberOf(id);
    if (gone === null) return false;
    transact(this.#database, () => {
      this.#forget(id);
      this.#rebind(null);
    });
    this.#watcher.switched();
    await this.#sweep(gone);
    this.#settle();
    return true;
  }

  /** @returns how many there were. */
  removeAll(): number {
    const count = transact(this.#database, () => {
      const before = numberOf(this.#database, 'SELECT count(*) FROM documents');
      for (const table of ['documents', 'contents', 'chunks', 'vectors', 'embedded', 'words', 'unfinished']) {
        this.#database.exec(`DELETE FROM ${table}`);
      }
      return before;
    });
    this.#settle();
    return count;
  }

  /** What a process that ended in the middle of a change has left. */
  async sweepAll(): Promise<void> {
    const rows = this.#database.prepare('SELECT number FROM unfinished').all();
    for (const row of rows) await this.#sweep(countOf(row, 'number'));
    if (rows.length > 0) this.#settle();
  }

  /** @param ids of documents that were found in the folder. */
  claim(folder: string, ids: readonly string[]): void {
    const sql = 'UPDATE documents SET folder = ? WHERE folder IS NOT ? AND id IN (SELECT value FROM json_each(?))';
    this.#database.prepare(sql).run(folder, folder, JSON.stringify(ids));
  }

  /** @returns how many had another one. */
  categorise(ids: readonly string[], category: string | null): number {
    const sql = 'UPDATE documents SET category = ? WHERE category IS NOT ? AND id IN (SELECT value FROM json_each(?))';
    return Number(this.#database.prepare(sql).run(category, category, JSON.stringify(ids)).changes);
  }

  /** Brings deletions from the log into the file, where they are overwritten: until then the log still holds what was deleted. */
  #settle(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #numberOf(id: string): number | null {
    const row = this.#database.prepare('SELECT number FROM documents WHERE id = ?').get(id);
    return row === undefined ? null : countOf(row, 'number');
  }

  #placeOf(id: string): Place | null {
    const row = this.#database.prepare('SELECT folder, category FROM documents WHERE id = ?').get(id);
    return row === undefined ? null : { folder: textOrNull(row, 'folder'), category: textOrNull(row, 'category') };
  }

  #put(id: string, { folder, category }: Place): void {
    this.#database.prepare('UPDATE documents SET folder = ?, category = ? WHERE id = ?').run(...[folder, category, id]);
  }

  /** @returns a number that no document has had, noted as unfinished. */
  #begin(): number {
    return transact(this.#database, () => {
      const number = numberOf(
        this.#database,
        `SELECT 1 + max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'documents'), 0),
                        coalesce((SELECT max(number) FROM unfinished), 0))`,
      );
      this.#database.prepare('INSERT INTO unfinished VALUES (?)').run(number);
      return number;
    });
  }

  /** The document is gone for readers; its passages are noted for the sweep. */
  #forget(id: string): void {
    const number = this.#numberOf(id);
    if (number === null) return;
    this.#database.prepare('DELETE FROM documents WHERE number = ?').run(number);
    this.#database.prepare('DELETE FROM contents WHERE number = ?').run(number);
    this.#database.prepare('INSERT INTO unfinished VALUES (?)').run(number);
  }

  async #sweep(number: number): Promise<void> {
    const end = (number + 1) * PLACES;
    for (let from = number * PLACES; ; ) {
      const to = numberOf(
        this.#database,
        `SELECT coalesce(max(place) + 1, 0) FROM (SELECT place FROM chunks WHERE place >= ${from} AND place < ${end} ORDER BY place LIMIT ${SLICE})`,
      );
      transact(this.#database, () => this.#erase(from, to));
      this.#watcher.erased(from, to);
      if (to === 0) break;
      from = to;
      await this.#pause();
    }
    this.#database.prepare('DELETE FROM unfinished WHERE number = ?').run(number);
  }

  #erase(from: number, to: number): void {
    for (const [table, column] of [
      ['words', 'rowid'],
      ['vectors', 'place'],
      ['chunks', 'place'],
    ]) {
      this.#database.prepare(`DELETE FROM ${table} WHERE ${column} >= ? AND ${column} < ?`).run(from, to);
    }
  }

  /** @param besides number of a document that does not count: it is about to be replaced. */
  #vectorsBesides(besides: number | null): number {
    const sql = `SELECT coalesce(sum(vectors), 0) FROM documents WHERE number <> ${besides ?? -1}`;
    return numberOf(this.#database, sql);
  }

  #agree(given: Embedded, before: number | null): void {
    const index = this.embedded();
    if (index !== null && this.#vectorsBesides(before) > 0) requireSame('local', index, given);
  }

  /** An index without vectors is bound to no model, one with vectors to theirs. @param given of the document that was put. */
  #rebind(given: Embedded | null): void {
    if (given !== null) {
      this.#database.prepare('INSERT OR REPLACE INTO embedded VALUES (1, ?, ?)').run(given.model, given.dimensions);
    } else if (this.embedded() !== null && this.#vectorsBesides(null) === 0) {
      this.#database.exec('DELETE FROM embedded');
    }
  }

  #insertDocument(number: number, id: string, document: NewDocument): void {
    const { path, title, category, language, hash, mediaType, bytes, pages, chunks, owner, access, indexedMs } =
      document;
    this.#database
      .prepare(
        `INSERT INTO documents (number, id, path, title, category, language, hash, mediaType, bytes, pages, chunks, owner, users, groups, indexedMs, vectors)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[number, id, path, title, category, language, hash, mediaType, bytes, pages, chunks.length, owner],
        ...[JSON.stringify(access.users), JSON.stringify(access.groups), indexedMs, vectorsIn(document)],
      );
    const { original, text } = document;
    this.#database.prepare('INSERT INTO contents VALUES (?, ?, ?)').run(number, original, text);
  }

  async #insertChunks(number: number, { title, chunks }: NewDocument): Promise<void> {
    for (let from = 0; from < chunks.length; from += SLICE) {
      const slice = chunks.slice(from, from + SLICE);
      this.#watcher.written(transact(this.#database, () => this.#insertSlice(number, title, slice)));
      await this.#pause();
    }
  }

  #insertSlice(number: number, title: string, chunks: NewDocument['chunks']): readonly AddedVector[] {
    const chunk = this.#database.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)');
    const words = this.#database.prepare('INSERT INTO words (rowid, title, headings, body) VALUES (?, ?, ?, ?)');
    const vectors = this.#database.prepare('INSERT INTO vectors VALUES (?, ?)');
    return chunks.flatMap(({ index, text, headings, pageFrom, pageTo, start, end, vector }): readonly AddedVector[] => {
      const place = number * PLACES + index;
      chunk.run(place, text, JSON.stringify(headings), pageFrom, pageTo, start, end);
      words.run(place, indexable(title), indexable(headings.join(' ')), indexable(text));
      if (vector === null) return [];
      vectors.run(place, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
      return [{ place, vector }];
    });
  }

  /** Before anything is written: a document that does not fit leaves everything as it was. */
  #requireRoom({ path, chunks }: NewDocument, before: number | null): void {
    const own = vectorsIn({ chunks });
    if (own === 0) return;
    const count = own + this.#vectorsBesides(before);
    const { vectorsMax } = this.#limits;
    if (count <= vectorsMax) return;
    throw new StoreError(
      `local: ${path.slice(0, 200)}: ${count} passages with vectors are above ${vectorsMax}; ` +
        'use the PostgreSQL store, index fewer documents, or index without vectors',
    );
  }
}

function vectorsIn({ chunks }: Pick<NewDocument, 'chunks'>): number {
  return chunks.filter(({ vector }) => vector !== null).length;
}
