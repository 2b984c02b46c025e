import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Embedded, ModelFailure } from '../models/models.ts';
import type { RetrievalSettings } from '../settings/settings.ts';
import type { Found, SearchFilter } from '../store/store.ts';
import { Retriever, type Wanted } from './retriever.ts';
import { FakeModels, NOTE } from './testing/fake-models.ts';

const SETTINGS: RetrievalSettings = {
  top: 4,
  mode: 'hybrid',
  vectorWeight: null,
  sourceTokensMax: 3_000,
  historyTokensMax: 2_000,
  prompt: null,
  followups: true,
};

/** A chunk of a document of its own, both of one name. */
function found(name: string): Found {
  const chunk = { index: 0, text: `About ${name}.`, headings: [], pageFrom: null, pageTo: null, start: 0, end: 8 };
  const file = { path: `${name}.md`, hash: '', mediaType: 'text/markdown', bytes: 1, pages: null, owner: null };
  const rest = { category: null, language: null, access: { users: [], groups: [] }, indexedMs: 0, chunks: 1 };
  return { document: { id: name, title: name, ...file, ...rest }, chunk, chunkId: name, score: 1 };
}

class Embedding extends FakeModels {
  fails: ModelFailure | null = null;

  /** The place of its text is all that a vector says. */
  override async embed(texts: readonly string[] = []): Promise<Embedded> {
    if (this.fails !== null) throw this.fails;
    return { vectors: texts.map((_, i) => Float32Array.of(i)), gateway: NOTE };
  }
}

interface Lists {
  /** Names as found by words, for each query as it was searched for. */
  readonly words?: Readonly<Record<string, string>>;
  /** As found by the vector of each query. */
  readonly vectors?: readonly string[];
}

function stage({ words = {}, vectors = [] }: Lists, settings: Partial<RetrievalSettings> = {}) {
  const searched: string[] = [];
  const filters: SearchFilter[] = [];
  const names = (list = '') => [...list].map(found);
  const models = new Embedding();
  const documents = {
    facts: async () => ({ embeddingModel: null, dimensions: null, chunks: 0, documents: 0 }),
    list: async () => [],
    chunks: async () => [],
    searchVector: async ([place = 0]: Float32Array) => names(vectors[place]),
    searchText: async (query: string, filter: SearchFilter) => {
      searched.push(query);
      filters.push(filter);
      return names(words[query]);
    },
  };
  const retriever = new Retriever({ documents, models, settings: { ...SETTINGS, ...settings } });
  const reader = { user: 'ann', groups: ['host'], isAdmin: false };
  const retrieve = (queries: readonly string[], overrides: Wanted['overrides'] = {}) =>
    retriever.retrieve({ queries, reader, overrides }, new AbortController().signal);
  return { retrieve, searched, filters, models, retriever };
}

const titles = ({ sources }: Awaited<ReturnType<Retriever['retrieve']>>) => sources.map(({ title }) => title).join('');

const ORDER: ReadonlyArray<
  readonly [name: string, lists: Lists, queries: readonly string[], weight: number | null, want: string]
> = [
  ['words and vectors of one query are fused', { words: { q: 'abc' }, vectors: ['cde'] }, ['q'], null, 'cabd'],
  ['vectors of little weight hardly move words', { words: { q: 'abc' }, vectors: ['xyc'] }, ['q'], 0.1, 'cabx'],
  ['of no weight, not at all', { words: { q: 'abc' }, vectors: ['xyc'] }, ['q'], 0, 'abc'],
  ['the first of each query comes in', { words: { q: 'abcdefgh', r: 'xyzh' } }, ['q', 'r'], null, 'axbc'],
  ['what both queries find goes up', { words: { q: 'abc', r: 'xb' } }, ['q', 'r'], null, 'abxc'],
  ['the first query goes before', { words: { q: 'abcx', r: 'x' } }, ['q', 'r'], null, 'axbc'],
];
for (const [name, lists, queries, vectorWeight, want] of ORDER) {
  test(`Retriever: ${name}`, async () => {
    const mode = lists.vectors === undefined ? 'text' : 'hybrid';
    assert.equal(titles(await stage(lists, { mode, vectorWeight }).retrieve(queries)), want);
  });
}

test('Retriever: words that every text has are not searched for', async () => {
  const { retrieve, searched } = stage({}, { mode: 'text' });
  await retrieve(['How much is the deposit?']);
  assert.deepEqual(searched, ['much deposit']);
});

test('Retriever: the reader and what was asked for decide what may be found', async () => {
  const { retrieve, filters } = stage({}, { mode: 'text' });
  await retrieve(['q'], { includeCategory: 'rules', excludeCategory: 'old', documents: ['d1'] });
  assert.deepEqual(filters, [
    {
      reader: { user: 'ann', groups: ['host'], isAdmin: false },
      includeCategory: 'rules',
      excludeCategory: 'old',
      documents: ['d1'],
      top: 50,
    },
  ]);
});

test('Retriever: no more than the limit, and than asked for', async () => {
  const lists = { words: { q: 'abcdefghij' } };
  assert.equal(titles(await stage(lists, { mode: 'text' }).retrieve(['q'])), 'abcd');
  assert.equal(titles(await stage(lists, { mode: 'text' }).retrieve(['q'], { top: 2 })), 'ab');
  assert.equal(titles(await stage(lists, { mode: 'text', sourceTokensMax: 8 }).retrieve(['q'])).length, 2);
});

test('Retriever: without the embedding model words are searched, and it says why', async () => {
  const { retrieve, models } = stage({ words: { q: 'ab' }, vectors: ['xy'] });
  models.fails = new ModelFailure('throttled', 'Busy.', { gateway: NOTE });
  const { mode, withoutVectors, gateway, sources } = await retrieve(['q']);
  assert.deepEqual([mode, withoutVectors, gateway, sources.length], ['text', 'Busy.', NOTE, 2]);
});

test('Retriever: vectors alone search no words', async () => {
  const { retrieve, searched } = stage({ words: { q: 'ab' }, vectors: ['xy'] });
  const got = await retrieve(['q'], { retrievalMode: 'vectors' });
  assert.deepEqual([titles(got), got.mode, searched], ['xy', 'vectors', []]);
});

test('Retriever: a mode that was set is told as such, without a probe', async () => {
  const { retriever } = stage({}, { mode: 'text' });
  assert.deepEqual(await retriever.verdict(), { mode: 'text', why: 'SPILLWAY_CHAT_RETRIEVAL is text.' });
});
