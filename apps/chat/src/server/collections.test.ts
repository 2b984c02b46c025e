import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openLocal } from '../store/local/local.ts';
import { ADMIN, documentNamed } from '../store/samples.ts';
import type { DocumentStore, Reader } from '../store/store.ts';
import { collectionsOf, type DocumentQuery, listDocuments, pagesOf } from './collections.ts';

const ANN = { user: 'ann', groups: [], isAdmin: false };

/** `[path, category, title]` each; those below `staff/` are for staff. */
async function storeOf(
  t: TestContext,
  rows: readonly (readonly [path: string, category: string | null, title?: string])[],
): Promise<DocumentStore> {
  const { documents, conversations } = openLocal(':memory:');
  t.after(() => Promise.all([documents.close(), conversations.close()]));
  for (const [i, [path, category, title = 'Untitled']] of rows.entries()) {
    const access = { users: [], groups: path.startsWith('staff/') ? ['staff'] : [] };
    const facts = { category, title, access, indexedMs: 1_000 + i };
    await documents.put(documentNamed(path, ['ten bytes.'], facts, null), null);
  }
  return documents;
}

const ROWS = [
  ['a.md', 'rules', 'House RULES'],
  ['b.md', null, 'Übergabe'],
  ['c.md', 'prices', 'Prices'],
  ['staff/d.md', 'rules', 'Keys'],
  ['e.md', 'rules', 'Pets'],
] as const;

function wanted(of: Partial<DocumentQuery>): DocumentQuery {
  return { after: null, limit: 10, search: null, category: undefined, ...of };
}

async function pathsOf(store: DocumentStore, of: Partial<DocumentQuery>, reader: Reader = ANN, walkedMax = 100) {
  const { documents, next } = await listDocuments(store, reader, wanted(of), walkedMax);
  return [documents.map(({ path }) => path).join(' '), next];
}

test('listDocuments: of any collection, of one, of none; by a part of title or path; page after page', async (t) => {
  const store = await storeOf(t, ROWS);
  const table: ReadonlyArray<readonly [Partial<DocumentQuery>, string, string | null]> = [
    [{}, 'a.md b.md c.md e.md', null],
    [{ limit: 2 }, 'a.md b.md', 'b.md'],
    [{ limit: 2, after: 'b.md' }, 'c.md e.md', 'e.md'],
    [{ limit: 2, after: 'e.md' }, '', null],
    [{ category: 'rules' }, 'a.md e.md', null],
    [{ category: 'rules', limit: 1 }, 'a.md', 'a.md'],
    [{ category: 'rules', limit: 1, after: 'a.md' }, 'e.md', 'e.md'],
    [{ category: null }, 'b.md', null],
    [{ category: 'none' }, '', null],
    [{ search: 'rules' }, 'a.md', null],
    [{ search: 'übergabe' }, 'b.md', null],
    [{ search: '.MD', category: 'prices' }, 'c.md', null],
  ];
  for (const [of, paths, next] of table) assert.deepEqual(await pathsOf(store, of), [paths, next], JSON.stringify(of));
  assert.deepEqual(await pathsOf(store, { category: 'rules' }, ADMIN), ['a.md e.md staff/d.md', null]);
});

test('listDocuments: looks at so many and no more, and says where to go on', async (t) => {
  const store = await storeOf(t, ROWS);
  assert.deepEqual(await pathsOf(store, { category: 'rules' }, ANN, 3), ['a.md', 'c.md']);
  assert.deepEqual(await pathsOf(store, { category: 'rules', after: 'c.md' }, ANN, 3), ['e.md', null]);
});

test('collectionsOf: figures of what the reader may see, by name, and what is in none last', async (t) => {
  const store = await storeOf(t, ROWS);
  const { collections, isWhole } = await collectionsOf(store, ANN);
  assert.equal(isWhole, true);
  assert.deepEqual(collections, [
    { name: 'prices', documents: 1, chunks: 1, bytes: 10, indexedMs: 1_002 },
    { name: 'rules', documents: 2, chunks: 2, bytes: 20, indexedMs: 1_004 },
    { name: null, documents: 1, chunks: 1, bytes: 10, indexedMs: 1_001 },
  ]);
  const cut = await collectionsOf(store, ANN, 2);
  assert.deepEqual([cut.isWhole, cut.collections.map(({ documents }) => documents)], [false, [1, 1]]);
  assert.equal((await collectionsOf(store, ANN, 4)).isWhole, true);
});

test('pagesOf: each document of a collection once, while they are moved out of it', async (t) => {
  const rows = Array.from({ length: 1_100 }, (_, i) => [`${10_000 + i}.md`, i % 2 === 0 ? 'even' : null] as const);
  const store = await storeOf(t, rows);
  let seen = 0;
  for await (const page of pagesOf(store, ADMIN, 'even')) {
    seen += page.length;
    await store.categorise(
      page.map(({ id }) => id),
      'moved',
    );
  }
  assert.equal(seen, 550);
});
