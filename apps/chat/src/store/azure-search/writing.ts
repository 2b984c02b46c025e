/** Changes to the index of Azure AI Search, in an order that leaves readers with whole documents at every moment. */
import { randomUUID } from 'node:crypto';
import { IndexDocumentsBatch, type SearchClient, type SearchIndexClient } from '@azure/search-documents';
import type { Ranker } from '../../settings/samples-settings.ts';
import { checked, documentId, type Embedded, requireSame } from '../checks.ts';
import type { Place } from '../rows.ts';
import { type NewDocument, StoreError } from '../store.ts';
import { indexable } from '../words.ts';
import { all, anyDocument, quoted } from './filter.ts';
import { indexShape, type SearchRow } from './shape.ts';

/**
 * Rows in one request. The service takes 1,000 and 16 MB, and a row with 3,072 numbers has about 60 kB; so few, since writing them as JSON
 * takes some 20 ms, for which the process does nothing else.
 */
const ROWS_AT_ONCE = 50;
/** Documents that one request asks about, or notes the folder of: as many as the service takes. */
const CLAIMED_AT_ONCE = 500;
/** Of a file and its text, which go into one row: the service takes 16 MB, and base64 makes four of three. */
export const ORIGINAL_BYTES_MAX = 8 * 2 ** 20;
const CONTENT_LENGTH_MAX = 2 * 2 ** 20;
/** Rows that one search tells: as many as the service takes. */
const FOUND_AT_ONCE = 1_000;
/**
 * Rounds of deleting what a filter finds, of {@link FOUND_AT_ONCE} rows each: ten times what a document can have. The service goes on finding for a moment
 * what is deleted. What is left after that is there for nobody, since its document's row is gone or names another generation.
 */
const ROUNDS_MAX = 1_000;

export interface WritingOptions {
  readonly ranker?: Ranker;
  readonly roundsMax?: number;
}

type Told = Pick<SearchRow, 'key' | 'document' | 'generation' | 'index'>;

export class Writing {
  readonly #indexes: SearchIndexClient;
  readonly #client: SearchClient<SearchRow>;
  readonly #roundsMax: number;
  readonly #ranker: Ranker;

  constructor(
    indexes: SearchIndexClient,
    client: SearchClient<SearchRow>,
    { ranker = 'none', roundsMax = ROUNDS_MAX }: WritingOptions = {},
  ) {
    this.#ranker = ranker;
    this.#indexes = indexes;
    this.#client = client;
    this.#roundsMax = roundsMax;
  }

  /** @param besides id of a document that does not count: it is about to be replaced. */
  async embedded(besides: string | null = null): Promise<Embedded | null> {
    const others = besides === null ? null : `document ne ${quoted(besides)}`;
    const filter = all(["kind eq 'document'", 'embeddingModel ne null', others]);
    const { results } = await this.#client.search(undefined, {
      filter,
      top: 1,
      select: ['embeddingModel', 'dimensions'],
    });
    for await (const { document } of results) {
      const { embeddingModel, dimensions } = document;
      if (typeof embeddingModel === 'string' && typeof dimensions === 'number')
        return { model: embeddingModel, dimensions };
    }
    return null;
  }

  async count(filter: string): Promise<number> {
    const { count } = await this.#client.search(undefined, { filter, top: 0, includeTotalCount: true });
    return count ?? 0;
  }

  async put(document: NewDocument, embeddingModel: string | null): Promise<string> {
    const given = checked('azure-search', document, embeddingModel);
    requireRoom(document);
    const id = documentId(document.path);
    if (given !== null) {
      const index = await this.embedded(id);
      if (index !== null) requireSame('azure-search', index, given);
      await this.#requireVectors(given);
    }
    const generation = randomUUID();
    const place = document.isAnew === true ? await this.#placeOf(id) : null;
    // Passages carry the category, so it is looked up before they are written: the service has no transaction that would hold it.
    const of = { document: place === null ? document : { ...document, category: place.category }, id, generation };
    for (let from = 0; from < document.chunks.length; from += ROWS_AT_ONCE)
      await this.#upload(document.chunks.slice(from, from + ROWS_AT_ONCE).map((chunk) => chunkRow(of, chunk)));
    await this.#upload([{ ...documentRow(of, given), folder: place?.folder ?? null }]);
    await this.#removeWhere(`kind eq 'chunk' and ${anyDocument([id])} and generation ne ${quoted(generation)}`);
    return id;
  }

  async remove(id: string): Promise<boolean> {
    // The document's row first: without it, its chunks are there for nobody.
    const count = await this.#removeWhere(`kind eq 'document' and ${anyDocument([id])}`);
    await this.#removeWhere(`kind eq 'chunk' and ${anyDocument([id])}`);
    return count > 0;
  }

  async claim(folder: string, ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += CLAIMED_AT_ONCE) {
      const some = anyDocument(ids.slice(from, from + CLAIMED_AT_ONCE));
      const filter = `kind eq 'document' and ${some} and (folder eq null or folder ne ${quoted(folder)})`;
      const { results } = await this.#client.search(undefined, { filter, top: FOUND_AT_ONCE, select: ['key'] });
      const batch = new IndexDocumentsBatch<Pick<SearchRow, 'key' | 'folder'>>();
      for await (const { document } of results) batch.merge([{ key: document.key, folder }]);
      if (batch.actions.length > 0) await this.#client.indexDocuments(batch, { throwOnAnyFailure: true });
    }
  }

  /** Passages first: they are what is searched, and the document's row tells that it is over. */
  async categorise(ids: readonly string[], category: string | null): Promise<number> {
    let count = 0;
    for (let from = 0; from < ids.length; from += CLAIMED_AT_ONCE) {
      const other = category === null ? 'category ne null' : `(category eq null or category ne ${quoted(category)})`;
      const filter = `kind eq 'document' and ${anyDocument(ids.slice(from, from + CLAIMED_AT_ONCE))} and ${other}`;
      for (const { key, document, generation } of await this.#told(filter)) {
        await this.#categoriseChunks(`${anyDocument([document])} and generation eq ${quoted(generation)}`, category);
        await this.#merge([{ key, category }]);
        count++;
      }
    }
    return count;
  }

  async #categoriseChunks(which: string, category: string | null): Promise<void> {
    for (let after = -1; ; ) {
      const rows = await this.#told(`kind eq 'chunk' and ${which} and index gt ${after}`, ['index asc']);
      if (rows.length > 0) await this.#merge(rows.map(({ key }) => ({ key, category })));
      if (rows.length < FOUND_AT_ONCE) return;
      after = rows.at(-1)?.index ?? after + FOUND_AT_ONCE;
    }
  }

  async #told(filter: string, orderBy: string[] = []): Promise<readonly Told[]> {
    const order = orderBy.length === 0 ? {} : { orderBy };
    const { results } = await this.#client.search(undefined, {
      ...{ filter, top: FOUND_AT_ONCE, ...order },
      select: ['key', 'document', 'generation', 'index'],
    });
    const rows: Told[] = [];
    for await (const { document } of results) rows.push(document);
    return rows;
  }

  async #merge(rows: readonly Pick<SearchRow, 'key' | 'category'>[]): Promise<void> {
    const batch = new IndexDocumentsBatch<Pick<SearchRow, 'key' | 'category'>>();
    batch.merge([...rows]);
    await this.#client.indexDocuments(batch, { throwOnAnyFailure: true });
  }

  async #placeOf(id: string): Promise<Place | null> {
    const { results } = await this.#client.search(undefined, {
      filter: `kind eq 'document' and ${anyDocument([id])}`,
      top: 1,
      select: ['folder', 'category'],
    });
    for await (const { document } of results) return { folder: document.folder ?? null, category: document.category };
    return null;
  }

  async removeAll(): Promise<number> {
    const count = await this.#removeWhere("kind eq 'document'");
    await this.#removeWhere("kind eq 'chunk'");
    const name = this.#client.indexName;
    // A field's size cannot change: the index is made anew, so that another embedding model may follow.
    await this.#indexes.deleteIndex(name);
    await this.#indexes.createIndex(indexShape({ name, dimensions: null, ranker: this.#ranker }));
    return count;
  }

  async #requireVectors({ dimensions }: Embedded): Promise<void> {
    const name = this.#client.indexName;
    const index = await this.#indexes.getIndex(name);
    const field = index.fields.find((candidate) => candidate.name === 'vector');
    const size = field !== undefined && 'vectorSearchDimensions' in field ? field.vectorSearchDimensions : null;
    if (field === undefined)
      await this.#indexes.createOrUpdateIndex(indexShape({ name, dimensions, ranker: this.#ranker }));
    else if (size !== dimensions) {
      throw new StoreError(
        `azure-search: the index ${name} has a field for ${size} numbers, not ${dimensions}; remove all documents and index anew`,
      );
    }
  }

  async #upload(rows: SearchRow[]): Promise<void> {
    await this.#client.uploadDocuments(rows, { throwOnAnyFailure: true });
  }

  async #removeWhere(filter: string): Promise<number> {
    let count = 0;
    for (let round = 0; round < this.#roundsMax; round++) {
      const { results } = await this.#client.search(undefined, { filter, top: FOUND_AT_ONCE, select: ['key'] });
      const keys: string[] = [];
      for await (const { document } of results) keys.push(document.key);
      if (keys.length === 0) break;
      await this.#client.deleteDocuments('key', keys, { throwOnAnyFailure: true });
      count += keys.length;
      if (keys.length < FOUND_AT_ONCE) break;
    }
    return count;
  }
}

function requireRoom({ path, original, text }: NewDocument): void {
  if (original.length <= ORIGINAL_BYTES_MAX && text.length <= CONTENT_LENGTH_MAX) return;
  throw new StoreError(
    `azure-search: ${path.slice(0, 200)}: ${original.length} bytes with ${text.length} characters are above ${ORIGINAL_BYTES_MAX} ` +
      `or ${CONTENT_LENGTH_MAX}, which fit into a row; split the document, or use the PostgreSQL store`,
  );
}

interface Put {
  readonly document: NewDocument;
  readonly id: string;
  readonly generation: string;
}

function sharedBy({ document, id, generation }: Put) {
  const { path, category, access } = document;
  const [users, groups] = [[...access.users], [...access.groups]];
  return { generation, document: id, path, category, users, groups, isOpen: users.length + groups.length === 0 };
}

function documentRow(put: Put, embedded: Embedded | null): SearchRow {
  const { title, language, hash, mediaType, bytes, pages, owner, indexedMs, chunks, original, text } = put.document;
  return {
    ...sharedBy(put),
    ...{ key: put.id, kind: 'document', title, language, hash, mediaType, bytes, pages, owner, indexedMs },
    ...{ chunks: chunks.length, embeddingModel: embedded?.model ?? null, dimensions: embedded?.dimensions ?? null },
    ...{ original: Buffer.from(original).toString('base64'), content: text },
  };
}

function chunkRow(put: Put, chunk: NewDocument['chunks'][number]): SearchRow {
  const { index, text, headings, pageFrom, pageTo, start, end, vector } = chunk;
  const topic = indexable(`${put.document.title}\n${headings.join('\n')}`);
  const row: SearchRow = {
    ...sharedBy(put),
    ...{ key: `${put.id}-${put.generation}-${index}`, kind: 'chunk', index, text, headings: [...headings] },
    ...{ pageFrom, pageTo, start, end, topic, words: indexable(text) },
  };
  return vector === null ? row : { ...row, vector: [...vector] };
}
