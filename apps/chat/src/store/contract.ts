/**
 * What every {@link DocumentStore} keeps to, as tests: `documentContract` is run by each engine's own test. What an engine cannot do is
 * skipped by name, with the reason.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { documentId } from './checks.ts';
import { FINDING, REFUSING } from './contract-finding.ts';
import {
  ADMIN,
  type Case,
  CONTENTS,
  documentNamed,
  everything,
  pathsByText,
  pathsByVector,
  reader,
  vectorOf,
} from './samples.ts';
import { type DocumentStore, type Page, type Reader, StoreError } from './store.ts';

export interface Engine {
  readonly name: string;
  /** A fresh and empty store, closed after the test. */
  open(t: TestContext): Promise<DocumentStore>;
  /** Name of a test below → why this engine cannot do it. */
  readonly skips: Readonly<Record<string, string>>;
}

export function documentContract(engine: Engine): void {
  const cases = [...KEEPING, ...SEEING, ...FINDING, ...REFUSING];
  for (const name of Object.keys(engine.skips))
    assert.ok(
      cases.some(([known]) => known === name),
      `no test is named ${name}`,
    );
  for (const [name, run] of cases) {
    const reason = engine.skips[name];
    test(`${engine.name}: ${name}`, reason === undefined ? {} : { skip: reason }, async (t) =>
      run(await engine.open(t)),
    );
  }
}

const KEEPING: readonly Case[] = [
  [
    'what was put is there again, every field of it',
    async (store) => {
      const given = documentNamed('rules/house.md', ['quiet hours begin at ten', 'smoking only outside'], {
        category: 'rules',
        language: 'en',
        pages: 2,
        owner: 'ann',
        access: { users: ['ann'], groups: ['staff', 'host'] },
      });
      const id = await store.put(given, 'model-a');
      const { original, text, chunks, ...rest } = given;
      assert.deepEqual(await store.byPath(given.path), { ...rest, id, chunks: 2 });
      assert.deepEqual(await store.document(id, ADMIN), { ...rest, id, chunks: 2 });
      assert.deepEqual(await store.list(ADMIN, { after: null, limit: 10 }), [{ ...rest, id, chunks: 2 }]);
      assert.deepEqual(
        await store.chunks(id, ADMIN),
        chunks.map(({ vector: _, ...chunk }) => chunk),
      );
      assert.equal(await store.text(id, ADMIN), text);
      assert.deepEqual(await store.original(id, ADMIN), original);
      assert.deepEqual(await store.facts(), { embeddingModel: 'model-a', dimensions: 8, chunks: 2, documents: 1 });
    },
  ],
  [
    'a document put again takes the place of the old one, under the same id, and nothing of the old one is found',
    async (store) => {
      const before = await store.put(documentNamed('a.md', ['apricot jam', 'walnut oil', 'plum cake']), 'model-a');
      const after = await store.put(documentNamed('a.md', ['cherry pie']), 'model-a');
      assert.equal(after, before);
      assert.equal(after, documentId('a.md'));
      assert.deepEqual(
        (await store.chunks(after, ADMIN)).map(({ text }) => text),
        ['cherry pie'],
      );
      assert.deepEqual(await pathsByText(store, 'apricot walnut plum'), []);
      assert.deepEqual(await pathsByText(store, 'cherry'), ['a.md']);
      assert.equal((await store.searchVector(vectorOf('apricot jam'), everything())).length, 1);
      assert.deepEqual(await store.facts(), { embeddingModel: 'model-a', dimensions: 8, chunks: 1, documents: 1 });
    },
  ],
  [
    'a document that is refused leaves the one with its path as it was',
    async (store) => {
      const id = await store.put(documentNamed('a.md', ['apricot jam']), 'model-a');
      await store.put(documentNamed('b.md', ['plum cake']), 'model-a');
      const bad = documentNamed('a.md', ['cherry pie']);
      await assert.rejects(store.put(bad, 'model-b'), StoreError);
      assert.deepEqual(
        (await store.chunks(id, ADMIN)).map(({ text }) => text),
        ['apricot jam'],
      );
      assert.deepEqual(await pathsByText(store, 'apricot cherry'), ['a.md']);
    },
  ],
  [
    'a removed document is nowhere any more, and the others stay',
    async (store) => {
      const gone = await store.put(documentNamed('a.md', ['apricot jam', 'walnut oil']), 'model-a');
      const stays = await store.put(documentNamed('b.md', ['cherry pie']), 'model-a');
      assert.equal(await store.remove(gone), true);
      assert.equal(await store.remove(gone), false);
      assert.equal(await store.byPath('a.md'), null);
      assert.equal(await store.document(gone, ADMIN), null);
      assert.deepEqual(await store.chunks(gone, ADMIN), []);
      assert.equal(await store.text(gone, ADMIN), null);
      assert.equal(await store.original(gone, ADMIN), null);
      assert.deepEqual(await pathsByText(store, 'apricot walnut cherry'), ['b.md']);
      assert.deepEqual(await pathsByVector(store, 'apricot jam'), ['b.md']);
      assert.equal(await store.text(stays, ADMIN), 'cherry pie');
      assert.deepEqual(await store.facts(), { embeddingModel: 'model-a', dimensions: 8, chunks: 1, documents: 1 });
    },
  ],
  [
    'a folder has the documents that were found in it last, page after page, whoever may see them',
    async (store) => {
      const access = { users: ['ann'], groups: [] };
      const ids: string[] = [];
      for (const path of ['c.md', "a'b.md", 'b.md'])
        ids.push(await store.put(documentNamed(path, ['x'], { access }), 'model-a'));
      const paths = async (folder: string, page: Page = { after: null, limit: 10 }) =>
        (await store.inFolder(folder, page)).map(({ path }) => path);
      await store.claim('one', [...ids, documentId('gone.md')]);
      await store.claim('one', []);
      assert.deepEqual(await paths('one'), ["a'b.md", 'b.md', 'c.md']);
      assert.deepEqual(await paths('one', { after: "a'b.md", limit: 1 }), ['b.md']);
      await store.claim('two', ids.slice(0, 1));
      assert.deepEqual([await paths('one'), await paths('two')], [["a'b.md", 'b.md'], ['c.md']]);
      assert.deepEqual(await paths("x' or folder ne 'y"), []);
      await store.remove(ids[2] ?? '');
      assert.deepEqual(await paths('one'), ["a'b.md"]);
    },
  ],
  [
    'a document that is indexed anew stays in its folder and category; another file of its path does not',
    async (store) => {
      const paths = async () => (await store.inFolder('one', { after: null, limit: 10 })).map(({ path }) => path);
      const ids = [await store.put(documentNamed('a.md', ['x']), 'model-a')];
      ids.push(await store.put(documentNamed('b.md', ['x']), 'model-a'));
      await store.claim('one', ids);
      await store.categorise(ids, 'moved');
      await store.put(documentNamed('a.md', ['y'], { category: 'old', isAnew: true }), 'model-a');
      await store.put(documentNamed('b.md', ['y']), 'model-a');
      await store.put(documentNamed('c.md', ['y'], { category: 'new', isAnew: true }), 'model-a');
      assert.deepEqual(await paths(), ['a.md']);
      assert.deepEqual(
        (await store.list(ADMIN, { after: null, limit: 10 })).map(({ category }) => category),
        ['moved', null, 'new'],
      );
      assert.deepEqual(await pathsByText(store, 'y', { includeCategory: 'moved' }), ['a.md']);
      assert.equal((await pathsByText(store, 'y')).length, 3);
    },
  ],
  [
    'documents are moved into a category and out of it, and found by where they are now',
    async (store) => {
      const ids: string[] = [];
      for (const [path, category] of [
        ['a.md', 'rules'],
        ['b.md', null],
        ['c.md', 'prices'],
      ] as const)
        ids.push(await store.put(documentNamed(path, ['secret one', 'secret two'], { category }), 'model-a'));
      const inCategory = async (includeCategory: string) =>
        [...new Set(await pathsByText(store, 'secret', { includeCategory }))].sort();
      assert.equal(await store.categorise([...ids, documentId('gone.md')], 'rules'), 2);
      assert.equal(await store.categorise([], 'x'), 0);
      assert.deepEqual(await inCategory('rules'), ['a.md', 'b.md', 'c.md']);
      assert.equal(await store.categorise(ids.slice(0, 1), null), 1);
      assert.equal(await store.categorise(ids.slice(0, 1), null), 0);
      assert.equal(await store.categorise(ids.slice(1, 2), "o'hara's"), 1);
      assert.deepEqual(
        (await store.list(ADMIN, { after: null, limit: 10 })).map(({ category }) => category),
        [null, "o'hara's", 'rules'],
      );
      assert.deepEqual(await inCategory('rules'), ['c.md']);
      assert.deepEqual(await inCategory("o'hara's"), ['b.md']);
      assert.deepEqual([...new Set(await pathsByVector(store, 'secret one', { includeCategory: 'rules' }))], ['c.md']);
    },
  ],
  [
    'removeAll leaves an empty index, which is bound to no embedding model',
    async (store) => {
      await store.put(documentNamed('a.md', ['apricot jam']), 'model-a');
      await store.put(documentNamed('b.md', ['cherry pie']), 'model-a');
      assert.equal(await store.removeAll(), 2);
      assert.equal(await store.removeAll(), 0);
      assert.deepEqual(await store.list(ADMIN, { after: null, limit: 10 }), []);
      assert.deepEqual(await pathsByText(store, 'apricot cherry'), []);
      assert.deepEqual(await pathsByVector(store, 'apricot jam'), []);
      assert.deepEqual(await store.facts(), { embeddingModel: null, dimensions: null, chunks: 0, documents: 0 });
      await store.put(documentNamed('c.md', ['plum cake'], {}, 16), 'model-b');
      assert.equal((await store.facts()).dimensions, 16);
    },
  ],
  [
    'a list is in order of paths, page after page',
    async (store) => {
      const paths = ['a/1.md', 'a/10.md', 'a/2.md', 'b.md', 'c.md'];
      for (const path of paths.toReversed()) await store.put(documentNamed(path, ['text']), 'model-a');
      const seen: string[] = [];
      for (let page = 0; page < 3; page++) {
        const rows = await store.list(ADMIN, { after: seen.at(-1) ?? null, limit: 2 });
        seen.push(...rows.map(({ path }) => path));
      }
      assert.deepEqual(seen, paths);
      assert.deepEqual(await store.list(ADMIN, { after: 'c.md', limit: 2 }), []);
    },
  ],
  [
    'a document without passages, without text and without bytes is kept too',
    async (store) => {
      const id = await store.put(documentNamed('empty.txt', []), 'model-a');
      assert.equal((await store.document(id, ADMIN))?.chunks, 0);
      assert.equal(await store.text(id, ADMIN), '');
      assert.deepEqual(await store.original(id, ADMIN), new Uint8Array());
    },
  ],
  ...CONTENTS.map(
    ([what, path]): Case => [
      `a path with ${what} is kept, found, told apart from its neighbours and removed`,
      async (store) => {
        const near = path.slice(0, -1);
        const id = await store.put(documentNamed(path, [`passage of ${what}`]), 'model-a');
        await store.put(documentNamed(near, ['neighbour']), 'model-a');
        assert.equal((await store.byPath(path))?.path, path);
        assert.deepEqual(await pathsByText(store, 'passage', { documents: [id] }), [path]);
        assert.equal(await store.remove(id), true);
        assert.equal(await store.byPath(path), null);
        assert.equal((await store.byPath(near))?.path, near);
      },
    ],
  ),
];

const ANN = reader('ann');
const BOB_STAFF = reader('bob', ['staff']);
const NOBODY = reader(null);
const QUOTED = reader("o'hara", ["the 'guests', all"]);

/** [path, access, who may see it] */
const LISTS: ReadonlyArray<readonly [string, readonly string[], readonly string[], readonly Reader[]]> = [
  ['open.md', [], [], [ANN, BOB_STAFF, NOBODY, QUOTED]],
  ['ann.md', ['ann'], [], [ANN]],
  ['staff.md', [], ['staff'], [BOB_STAFF]],
  ['ann-or-staff.md', ['ann'], ['staff', 'host'], [ANN, BOB_STAFF]],
  ['host.md', [], ['host'], []],
  ['quoted.md', ["o'hara"], [], [QUOTED]],
  ['quoted-group.md', [], ["the 'guests', all"], [QUOTED]],
  ['named-like-a-group.md', ['staff'], ['ann'], []],
];

const SEEING: readonly Case[] = [
  [
    'whoever reads sees what the access list allows, by every way of reading and searching',
    async (store) => {
      for (const [path, users, groups] of LISTS) {
        await store.put(documentNamed(path, ['secret plan'], { access: { users, groups } }), 'model-a');
      }
      for (const who of [ANN, BOB_STAFF, NOBODY, QUOTED]) {
        const want = LISTS.flatMap(([path, , , readers]) => (readers.includes(who) ? [path] : [])).sort();
        const told = JSON.stringify(who);
        assert.deepEqual(
          (await store.list(who, { after: null, limit: 100 })).map(({ path }) => path),
          want,
          told,
        );
        assert.deepEqual((await pathsByText(store, 'secret', { reader: who })).sort(), want, told);
        assert.deepEqual((await pathsByVector(store, 'secret plan', { reader: who })).sort(), want, told);
        const all = LISTS.map(([path]) => documentId(path));
        assert.deepEqual((await pathsByText(store, 'secret', { reader: who, documents: all })).sort(), want, told);
        for (const [path] of LISTS) {
          const id = documentId(path);
          const may = want.includes(path);
          assert.equal((await store.document(id, who)) !== null, may, `${told} ${path}`);
          assert.equal((await store.chunks(id, who)).length, may ? 1 : 0, `${told} ${path}`);
          assert.equal(await store.text(id, who), may ? 'secret plan' : null, `${told} ${path}`);
          assert.equal((await store.original(id, who)) !== null, may, `${told} ${path}`);
        }
      }
      assert.equal((await pathsByText(store, 'secret', { reader: ADMIN })).length, LISTS.length);
    },
  ],
  [
    'documents that may not be seen take no place among the first few',
    async (store) => {
      for (let i = 0; i < 20; i++) {
        const access = { users: [], groups: ['host'] };
        await store.put(documentNamed(`hidden-${i}.md`, ['secret secret secret'], { access }), 'model-a');
      }
      await store.put(documentNamed('open.md', ['one secret among many other words']), 'model-a');
      assert.deepEqual(await pathsByText(store, 'secret', { reader: ANN, top: 3 }), ['open.md']);
      assert.deepEqual(await pathsByVector(store, 'secret secret secret', { reader: ANN, top: 3 }), ['open.md']);
    },
  ],
  [
    'a reader whose name is part of a longer one, or holds its separators, sees nothing of it',
    async (store) => {
      await store.put(
        documentNamed('a.md', ['secret'], { access: { users: ['ann,bob', 'joanna'], groups: ['a|b'] } }),
        'model-a',
      );
      for (const who of [ANN, reader('bob'), reader('', ['a', 'b', '']), reader('["ann,bob"]'), reader('%')]) {
        assert.deepEqual(await pathsByText(store, 'secret', { reader: who }), [], JSON.stringify(who));
      }
      assert.deepEqual(await pathsByText(store, 'secret', { reader: reader('x', ['a|b']) }), ['a.md']);
    },
  ],
];
