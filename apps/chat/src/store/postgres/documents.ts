/** Documents in PostgreSQL: passages found by words with BM25 (pg_textsearch) or `ts_rank`, by meaning with pgvector, both exactly. */
import type { Chunk } from '@spillway/rag';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { atMost, guarded, PAGE_MAX, requireSize, TOP_MAX } from '../checks.ts';
import { bytesOf, chunkOf, countOf, documentOf, type Row, textOf } from '../rows.ts';
import type {
  DocumentRow,
  DocumentStore,
  Found,
  IndexFacts,
  NewDocument,
  Page,
  Reader,
  SearchFilter,
} from '../store.ts';
import { indexable, wordsOf } from '../words.ts';
import type { TextRanking } from './schema.ts';
import { embeddedOf, putDocument, removeDocument, removeDocuments, vectorText } from './writing.ts';

const WAY = 'can the database be reached, and may its user write?';

/** Without original and content: those are read one by one. */
const COLUMNS = sql`d.id, d.path, d.title, d.category, d.language, d.hash, d."mediaType", d.bytes, d.pages, d.chunks, d.owner, d.users,
  d.groups, d."indexedMs"`;
const PASSAGE = sql`${COLUMNS}, c.index, c.text, c.headings, c."pageFrom", c."pageTo", c.start, c."end"`;
/** For words in passage, passage, headings, title: as the local store weighs them. */
const WEIGHTS = sql`'{0.4, 0.4, 0.6, 0.6}'::real[]`;

export class PostgresDocuments implements DocumentStore {
  readonly name = 'postgres';
  readonly #database: Kysely<unknown>;
  readonly #ranking: TextRanking;
  readonly #close: () => Promise<void>;

  constructor(database: Kysely<unknown>, ranking: TextRanking, close: () => Promise<void>) {
    this.#database = database;
    this.#ranking = ranking;
    this.#close = close;
  }

  facts(): Promise<IndexFacts> {
    return this.#told('facts', async () => {
      const embedded = await embeddedOf(this.#database);
      const count = sql<Row>`SELECT count(*)::int AS documents, coalesce(sum(chunks), 0)::int AS chunks FROM spillway_documents`;
      const row = (await count.execute(this.#database)).rows[0] ?? {};
      return {
        embeddingModel: embedded?.model ?? null,
        dimensions: embedded?.dimensions ?? null,
        chunks: countOf(row, 'chunks'),
        documents: countOf(row, 'documents'),
      };
    });
  }

  put(document: NewDocument, embeddingModel: string | null): Promise<string> {
    return this.#told('put', () => putDocument(this.#database, document, embeddingModel));
  }

  remove(id: string): Promise<boolean> {
    return this.#told('remove', () => removeDocument(this.#database, id));
  }

  removeAll(): Promise<number> {
    return this.#told('removeAll', () => removeDocuments(this.#database));
  }

  claim(folder: string, ids: readonly string[]): Promise<void> {
    return this.#told('claim', async () => {
      await sql`UPDATE spillway_documents SET folder = ${folder} WHERE folder IS DISTINCT FROM ${folder}
        AND id = ANY (${[...ids]}::text[])`.execute(this.#database);
    });
  }

  categorise(ids: readonly string[], category: string | null): Promise<number> {
    return this.#told('categorise', async () => {
      const { numAffectedRows } =
        await sql`UPDATE spillway_documents SET category = ${category} WHERE category IS DISTINCT FROM ${category}::text
        AND id = ANY (${[...ids]}::text[])`.execute(this.#database);
      return Number(numAffectedRows ?? 0);
    });
  }

  inFolder(folder: string, { after, limit }: Page): Promise<readonly DocumentRow[]> {
    return this.#told('inFolder', async () => {
      const rows = await this.#rows(sql<Row>`SELECT ${COLUMNS} FROM spillway_documents d
        WHERE d.folder = ${folder} AND d.path > ${after ?? ''} ORDER BY d.path LIMIT ${atMost(limit, PAGE_MAX)}`);
      return rows.map(documentOf);
    });
  }

  list(reader: Reader, { after, limit }: Page): Promise<readonly DocumentRow[]> {
    return this.#told('list', async () => {
      const rows = await this.#rows(sql<Row>`SELECT ${COLUMNS} FROM spillway_documents d
        WHERE d.path > ${after ?? ''} AND ${seenBy(reader)} ORDER BY d.path LIMIT ${atMost(limit, PAGE_MAX)}`);
      return rows.map(documentOf);
    });
  }

  byPath(path: string): Promise<DocumentRow | null> {
    return this.#told('byPath', async () => {
      const [row] = await this.#rows(sql<Row>`SELECT ${COLUMNS} FROM spillway_documents d WHERE d.path = ${path}`);
      return row === undefined ? null : documentOf(row);
    });
  }

  document(id: string, reader: Reader): Promise<DocumentRow | null> {
    return this.#told('document', async () => {
      const row = await this.#row(COLUMNS, id, reader);
      return row === null ? null : documentOf(row);
    });
  }

  chunks(id: string, reader: Reader): Promise<readonly Chunk[]> {
    return this.#told('chunks', async () => {
      const rows =
        await this.#rows(sql<Row>`SELECT c.* FROM spillway_chunks c JOIN spillway_documents d ON d.id = c.document
        WHERE d.id = ${id} AND ${seenBy(reader)} ORDER BY c.index`);
      return rows.map((row) => chunkOf(row, countOf(row, 'index')));
    });
  }

  text(id: string, reader: Reader): Promise<string | null> {
    return this.#told('text', async () => {
      const row = await this.#row(sql`d.content`, id, reader);
      return row === null ? null : textOf(row, 'content');
    });
  }

  original(id: string, reader: Reader): Promise<Uint8Array | null> {
    return this.#told('original', async () => {
      const row = await this.#row(sql`d.original`, id, reader);
      return row === null ? null : new Uint8Array(bytesOf(row, 'original'));
    });
  }

  searchText(query: string, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchText', async () => {
      const words = wordsOf(query);
      if (words.length === 0) return [];
      const { rank, matches } = this.#ranking === 'bm25' ? byBm25(query) : byTsRank(words);
      return this.#found(rank, matches, filter);
    });
  }

  searchVector(vector: Float32Array, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchVector', async () => {
      const embedded = await embeddedOf(this.#database);
      if (embedded === null) return [];
      requireSize('postgres', embedded.dimensions, vector);
      return this.#found(sql`c.vector <=> ${vectorText(vector)}::vector`, sql`c.vector IS NOT NULL`, filter);
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** @param rank the less, the better. One statement: what is found is of one moment. */
  async #found(
    rank: RawBuilder<unknown>,
    matches: RawBuilder<unknown>,
    filter: SearchFilter,
  ): Promise<readonly Found[]> {
    const rows = await this.#rows(sql<Row>`SELECT ${PASSAGE}, (-(${rank}))::double precision AS score
      FROM spillway_chunks c JOIN spillway_documents d ON d.id = c.document
      WHERE ${matches} AND ${searchable(filter)} ORDER BY ${rank} LIMIT ${atMost(filter.top, TOP_MAX)}`);
    return rows.map((row) => {
      const document = documentOf(row);
      const index = countOf(row, 'index');
      return { document, chunk: chunkOf(row, index), chunkId: `${document.id}-${index}`, score: countOf(row, 'score') };
    });
  }

  async #row(columns: RawBuilder<unknown>, id: string, reader: Reader): Promise<Row | null> {
    const [row] = await this.#rows(
      sql<Row>`SELECT ${columns} FROM spillway_documents d WHERE d.id = ${id} AND ${seenBy(reader)}`,
    );
    return row ?? null;
  }

  async #rows(query: RawBuilder<Row>): Promise<readonly Row[]> {
    return (await query.execute(this.#database)).rows;
  }

  #told<T>(method: string, work: () => Promise<T>): Promise<T> {
    return guarded(`postgres: ${method}`, WAY, work);
  }
}

interface Ranked {
  readonly rank: RawBuilder<unknown>;
  readonly matches: RawBuilder<unknown>;
}

/** Words are letters and digits alone, so nothing in them is an operator of the query. */
function byTsRank(words: readonly string[]): Ranked {
  const query = sql`to_tsquery('english', ${words.join(' | ')})`;
  return { rank: sql`-ts_rank(${WEIGHTS}, c.words, ${query})`, matches: sql`c.words @@ ${query}` };
}

/** pg_textsearch gives less than nothing to what holds a word of the query, and nothing to the rest. */
function byBm25(query: string): Ranked {
  const rank = sql`c.indexed <@> to_bm25query(${indexable(query)}, 'spillway_chunks_bm25')`;
  return { rank, matches: sql`(${rank}) < 0` };
}

function seenBy(reader: Reader): RawBuilder<unknown> {
  if (reader.isAdmin) return sql`TRUE`;
  return sql`(cardinality(d.users) + cardinality(d.groups) = 0 OR ${reader.user}::text = ANY (d.users)
    OR d.groups && ${[...reader.groups]}::text[])`;
}

function searchable({ reader, includeCategory, excludeCategory, documents }: SearchFilter): RawBuilder<unknown> {
  const conditions = [seenBy(reader)];
  if (includeCategory !== null) conditions.push(sql`d.category = ${includeCategory}`);
  if (excludeCategory !== null) conditions.push(sql`d.category IS DISTINCT FROM ${excludeCategory}`);
  if (documents !== null) conditions.push(sql`d.id = ANY (${[...documents]}::text[])`);
  return sql.join(conditions, sql` AND `);
}
