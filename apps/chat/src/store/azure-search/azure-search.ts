/**
 * Documents in Azure AI Search. The service has no transactions: a put writes the chunks of a new generation first, then the document's row
 * that names it, then deletes the old ones; readers leave out chunks whose generation is not the document's. What is written is found a
 * moment later, not at once: the service's indexes follow.
 */
import {
  AzureKeyCredential,
  SearchClient,
  type SearchClientOptions,
  SearchIndexClient,
  type SemanticSearchOptions,
  type VectorSearchOptions,
} from '@azure/search-documents';
import { type Clock, systemClock } from '@spillway/clock';
import type { Chunk } from '@spillway/rag';
import type { Ranker } from '../../settings/samples-settings.ts';
import { atMost, guarded, PAGE_MAX, requireSize, TOP_MAX } from '../checks.ts';
import type { AzureSearchSettings } from '../open.ts';
import { chunkOf, countOf, documentOf, textOf } from '../rows.ts';
import type {
  DocumentRow,
  DocumentStore,
  Found,
  IndexFacts,
  NewDocument,
  Page,
  Ranked,
  RankedSearch,
  Reader,
  SearchFilter,
} from '../store.ts';
import { wordsOf } from '../words.ts';
import { boundsOf } from './bounds.ts';
import { all, anyDocument, quoted, searchable, seenBy } from './filter.ts';
import { SamplesDocuments } from './samples-index.ts';
import { ranked, type Scored, SEMANTIC_TOP_MAX, semanticOptions } from './semantic.ts';
import { CHUNK_FIELDS, CONFIGURATION, DOCUMENT_FIELDS, indexShape, type SearchRow } from './shape.ts';
import { samplesIn } from './whose.ts';
import { Writing } from './writing.ts';

/** Tries of one request beyond the first, with the client's growing waits; a search that is throttled is told to wait. */
const RETRIES_MAX = 3;
const WAY = 'is the endpoint right, and may this key or identity write to the index?';

/** A stand-in on this machine speaks http, which the client otherwise refuses; the service itself never does. */
export const LOCAL: NonNullable<SearchClientOptions['additionalPolicies']>[number] = {
  position: 'perCall',
  policy: {
    name: 'local',
    sendRequest(request, next) {
      request.allowInsecureConnection = true;
      return next(request);
    },
  },
};

/** Makes the index if it is not there. @throws StoreError if the service cannot be reached, or refuses. */
export async function openAzureSearch(
  settings: AzureSearchSettings,
  clock: Clock = systemClock,
): Promise<DocumentStore> {
  const { endpoint, index, credential, ranker = 'none' } = settings;
  const isLocal = /^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/.test(endpoint);
  const bounds = boundsOf(clock);
  const policies = isLocal ? [LOCAL, bounds] : [bounds];
  const options = { retryOptions: { maxRetries: RETRIES_MAX }, additionalPolicies: policies };
  const key = 'key' in credential ? new AzureKeyCredential(credential.key) : credential;
  return await guarded('azure-search: opening', WAY, async () => {
    const indexes = new SearchIndexClient(endpoint, key, options);
    const names: string[] = [];
    for await (const name of indexes.listIndexesNames()) names.push(name);
    if (names.includes(index)) {
      const samples = await samplesIn(indexes, settings);
      if (samples !== null) {
        const client = new SearchClient<Readonly<Record<string, unknown>>>(endpoint, index, key, options);
        return new SamplesDocuments({ client, index, ...samples });
      }
    } else await indexes.createIndex(indexShape({ name: index, dimensions: null, ranker }));
    return new AzureSearchDocuments(indexes, new SearchClient<SearchRow>(endpoint, index, key, options), ranker);
  });
}

interface Query {
  readonly search?: string;
  readonly filter?: string;
  readonly top?: number;
  readonly orderBy?: string[];
  readonly select?: (keyof SearchRow)[];
  readonly searchFields?: ('topic' | 'words')[];
  readonly scoringProfile?: string;
  readonly vectorSearchOptions?: VectorSearchOptions<SearchRow>;
  readonly semantic?: SemanticSearchOptions;
}

function byWords(): Query {
  return { searchFields: ['topic', 'words'], scoringProfile: 'topics' };
}

class AzureSearchDocuments implements DocumentStore {
  readonly name = 'azure-search';
  readonly #client: SearchClient<SearchRow>;
  readonly #writing: Writing;
  #isClosed = false;

  readonly searchRanked?: NonNullable<DocumentStore['searchRanked']>;

  constructor(indexes: SearchIndexClient, client: SearchClient<SearchRow>, ranker: Ranker) {
    this.#client = client;
    this.#writing = new Writing(indexes, client, { ranker });
    if (ranker === 'semantic') this.searchRanked = (search, filter) => this.#ranked(search, filter);
  }

  facts(): Promise<IndexFacts> {
    return this.#told('facts', async () => {
      const embedded = await this.#writing.embedded();
      return {
        embeddingModel: embedded?.model ?? null,
        dimensions: embedded?.dimensions ?? null,
        chunks: await this.#writing.count("kind eq 'chunk'"),
        documents: await this.#writing.count("kind eq 'document'"),
      };
    });
  }

  put(document: NewDocument, embeddingModel: string | null): Promise<string> {
    return this.#told('put', () => this.#writing.put(document, embeddingModel));
  }

  remove(id: string): Promise<boolean> {
    return this.#told('remove', () => this.#writing.remove(id));
  }

  removeAll(): Promise<number> {
    return this.#told('removeAll', () => this.#writing.removeAll());
  }

  list(reader: Reader, page: Page): Promise<readonly DocumentRow[]> {
    return this.#told('list', () => this.#listed(page, seenBy(reader)));
  }

  claim(folder: string, ids: readonly string[]): Promise<void> {
    return this.#told('claim', () => this.#writing.claim(folder, ids));
  }

  categorise(ids: readonly string[], category: string | null): Promise<number> {
    return this.#told('categorise', () => this.#writing.categorise(ids, category));
  }

  inFolder(folder: string, page: Page): Promise<readonly DocumentRow[]> {
    return this.#told('inFolder', () => this.#listed(page, `folder eq ${quoted(folder)}`));
  }

  byPath(path: string): Promise<DocumentRow | null> {
    return this.#told('byPath', async () => {
      const filter = `kind eq 'document' and path eq ${quoted(path)}`;
      const [found] = await this.#rows({ filter, top: 1, select: [...DOCUMENT_FIELDS] });
      return found === undefined ? null : rowOf(found.row);
    });
  }

  document(id: string, reader: Reader): Promise<DocumentRow | null> {
    return this.#told('document', async () => {
      const row = await this.#whole(id, reader, [...DOCUMENT_FIELDS]);
      return row === null ? null : rowOf(row);
    });
  }

  chunks(id: string, reader: Reader): Promise<readonly Chunk[]> {
    return this.#told('chunks', async () => {
      const document = await this.#whole(id, reader, ['generation']);
      if (document === null) return [];
      const chunks: Chunk[] = [];
      for (;;) {
        const after = chunks.at(-1)?.index ?? -1;
        const filter = `kind eq 'chunk' and ${anyDocument([id])} and generation eq ${quoted(document.generation)} and index gt ${after}`;
        const page = await this.#rows({ filter, orderBy: ['index asc'], top: PAGE_MAX, select: [...CHUNK_FIELDS] });
        chunks.push(...page.map(({ row }) => chunkOf({ ...row }, countOf({ ...row }, 'index'))));
        if (page.length < PAGE_MAX) return chunks;
      }
    });
  }

  text(id: string, reader: Reader): Promise<string | null> {
    return this.#told('text', async () => (await this.#whole(id, reader, ['content']))?.content ?? null);
  }

  original(id: string, reader: Reader): Promise<Uint8Array | null> {
    return this.#told('original', async () => {
      const row = await this.#whole(id, reader, ['original']);
      return row === null ? null : new Uint8Array(Buffer.from(row.original ?? '', 'base64'));
    });
  }

  searchText(query: string, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchText', async () => {
      const words = wordsOf(query);
      if (words.length === 0) return [];
      return (await this.#found(words.join(' '), byWords(), filter)).found;
    });
  }

  searchVector(vector: Float32Array, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchVector', async () => {
      const how = await this.#byVector(vector, filter);
      return how === null ? [] : (await this.#found('*', how, filter)).found;
    });
  }

  #ranked({ question, byWords: isByWords, vector }: RankedSearch, filter: SearchFilter): Promise<Ranked> {
    return this.#told('searchRanked', async () => {
      const words = isByWords ? wordsOf(question) : [];
      const vectors = vector === null ? null : await this.#byVector(vector, filter);
      if (words.length === 0 && vectors === null) return { found: [], unranked: null };
      const semantic = semanticOptions(CONFIGURATION, question);
      const how = { ...(words.length === 0 ? {} : byWords()), ...vectors, semantic };
      return await this.#found(words.length === 0 ? '*' : words.join(' '), how, filter);
    });
  }

  /** null: nothing has a vector. */
  async #byVector(vector: Float32Array, filter: SearchFilter): Promise<Query | null> {
    const embedded = await this.#writing.embedded();
    if (embedded === null) return null;
    requireSize('azure-search', embedded.dimensions, vector);
    const near = { vector: [...vector], fields: ['vector' as const], kNearestNeighborsCount: roomFor(filter) };
    return { vectorSearchOptions: { queries: [{ kind: 'vector', ...near }], filterMode: 'preFilter' } };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #listed({ after, limit }: Page, which: string | null): Promise<readonly DocumentRow[]> {
    const filter = all(["kind eq 'document'", after === null ? null : `path gt ${quoted(after)}`, which]);
    const query = { filter, orderBy: ['path asc'], top: atMost(limit, PAGE_MAX), select: [...DOCUMENT_FIELDS] };
    return (await this.#rows(query)).map(({ row }) => rowOf(row));
  }

  /** Finds chunks, then asks for their documents: whose row names another generation is of a put that is not over, or of an old one. */
  async #found(search: string, how: Query, filter: SearchFilter): Promise<Ranked> {
    const top = how.semantic === undefined ? roomFor(filter) : SEMANTIC_TOP_MAX;
    const query = { ...how, filter: searchable(filter), top, select: [...CHUNK_FIELDS] };
    const rows = await this.#rows(search === '*' ? { ...query } : { ...query, search });
    const { rows: found, unranked } = how.semantic === undefined ? { rows, unranked: null } : ranked(rows);
    if (found.length === 0) return { found: [], unranked };
    const ids = [...new Set(found.map(({ row }) => row.document))];
    const conditions = all(["kind eq 'document'", anyDocument(ids), seenBy(filter.reader)]);
    const documents = await this.#rows({ filter: conditions, top: PAGE_MAX, select: [...DOCUMENT_FIELDS] });
    const current = new Map(documents.map(({ row }) => [row.document, row]));
    const live = found.flatMap(({ row, score }): Found[] => {
      const document = current.get(row.document);
      if (document === undefined || document.generation !== row.generation) return [];
      const index = countOf({ ...row }, 'index');
      return [
        { document: rowOf(document), chunk: chunkOf({ ...row }, index), chunkId: `${row.document}-${index}`, score },
      ];
    });
    return { found: live.slice(0, atMost(filter.top, TOP_MAX)), unranked };
  }

  async #whole(id: string, reader: Reader, select: (keyof SearchRow)[]): Promise<SearchRow | null> {
    const filter = all(["kind eq 'document'", anyDocument([id]), seenBy(reader)]);
    return (await this.#rows({ filter, top: 1, select }))[0]?.row ?? null;
  }

  async #rows(query: Query): Promise<readonly (Scored & { readonly row: SearchRow })[]> {
    const { search = undefined, semantic, ...options } = query;
    const how =
      semantic === undefined
        ? { queryType: 'simple' as const }
        : { queryType: 'semantic' as const, semanticSearchOptions: semantic };
    const { results } = await this.#client.search(search, { searchMode: 'any', ...how, ...options });
    const rows: (Scored & { readonly row: SearchRow })[] = [];
    for await (const { document, score, rerankerScore } of results) rows.push({ row: document, score, rerankerScore });
    return rows;
  }

  #told<T>(method: string, work: () => Promise<T>): Promise<T> {
    return guarded(`azure-search: ${method}`, WAY, () => {
      if (this.#isClosed) throw new Error('it is closed');
      return work();
    });
  }
}

/** Twice what is asked for: a document that is being replaced has its chunks there twice. */
function roomFor({ top }: SearchFilter): number {
  return Math.min(PAGE_MAX, 2 * atMost(top, TOP_MAX));
}

function rowOf(row: SearchRow): DocumentRow {
  return documentOf({ ...row, id: textOf({ ...row }, 'document') });
}
