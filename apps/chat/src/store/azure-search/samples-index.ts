/**
 * An index that the Azure samples filled (Python or JavaScript), read and never written: questions are answered from it, documents are
 * listed and looked into. It has a row for each passage and none for a document; the files themselves are elsewhere.
 */
import type { SearchClient, SearchOptions, SemanticSearchOptions } from '@azure/search-documents';
import type { Chunk } from '@spillway/rag';
import { atMost, guarded, PAGE_MAX, TOP_MAX } from '../checks.ts';
import {
  type DocumentRow,
  type DocumentStore,
  type Found,
  type IndexFacts,
  type Page,
  type Ranked,
  type RankedSearch,
  type Reader,
  type SearchFilter,
  StoreError,
} from '../store.ts';
import { plainWordsOf } from '../words.ts';
import { all, quoted } from './filter.ts';
import { fileOfId, idOfFile, rowsSeenBy, type SampleFields } from './samples-filter.ts';
import { type Laid, laidOut, type SampleRow } from './samples-layout.ts';
import { type FilePlaces, Places } from './samples-places.ts';
import { ranked, type Scored, SEMANTIC_TOP_MAX, semanticOptions } from './semantic.ts';

/** Rows of one file that are read; what is more has no place in its text. */
const ROWS_MAX = 10_000;
/** Files in one answer to a list of names: more are not told. */
const FILES_MAX = 10_000;
/** Files whose rows are asked for at a time. */
const AT_ONCE = 10;
const WAY = 'is the endpoint right, and may this key or identity read the index?';

type Sample = Readonly<Record<string, unknown>>;

export interface SamplesSource {
  readonly client: SearchClient<Sample>;
  readonly index: string;
  readonly fields: SampleFields;
  readonly opensUnlisted: boolean;
  /** Of the semantic ranker; null: it is not asked. */
  readonly configuration: string | null;
}

export class SamplesDocuments implements DocumentStore {
  readonly name = 'azure-search';
  readonly #source: SamplesSource;
  readonly #places = new Places();
  #isClosed = false;

  readonly searchRanked?: NonNullable<DocumentStore['searchRanked']>;

  constructor(source: SamplesSource) {
    this.#source = source;
    const { configuration } = source;
    if (configuration !== null) this.searchRanked = (search, filter) => this.#ranked(search, filter, configuration);
  }

  facts(): Promise<IndexFacts> {
    return this.#told('facts', async () => {
      const { dimensions } = this.#source.fields;
      const chunks = await this.#count(null);
      // By which model is not kept in the index: whether vectors help is found by the probe alone.
      return { embeddingModel: null, dimensions, chunks, documents: (await this.#files(null)).length };
    });
  }

  put(): Promise<string> {
    return this.#refused('put');
  }

  remove(): Promise<boolean> {
    return this.#refused('remove');
  }

  removeAll(): Promise<number> {
    return this.#refused('removeAll');
  }

  claim(): Promise<void> {
    return this.#refused('claim');
  }

  categorise(): Promise<number> {
    return this.#refused('categorise');
  }

  async inFolder(): Promise<readonly DocumentRow[]> {
    return [];
  }

  list(reader: Reader, { after, limit }: Page): Promise<readonly DocumentRow[]> {
    return this.#told('list', async () => {
      const seen = this.#seenBy(reader);
      if (seen === 'none') return [];
      const files = await this.#files(all([after === null ? null : `sourcefile gt ${quoted(after)}`, seen]));
      const wanted = files.toSorted().slice(0, atMost(limit, PAGE_MAX));
      const rows: (DocumentRow | null)[] = [];
      for (let from = 0; from < wanted.length; from += AT_ONCE)
        rows.push(
          ...(await Promise.all(wanted.slice(from, from + AT_ONCE).map((file) => this.#document(file, reader)))),
        );
      return rows.filter((row) => row !== null);
    });
  }

  byPath(path: string): Promise<DocumentRow | null> {
    return this.#told('byPath', () => this.#document(path, EVERYTHING));
  }

  document(id: string, reader: Reader): Promise<DocumentRow | null> {
    return this.#told('document', () => this.#document(fileOfId(id), reader));
  }

  chunks(id: string, reader: Reader): Promise<readonly Chunk[]> {
    return this.#told('chunks', async () => (await this.#laid(id, reader))?.chunks ?? []);
  }

  text(id: string, reader: Reader): Promise<string | null> {
    return this.#told('text', async () => (await this.#laid(id, reader))?.text ?? null);
  }

  /** The samples keep files in a blob storage, which is not asked. */
  async original(): Promise<Uint8Array | null> {
    return null;
  }

  searchText(query: string, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchText', async () => {
      const words = plainWordsOf(query);
      if (words.length === 0) return [];
      const { content } = this.#source.fields;
      return (await this.#found(words.join(' '), { searchFields: [content] }, filter)).found;
    });
  }

  searchVector(vector: Float32Array, filter: SearchFilter): Promise<readonly Found[]> {
    return this.#told('searchVector', async () => {
      const how = this.#byVector(vector, filter);
      return how === null ? [] : (await this.#found(undefined, how, filter)).found;
    });
  }

  #ranked({ question, byWords, vector }: RankedSearch, filter: SearchFilter, configuration: string): Promise<Ranked> {
    return this.#told('searchRanked', async () => {
      const words = byWords ? plainWordsOf(question) : [];
      const vectors = vector === null ? null : this.#byVector(vector, filter);
      if (words.length === 0 && vectors === null) return { found: [], unranked: null };
      const fields = words.length === 0 ? {} : { searchFields: [this.#source.fields.content] };
      const how = { ...fields, ...vectors, semantic: semanticOptions(configuration, question) };
      return await this.#found(words.length === 0 ? undefined : words.join(' '), how, filter);
    });
  }

  /** null: nothing is found by vectors of another size, so the probe decides for words. */
  #byVector(vector: Float32Array, filter: SearchFilter): Options | null {
    const { embedding, dimensions } = this.#source.fields;
    if (embedding === null || vector.length !== dimensions) return null;
    const kNearestNeighborsCount = atMost(filter.top, TOP_MAX);
    const query = { kind: 'vector' as const, vector: [...vector], fields: [embedding], kNearestNeighborsCount };
    return { vectorSearchOptions: { queries: [query], filterMode: 'preFilter' } };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #found(search: string | undefined, how: Options, filter: SearchFilter): Promise<Ranked> {
    const condition = this.#searchable(filter);
    if (condition === 'none') return { found: [], unranked: null };
    const top = atMost(filter.top, how.semantic === undefined ? TOP_MAX : SEMANTIC_TOP_MAX);
    const rows = await this.#rows(search, { ...how, ...(condition === '' ? {} : { filter: condition }), top });
    const { rows: found, unranked } = how.semantic === undefined ? { rows, unranked: null } : ranked(rows);
    const files = await this.#filesOf(found, filter.reader);
    const placed = found.flatMap(({ row, score }): Found[] => {
      const file = files.get(textOf(row, 'sourcefile'));
      const place = file?.at.get(textOf(row, this.#source.fields.key));
      if (file === undefined || place === undefined) return [];
      const { page, ...where } = place;
      const text = textOf(row, this.#source.fields.content);
      const chunk = { ...where, text, headings: [], pageFrom: page, pageTo: page };
      return [{ document: file.row, chunk, chunkId: `${file.row.id}-${place.index}`, score }];
    });
    return { found: placed, unranked };
  }

  /** Of what was found; whatever was changed since its places were remembered is read again. */
  async #filesOf(found: readonly Row[], reader: Reader): Promise<ReadonlyMap<string, FilePlaces>> {
    const { key, content } = this.#source.fields;
    const files = new Map<string, FilePlaces>();
    const unknown: string[] = [];
    for (const [file, rows] of Map.groupBy(found, ({ row }) => textOf(row, 'sourcefile'))) {
      const holds = ({ at }: FilePlaces) =>
        rows.every(({ row }) => {
          const place = at.get(textOf(row, key));
          return place !== undefined && place.end - place.start === textOf(row, content).length;
        });
      const known = this.#places.get(this.#nameOf(file, reader), holds);
      if (known === null) unknown.push(file);
      else files.set(file, known);
    }
    for (let from = 0; from < unknown.length; from += AT_ONCE) {
      const some = unknown.slice(from, from + AT_ONCE);
      for (const placed of await Promise.all(some.map((file) => this.#placed(file, reader)))) {
        if (placed === null) continue;
        const { row, at } = placed;
        files.set(row.path, { row, at });
        this.#places.set(this.#nameOf(row.path, reader), { row, at });
      }
    }
    return files;
  }

  /** What one reader may see whole, another may not. */
  #nameOf(file: string, reader: Reader): string {
    return JSON.stringify([file, this.#seenBy(reader)]);
  }

  #searchable({ reader, includeCategory, excludeCategory, documents }: SearchFilter): string | 'none' {
    const seen = this.#seenBy(reader);
    const { hasCategory } = this.#source.fields;
    if (seen === 'none' || (includeCategory !== null && !hasCategory)) return 'none';
    const files = documents?.map(fileOfId).filter((file) => file !== null) ?? null;
    if (files?.length === 0) return 'none';
    return all([
      seen,
      includeCategory === null ? null : `category eq ${quoted(includeCategory)}`,
      excludeCategory === null || !hasCategory ? null : `(category eq null or category ne ${quoted(excludeCategory)})`,
      files === null ? null : `(${files.map((file) => `sourcefile eq ${quoted(file)}`).join(' or ')})`,
    ]);
  }

  async #document(file: string | null, reader: Reader): Promise<DocumentRow | null> {
    return file === null ? null : ((await this.#placed(file, reader))?.row ?? null);
  }

  async #laid(id: string, reader: Reader): Promise<Placed | null> {
    const file = fileOfId(id);
    return file === null ? null : await this.#placed(file, reader);
  }

  /** null: nobody has such a file, or a row of it is not for this reader: then the whole of it is not. */
  async #placed(file: string, reader: Reader): Promise<Placed | null> {
    const seen = this.#seenBy(reader);
    if (seen === 'none') return null;
    const own = `sourcefile eq ${quoted(file)}`;
    const rows: Sample[] = [];
    while (rows.length < ROWS_MAX) {
      const page = await this.#rows('*', { filter: all([own, seen]), top: PAGE_MAX, skip: rows.length });
      rows.push(...page.map(({ row }) => row));
      if (page.length < PAGE_MAX) break;
    }
    const first = rows[0];
    if (first === undefined || (seen !== null && rows.length < Math.min(ROWS_MAX, await this.#count(own)))) return null;
    const { key, content, sourcePage } = this.#source.fields;
    const laid = laidOut(
      rows.map(
        (row): SampleRow => ({
          ...{ key: textOf(row, key), content: textOf(row, content), sourcePage: textOf(row, sourcePage) },
        }),
      ),
    );
    return { ...laid, row: rowOf(file, first, laid.chunks) };
  }

  async #files(filter: string | null): Promise<readonly string[]> {
    const options = { top: 0, facets: [`sourcefile,count:${FILES_MAX},sort:value`] };
    const condition = filter === null || filter === '' ? {} : { filter };
    const { facets } = await this.#source.client.search('*', { ...options, ...condition });
    return (facets?.sourcefile ?? []).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
  }

  async #count(filter: string | null): Promise<number> {
    const condition = filter === null ? {} : { filter };
    const { count } = await this.#source.client.search('*', { top: 0, includeTotalCount: true, ...condition });
    return count ?? 0;
  }

  async #rows(search: string | undefined, { semantic, ...options }: Options): Promise<readonly Row[]> {
    const { key, content, sourcePage, hasCategory, hasUsers, hasGroups } = this.#source.fields;
    const more = [hasCategory ? 'category' : null, hasUsers ? 'oids' : null, hasGroups ? 'groups' : null];
    const select = [key, content, sourcePage, 'sourcefile', ...more.filter((each) => each !== null)];
    const how =
      semantic === undefined
        ? { queryType: 'simple' as const }
        : { queryType: 'semantic' as const, semanticSearchOptions: semantic };
    const { results } = await this.#source.client.search(search, { searchMode: 'any', ...how, ...options, select });
    const rows: Row[] = [];
    for await (const { document, score, rerankerScore } of results) rows.push({ row: document, score, rerankerScore });
    return rows;
  }

  #seenBy(reader: Reader): string | null | 'none' {
    return rowsSeenBy(reader, this.#source.fields, this.#source.opensUnlisted);
  }

  #refused<T>(method: string): Promise<T> {
    const { index } = this.#source;
    const message = `azure-search: ${method}: the index ${index} was filled by another program and is only read; name another one in AZURE_SEARCH_INDEX`;
    return Promise.reject(new StoreError(message));
  }

  #told<T>(method: string, work: () => Promise<T>): Promise<T> {
    return guarded(`azure-search: ${method}`, WAY, () => {
      if (this.#isClosed) throw new Error('it is closed');
      return work();
    });
  }
}

const EVERYTHING: Reader = { user: null, groups: [], isAdmin: true };

type Options = Pick<SearchOptions<Sample>, 'filter' | 'top' | 'skip' | 'searchFields' | 'vectorSearchOptions'> & {
  readonly semantic?: SemanticSearchOptions;
};

type Placed = Laid & { readonly row: DocumentRow };

interface Row extends Scored {
  readonly row: Sample;
}

function rowOf(file: string, first: Sample, chunks: readonly Chunk[]): DocumentRow {
  const pages = Math.max(0, ...chunks.map(({ pageTo }) => pageTo ?? 0));
  return {
    id: idOfFile(file),
    path: file,
    title: file.split('/').at(-1) ?? file,
    category: typeof first.category === 'string' ? first.category : null,
    language: null,
    hash: '',
    mediaType: 'application/octet-stream',
    bytes: chunks.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    pages: pages === 0 ? null : pages,
    chunks: chunks.length,
    owner: null,
    access: { users: listOf(first.oids), groups: listOf(first.groups) },
    indexedMs: 0,
  };
}

/** Anybody may have written it. */
function textOf(row: Sample, field: string): string {
  const value = row[field];
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
