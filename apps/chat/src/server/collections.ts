/**
 * Documents as people look for them: by name, and gathered in collections, which are the categories that documents have. Stores list by
 * path alone, so pages are walked here, and no further than {@link WALKED_MAX} for one answer.
 */
import type { DocumentRow, DocumentStore, Reader } from '../store/store.ts';
import { folded } from '../store/turns.ts';
import type { CollectionList, CollectionView, DocumentList } from './api.ts';

type Listing = Pick<DocumentStore, 'list'>;

/** Of one call to the store. */
const AT_ONCE = 500;
/** Documents that are looked at for one answer; the next question goes on behind them. */
const WALKED_MAX = 20_000;

export interface DocumentQuery {
  /** A path; null: from the first on. */
  readonly after: string | null;
  readonly limit: number;
  /** Part of a title or path; null: any. */
  readonly search: string | null;
  /** null: those of no collection; undefined: of any. */
  readonly category: string | null | undefined;
}

export async function listDocuments(
  store: Listing,
  reader: Reader,
  { after, limit, search, category }: DocumentQuery,
  walkedMax: number = WALKED_MAX,
): Promise<DocumentList> {
  const isPlain = search === null && category === undefined;
  const words = search === null ? null : folded(search);
  const found: DocumentRow[] = [];
  let seen = 0;
  for await (const row of walked(store, reader, { after, atOnce: isPlain ? limit : AT_ONCE })) {
    seen++;
    const isIn = category === undefined || row.category === category;
    if (isIn && (words === null || folded(`${row.title}\n${row.path}`).includes(words))) found.push(row);
    if (found.length === limit || seen === walkedMax) return { documents: found, next: row.path };
  }
  return { documents: found, next: null };
}

/** Named ones in the order of their names; what is in none comes last. */
export async function collectionsOf(
  store: Listing,
  reader: Reader,
  walkedMax: number = WALKED_MAX,
): Promise<CollectionList> {
  const found = new Map<string | null, CollectionView>();
  let seen = 0;
  let isWhole = true;
  for await (const row of walked(store, reader, { after: null, atOnce: AT_ONCE })) {
    if (seen++ === walkedMax) {
      isWhole = false;
      break;
    }
    found.set(row.category, withRow(found.get(row.category) ?? NOTHING, row));
  }
  const collections = [...found.values()].sort((a, b) => orderOf(a.name, b.name));
  return { collections, isWhole };
}

const NOTHING: CollectionView = { name: null, documents: 0, chunks: 0, bytes: 0, indexedMs: 0 };

function withRow(so: CollectionView, { category, chunks, bytes, indexedMs }: DocumentRow): CollectionView {
  return {
    name: category,
    documents: so.documents + 1,
    chunks: so.chunks + chunks,
    bytes: so.bytes + bytes,
    indexedMs: Math.max(so.indexedMs, indexedMs),
  };
}

function orderOf(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

/** Each document of a collection once, in pages; the caller may move or remove what it was given. */
export async function* pagesOf(
  store: Listing,
  reader: Reader,
  category: string,
): AsyncGenerator<readonly DocumentRow[]> {
  for (let after: string | null = null; ; ) {
    const page: readonly DocumentRow[] = await store.list(reader, { after, limit: AT_ONCE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.filter((row) => row.category === category);
    after = last.path;
  }
}

/** All that a reader sees, in the order of paths, as far as {@link WALKED_MAX}. */
export async function* seenBy(reader: Reader, store: Listing): AsyncGenerator<DocumentRow> {
  let seen = 0;
  for await (const row of walked(store, reader, { after: null, atOnce: AT_ONCE })) {
    if (seen++ === WALKED_MAX) return;
    yield row;
  }
}

async function* walked(
  store: Listing,
  reader: Reader,
  from: { readonly after: string | null; readonly atOnce: number },
): AsyncGenerator<DocumentRow> {
  for (let { after } = from; ; ) {
    const page = await store.list(reader, { after, limit: from.atOnce });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < from.atOnce) return;
    after = last.path;
  }
}
