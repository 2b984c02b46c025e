/** What every store keeps to, as tests: what is found, and what is refused. */
import assert from 'node:assert/strict';
import { type Case, documentNamed, everything, pathsByText, pathsByVector, vectorOf } from './samples.ts';
import { StoreError } from './store.ts';

export const FINDING: readonly Case[] = [
  [
    'categories are taken in and left out; one without a category is only left in',
    async (store) => {
      for (const [path, category] of [
        ['a.md', "host's"],
        ['b.md', 'guest'],
        ['c.md', null],
      ] as const) {
        await store.put(documentNamed(path, ['key box'], { category }), 'model-a');
      }
      const table: ReadonlyArray<readonly [string | null, string | null, readonly string[]]> = [
        [null, null, ['a.md', 'b.md', 'c.md']],
        ["host's", null, ['a.md']],
        [null, "host's", ['b.md', 'c.md']],
        ['guest', 'guest', []],
        ['none', null, []],
      ];
      for (const [includeCategory, excludeCategory, want] of table) {
        const change = { includeCategory, excludeCategory };
        assert.deepEqual((await pathsByText(store, 'key', change)).sort(), want, JSON.stringify(change));
        assert.deepEqual((await pathsByVector(store, 'key box', change)).sort(), want, JSON.stringify(change));
      }
    },
  ],
  [
    'any word of the question finds; more and rarer words come first, and no more than asked for',
    async (store) => {
      await store.put(documentNamed('deposit.md', ['the deposit is paid back', 'the deposit of 150 euros']), 'model-a');
      await store.put(documentNamed('keys.md', ['the keys are in the box']), 'model-a');
      await store.put(documentNamed('pets.md', ['the dog pays ten euros']), 'model-a');
      assert.deepEqual(await pathsByText(store, 'deposit euros zebra', { top: 1 }), ['deposit.md']);
      assert.deepEqual(new Set(await pathsByText(store, 'deposit euros')), new Set(['deposit.md', 'pets.md']));
      assert.deepEqual(await pathsByText(store, 'zebra'), []);
      assert.deepEqual(await pathsByText(store, 'depos'), [], 'the beginning of a word is another word');
      const [first] = await store.searchText('150', everything());
      assert.equal(first?.chunk.text, 'the deposit of 150 euros');
      assert.equal(first?.chunk.index, 1);
    },
  ],
  [
    'words in the title and in the headings find the passage',
    async (store) => {
      await store.put(documentNamed('a.md', ['ask the host'], { title: 'Parking' }), 'model-a');
      await store.put(documentNamed('b.md', ['ask the host'], {}, 8, ['Arrival', 'Luggage room']), 'model-a');
      assert.deepEqual(await pathsByText(store, 'parking'), ['a.md']);
      assert.deepEqual(await pathsByText(store, 'luggage'), ['b.md']);
    },
  ],
  [
    'umlauts, accents, case and other scripts are found as they are written',
    async (store) => {
      await store.put(documentNamed('de.md', ['Die Schlüssel liegen in Köln']), 'model-a');
      await store.put(documentNamed('fi.md', ['Hääyö ja sähkö kuuluvat hintaan']), 'model-a');
      await store.put(documentNamed('ko.md', ['보증금은 십만원입니다']), 'model-a');
      assert.deepEqual(await pathsByText(store, 'SCHLÜSSEL'), ['de.md']);
      assert.deepEqual(await pathsByText(store, 'Ko\u0308ln'), ['de.md'], 'written as two characters');
      assert.deepEqual(await pathsByText(store, 'sähkö'), ['fi.md']);
      assert.deepEqual(await pathsByText(store, '보증금'), ['ko.md']);
    },
  ],
  [
    'what a query language would take for its own is only text',
    async (store) => {
      await store.put(documentNamed('a.md', ['plain words']), 'model-a');
      for (const query of [
        '"',
        "'; DROP TABLE documents; --",
        'title:plain*',
        'NEAR(plain words)',
        '((',
        '* ^ - + |',
        '',
        '\u0000',
        "a' or 1 eq 1",
      ]) {
        const found = await pathsByText(store, query);
        assert.ok(found.length <= 1, query);
      }
      assert.deepEqual(await pathsByText(store, 'plain OR NOT words:'), ['a.md']);
      assert.deepEqual(await pathsByText(store, '???'), []);
      assert.equal((await store.facts()).documents, 1);
    },
  ],
  [
    'the nearest vectors come first, whatever their length, each with its score',
    async (store) => {
      await store.put(documentNamed('a.md', ['apricot jam', 'walnut oil']), 'model-a');
      await store.put(documentNamed('b.md', ['cherry pie']), 'model-a');
      const found = await store.searchVector(
        vectorOf('walnut oil').map((value) => value * 7),
        everything({ top: 2 }),
      );
      assert.equal(found.length, 2);
      assert.equal(found[0]?.chunk.text, 'walnut oil');
      assert.ok((found[0]?.score ?? 0) > (found[1]?.score ?? 0));
      assert.notEqual(found[0]?.chunkId, found[1]?.chunkId);
    },
  ],
  [
    'an index without vectors is searched by words alone',
    async (store) => {
      await store.put(documentNamed('a.md', ['apricot jam'], {}, null), 'model-a');
      assert.deepEqual(await store.searchVector(vectorOf('apricot jam'), everything()), []);
      assert.deepEqual(await pathsByText(store, 'apricot'), ['a.md']);
      assert.equal((await store.facts()).embeddingModel, null);
    },
  ],
  [
    'readers at the same time as a writer see a document as it was before or as it is after',
    async (store) => {
      await store.put(documentNamed('a.md', ['old apricot', 'old walnut']), 'model-a');
      const writing = store.put(documentNamed('a.md', ['new apricot', 'new walnut', 'new cherry']), 'model-a');
      const reading = Array.from({ length: 20 }, () => store.searchText('apricot walnut cherry', everything()));
      await writing;
      for (const found of await Promise.all(reading)) {
        const kinds = new Set(found.map(({ chunk }) => chunk.text.split(' ')[0]));
        assert.equal(kinds.size, 1, JSON.stringify(found.map(({ chunk }) => chunk.text)));
        assert.equal(found.length, kinds.has('new') ? 3 : 2);
      }
      assert.equal((await store.searchText('new', everything())).length, 3);
    },
  ],
];

export const REFUSING: readonly Case[] = [
  [
    'vectors of another model, or of another size, are refused with the way out',
    async (store) => {
      await store.put(documentNamed('a.md', ['apricot jam']), 'model-a');
      const way = /model-a \(8 numbers\).*remove all documents and index anew/;
      await assert.rejects(store.put(documentNamed('b.md', ['x']), 'model-b'), way);
      await assert.rejects(store.put(documentNamed('b.md', ['x'], {}, 16), 'model-a'), way);
      await assert.rejects(
        store.searchVector(new Float32Array(16).fill(1), everything()),
        /16 numbers, the index 8; .*index anew/,
      );
      assert.equal(await store.byPath('b.md'), null);
    },
  ],
  [
    'vectors that contradict each other, or name no model, are refused',
    async (store) => {
      const [mixed, other] = [documentNamed('a.md', ['x', 'y']), documentNamed('a.md', ['y'], {}, 16)];
      const chunks = [...mixed.chunks.slice(0, 1), ...other.chunks];
      await assert.rejects(store.put({ ...mixed, chunks }, 'model-a'), /a\.md: vectors of 8 and 16 numbers/);
      await assert.rejects(store.put(mixed, null), /a\.md: has vectors, but of no embedding model/);
    },
  ],
  [
    'a path that is empty or endless is refused',
    async (store) => {
      for (const path of ['', 'x'.repeat(1_001)]) {
        await assert.rejects(store.put(documentNamed(path, ['x']), 'model-a'), /1 to 1000 characters/);
      }
    },
  ],
  [
    'a store that is closed says so as a StoreError',
    async (store) => {
      await store.close();
      await assert.rejects(store.facts(), StoreError);
    },
  ],
];
