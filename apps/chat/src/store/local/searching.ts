/** Searches of the local store. Who may see a document is decided in SQL, before anything is ranked. */
import type { DatabaseSync } from 'node:sqlite';
import { atMost, requireSize, TOP_MAX } from '../checks.ts';
import { bytesOf, chunkOf, countOf, documentOf } from '../rows.ts';
import type { Found, SearchFilter } from '../store.ts';
import { wordsOf } from '../words.ts';
import { numberOf, PLACES } from './database.ts';
import { searchable } from './filter.ts';
import { Matrix, type Near } from './matrix.ts';
import type { AddedVector, Watcher } from './writing.ts';

/** What a word counts in the document's title, in the headings above the passage, and in the passage: BM25 with these weights. */
const WEIGHTS = '1.5, 1.5, 1.0';
/** Half of the passages from which on common words are left out: below, ranking by them costs next to nothing. */
const COMMON_FROM = 500;
/** Words whose counts are remembered. */
const COUNTS_MAX = 10_000;

export class Searching implements Watcher {
  readonly #database: DatabaseSync;
  /** Passages that hold a word, as counted since the last change. */
  readonly #counts = new Map<string, number>();
  /** null: not read yet, or given up. */
  #matrix: Matrix | null = null;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  written(added: readonly AddedVector[]): void {
    const matrix = this.#matrix;
    if (matrix === null) return;
    for (const { place, vector } of added) if (vector.length === matrix.dimensions) matrix.add(place, vector);
  }

  erased(from: number, to: number): void {
    this.#matrix?.remove((place) => place >= from && place < to);
  }

  switched(): void {
    this.#counts.clear();
    // An index of another size now: its vectors are read when they are asked for.
    if (this.#matrix !== null && this.#matrix.dimensions !== this.#dimensions()) this.#matrix = null;
  }

  forget(): void {
    this.#counts.clear();
    this.#matrix = null;
  }

  text(query: string, filter: SearchFilter): readonly Found[] {
    const words = this.#telling(wordsOf(query));
    if (words.length === 0) return [];
    const { sql, values } = searchable(filter);
    const match = words.map((word) => `"${word}"`).join(' OR ');
    const rows = this.#database
      .prepare(
        `SELECT rowid AS place, -rank AS score FROM words WHERE words MATCH ? AND rank MATCH 'bm25(${WEIGHTS})'
         AND rowid / ${PLACES} IN (SELECT number FROM documents WHERE ${sql}) ORDER BY rank LIMIT ?`,
      )
      .all(match, ...values, atMost(filter.top, TOP_MAX));
    return this.#found(rows.map((row) => ({ place: countOf(row, 'place'), score: countOf(row, 'score') })));
  }

  vector(vector: Float32Array, filter: SearchFilter): readonly Found[] {
    this.#matrix ??= this.#load();
    const matrix = this.#matrix;
    if (matrix === null) return [];
    requireSize('local', matrix.dimensions, vector);
    const { sql, values } = searchable(filter);
    const rows = this.#database.prepare(`SELECT number FROM documents WHERE ${sql}`).all(...values);
    const numbers = new Set(rows.map((row) => countOf(row, 'number')));
    const near = matrix.nearest(vector, atMost(filter.top, TOP_MAX), (place) =>
      numbers.has(Math.floor(place / PLACES)),
    );
    return this.#found(near);
  }

  /**
   * Words in more than half of all passages tell nothing: BM25 gives them no weight, yet ranking by them costs the most. They are left out
   * as long as others are left.
   */
  #telling(words: readonly string[]): readonly string[] {
    const half = numberOf(this.#database, 'SELECT coalesce(sum(chunks), 0) FROM documents') / 2;
    if (half < COMMON_FROM) return words;
    const telling = words.filter((word) => this.#countOf(word) <= half);
    return telling.length === 0 ? words : telling;
  }

  /** Passages that hold a word. */
  #countOf(word: string): number {
    const known = this.#counts.get(word);
    if (known !== undefined) return known;
    const row = this.#database.prepare('SELECT count(*) AS n FROM words WHERE words MATCH ?').get(`"${word}"`);
    const count = Number(row?.n);
    if (this.#counts.size >= COUNTS_MAX) this.#counts.clear();
    this.#counts.set(word, count);
    return count;
  }

  #dimensions(): number | null {
    const row = this.#database.prepare('SELECT dimensions FROM embedded').get();
    return row === undefined ? null : countOf(row, 'dimensions');
  }

  /** Those of a document that is being written or erased too, as they come and go from now on: nobody may see them. */
  #load(): Matrix | null {
    const dimensions = this.#dimensions();
    if (dimensions === null) return null;
    const matrix = new Matrix(dimensions);
    for (const row of this.#database.prepare('SELECT place, vector FROM vectors ORDER BY place').iterate()) {
      // A copy: SQLite's bytes may begin anywhere, numbers only at a multiple of four.
      const vector = new Float32Array(bytesOf(row, 'vector').slice().buffer);
      if (vector.length === dimensions) matrix.add(countOf(row, 'place'), vector);
    }
    return matrix;
  }

  #found(near: readonly Near[]): readonly Found[] {
    const chunk = this.#database.prepare('SELECT * FROM chunks WHERE place = ?');
    const document = this.#database.prepare('SELECT * FROM documents WHERE number = ?');
    return near.flatMap(({ place, score }) => {
      const chunkRow = chunk.get(place);
      const row = document.get(Math.floor(place / PLACES));
      if (chunkRow === undefined || row === undefined) return [];
      const index = place % PLACES;
      const found = documentOf(row);
      return [{ document: found, chunk: chunkOf(chunkRow, index), chunkId: `${found.id}-${index}`, score }];
    });
  }
}
