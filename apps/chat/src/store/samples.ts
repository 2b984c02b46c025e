/** Documents, vectors and readers for the contracts. */
import { createHash } from 'node:crypto';
import type { DocumentStore, NewDocument, Reader, SearchFilter } from './store.ts';

export const ADMIN: Reader = { user: null, groups: [], isAdmin: true };
export const EVERYTHING: SearchFilter = {
  reader: ADMIN,
  includeCategory: null,
  excludeCategory: null,
  documents: null,
  top: 50,
};

export function reader(user: string | null, groups: readonly string[] = []): Reader {
  return { user, groups, isAdmin: false };
}

/** The same for the same text, and for no other. */
export function vectorOf(text: string, dimensions = 8): Float32Array {
  const hash = createHash('sha512').update(text).digest();
  return Float32Array.from({ length: dimensions }, (_, at) => (hash[at % hash.length] ?? 0) / 128 - 1);
}

/** Its text is its passages, a line each. @param dimensions of the vectors; null: none. */
export function documentNamed(
  path: string,
  passages: readonly string[],
  change: Partial<NewDocument> = {},
  dimensions: number | null = 8,
  headings: readonly string[] = [],
): NewDocument {
  const text = passages.join('\n');
  let start = 0;
  const chunks = passages.map((passage, index) => {
    const from = start;
    start += passage.length + 1;
    const vector = dimensions === null ? null : vectorOf(passage, dimensions);
    return { index, text: passage, headings, pageFrom: index + 1, pageTo: null, start: from, end: start - 1, vector };
  });
  return {
    path,
    title: 'Untitled',
    category: null,
    language: null,
    hash: createHash('sha256').update(text).digest('hex'),
    mediaType: 'text/plain',
    bytes: Buffer.byteLength(text),
    pages: null,
    owner: null,
    access: { users: [], groups: [] },
    indexedMs: 1_700_000_000_000,
    chunks,
    original: new Uint8Array(Buffer.from(text)),
    text,
    ...change,
  };
}

/** [what, path]: names that have broken other stores. */
export const CONTENTS: ReadonlyArray<readonly [what: string, path: string]> = [
  ['an apostrophe', "o'hara's rules.md"],
  ['two hundred characters', `${'n'.repeat(197)}.md`],
  ['umlauts', 'Häuser/Übergabe – Köln.md'],
  ['blanks, quotes and a percent sign', 'a "b" 100% c_d.md'],
  ['another script', '안내/규칙.md'],
  ['a statement of SQL', "x'; DELETE FROM documents; --.md"],
  ['a pattern', 'file*.[md]?.md'],
];

export type Case = readonly [name: string, run: (store: DocumentStore) => Promise<void>];

export const everything = (change: Partial<SearchFilter> = {}): SearchFilter => ({ ...EVERYTHING, ...change });

export async function pathsByText(
  store: DocumentStore,
  query: string,
  change: Partial<SearchFilter> = {},
): Promise<string[]> {
  return (await store.searchText(query, everything(change))).map(({ document }) => document.path);
}

export async function pathsByVector(
  store: DocumentStore,
  about: string,
  change: Partial<SearchFilter> = {},
): Promise<string[]> {
  return (await store.searchVector(vectorOf(about), everything(change))).map(({ document }) => document.path);
}
