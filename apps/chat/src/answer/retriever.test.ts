import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Embedded, ModelFailure, type Planned, type PromptMessage, type ToolSpec } from '../models/models.ts';
import type { RetrievalSettings } from '../settings/settings.ts';
import {
  type DocumentRow,
  type Found,
  type IndexFacts,
  type Ranked,
  type RankedSearch,
  type SearchFilter,
  StoreError,
} from '../store/store.ts';
import { Retriever, type Wanted } from './retriever.ts';
import { FakeModels, NOTE } from './testing/fake-models.ts';

const SETTINGS: RetrievalSettings = {
  top: 4,
  mode: 'hybrid',
  vectorWeight: null,
  rerank: 'off',
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
  override embeddingModel: string | null = null;
  fails: ModelFailure | null = null;
  /** Called in place of an order, which then never comes. */
  onSilence: (() => void) | null = null;

  override async plan(
    messages: readonly PromptMessage[],
    _tool?: ToolSpec,
    signal = new AbortController().signal,
  ): Promise<Planned> {
    if (this.onSilence === null) return super.plan(messages);
    this.onSilence();
    return await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

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
    facts: async (): Promise<IndexFacts> => ({ embeddingModel: null, dimensions: null, chunks: 0, documents: 0 }),
    list: async (): Promise<readonly DocumentRow[]> => [],
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
  return { retrieve, searched, filters, models, retriever, documents };
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

test('Retriever: each passage has its best score of each way, and what it is ranked by', async () => {
  const { retrieve, documents } = stage({}, { top: 3 });
  const scored = (name: string, score: number): Found => ({ ...found(name), score });
  documents.searchText = async (query) => (query === 'q' ? [scored('a', 2.12345), scored('b', 1)] : [scored('b', 5)]);
  documents.searchVector = async ([place]) => (place === 0 ? [scored('c', -0.5)] : []);
  const { scores, sources } = await retrieve(['q', 'r']);
  assert.deepEqual(
    scores.map(({ label, words, vectors }) => [
      label,
      sources.find((each) => each.label === label)?.title,
      words,
      vectors,
    ]),
    [
      ['S1', 'a', 2.1235, null],
      ['S2', 'b', 5, null],
      ['S3', 'c', null, -0.5],
    ],
  );
  const fused = scores.map((each) => each.fused);
  assert.deepEqual(
    fused,
    fused.toSorted((a, b) => b - a),
  );
  assert.deepEqual(
    fused,
    sources.map(({ score }) => Math.round(score * 10_000) / 10_000),
  );
});

test('Retriever: a question that comes while the index is probed does not wait for it', async () => {
  const { retrieve, models, documents } = stage({ words: { q: 'ab' }, vectors: ['xy'] }, { mode: 'auto' });
  documents.facts = async () => ({ embeddingModel: null, dimensions: 1, chunks: 10, documents: 10 });
  documents.list = () => new Promise(() => {});
  models.embeddingModel = 'of the index';
  const { mode, isProbing, withoutVectors, sources } = await retrieve(['q']);
  assert.deepEqual([mode, isProbing, withoutVectors, sources.length], ['text', true, null, 2]);
  const wanted = await retrieve(['q'], { retrievalMode: 'hybrid' });
  assert.deepEqual([wanted.mode, wanted.isProbing, wanted.sources.length], ['hybrid', false, 4]);
});

class Ranking {
  readonly asked: RankedSearch[] = [];
  readonly filters: SearchFilter[] = [];
  readonly told: string[] = [];
  answer: Ranked | StoreError = { found: [], unranked: null };

  searchRanked = async (asked: RankedSearch, filter: SearchFilter): Promise<Ranked> => {
    this.asked.push(asked);
    this.filters.push(filter);
    if (this.answer instanceof StoreError) throw this.answer;
    return this.answer;
  };
}

function ranking(settings: Partial<RetrievalSettings> = {}) {
  const ranker = new Ranking();
  const { documents, models, searched } = stage({ words: { q: 'ab' }, vectors: ['xy'] }, settings);
  const onUnranked = (why: string) => ranker.told.push(why);
  const parts = { documents: { ...documents, searchRanked: ranker.searchRanked }, models, onUnranked };
  const retriever = new Retriever({ ...parts, settings: { ...SETTINGS, ...settings } });
  const reader = { user: 'ann', groups: [], isAdmin: false };
  const retrieve = (queries: readonly string[], overrides: Wanted['overrides'] = {}) =>
    retriever.retrieve({ queries, reader, overrides }, new AbortController().signal);
  return { ranker, retrieve, searched };
}

const scored = (scores: Readonly<Record<string, number>>) =>
  Object.entries(scores).map(([name, score]) => ({ ...found(name), score }));

test('Retriever: where passages were put in order by reading them, each has the score of that', async () => {
  const { ranker, retrieve } = ranking();
  ranker.answer = { found: scored({ m: 3.5, n: 1.2 }), unranked: null };
  const { scores } = await retrieve(['q']);
  assert.deepEqual(
    scores.map((each) => [each.label, each.words, each.vectors, each.ranker]),
    [
      ['S1', null, null, 3.5],
      ['S2', null, null, 1.2],
    ],
  );
});

test('Retriever: the ranker of the search service decides the order, for each query as a person would say it', async () => {
  const { ranker, retrieve, searched } = ranking();
  ranker.answer = { found: scored({ m: 3.5, n: 1.2 }), unranked: null };
  const got = await retrieve(['How much is q?', 'r']);
  assert.deepEqual([titles(got), got.reranked, got.mode, searched], ['mn', 'service', 'hybrid', []]);
  assert.deepEqual(
    ranker.asked.map(({ question, byWords, vector }) => [question, byWords, vector?.[0]]),
    [
      ['How much is q?', true, 0],
      ['r', true, 1],
    ],
  );
  assert.deepEqual([ranker.filters[0]?.reader.user, ranker.told], ['ann', []]);
});

test('Retriever: the ranker is given what the mode finds, and is left out where that is asked for', async () => {
  const { ranker, retrieve } = ranking();
  await retrieve(['q'], { retrievalMode: 'text' });
  await retrieve(['q'], { retrievalMode: 'vectors' });
  assert.deepEqual(
    ranker.asked.map(({ byWords, vector }) => [byWords, vector !== null]),
    [
      [true, false],
      [false, true],
    ],
  );
  const without = await retrieve(['q'], { rerank: false });
  assert.deepEqual([without.reranked, ranker.asked.length, without.sources.length], [null, 2, 4]);
});

test('Retriever: what the ranker gives less than is asked for is left out', async () => {
  const { ranker, retrieve } = ranking();
  ranker.answer = { found: scored({ m: 3.5, n: 2, o: 1.9 }), unranked: null };
  assert.equal(titles(await retrieve(['q'], { rerankScoreMin: 2 })), 'mn');
});

test('Retriever: where the ranker fails, passages are as found, and the operator is told why', async () => {
  const { ranker, retrieve, searched } = ranking();
  ranker.answer = new StoreError('azure-search: searchRanked failed');
  const failed = await retrieve(['q'], { rerankScoreMin: 2 });
  assert.deepEqual([failed.reranked, failed.sources.length, searched], ['failed', 4, ['q']]);
  ranker.answer = { found: scored({ m: 0.01 }), unranked: 'Busy.' };
  const busy = await retrieve(['q'], { rerankScoreMin: 2 });
  assert.deepEqual([busy.reranked, titles(busy)], ['failed', 'm'], 'its figures are not those of the ranker');
  assert.deepEqual(ranker.told, ['azure-search: searchRanked failed', 'Busy.']);
});

function reading(planReply: FakeModels['planReply'], settings: Partial<RetrievalSettings> = {}) {
  const { documents, models } = stage({ words: { q: 'abc' } });
  models.planReply = planReply;
  const told: string[] = [];
  const clock = new FakeClock();
  const parts = { documents, models, clock, onUnranked: (why: string) => told.push(why) };
  const retriever = new Retriever({ ...parts, settings: { ...SETTINGS, mode: 'text', rerank: 'model', ...settings } });
  const reader = { user: 'ann', groups: [], isAdmin: false };
  const stop = new AbortController();
  const retrieve = (overrides: Wanted['overrides'] = {}) =>
    retriever.retrieve({ queries: ['q'], reader, overrides }, stop.signal);
  return { retrieve, models, told, clock, stop };
}

const ordered = (numbers: string) => ({ call: `{"order":[${numbers}]}`, text: '', gateway: NOTE });

test('Retriever: a model that is to read the passages decides their order, unless a question says otherwise', async () => {
  const { retrieve, models, told } = reading(ordered('3,1'));
  const got = await retrieve();
  assert.deepEqual([titles(got), got.reranked, told], ['cab', 'model', []]);
  assert.match(models.planned[0]?.[1]?.content ?? '', /\[2\] b\nAbout b\./);
  const without = await retrieve({ rerank: false });
  assert.deepEqual([titles(without), without.reranked, models.planned.length], ['abc', null, 1]);
  const { passages, gateway, failed, messages } = got.rerankCall ?? {};
  assert.deepEqual([passages, gateway, failed, messages], [3, NOTE, null, models.planned[0]]);
  assert.equal(without.rerankCall, null);
});

test('Retriever: where the model gives no order, passages are as found, and the operator is told why', async () => {
  const silent = reading({ call: null, text: 'I cannot.', gateway: NOTE });
  const got = await silent.retrieve();
  assert.deepEqual([titles(got), got.reranked], ['abc', 'failed']);
  const busy = reading(new ModelFailure('throttled', 'Busy.'));
  const refused = await busy.retrieve();
  assert.equal(titles(refused), 'abc');
  assert.deepEqual([got.rerankCall?.failed?.kind, refused.rerankCall?.failed?.kind], ['internal', 'throttled']);
  assert.deepEqual([silent.told, busy.told], [['The chat model named no passage.'], ['Busy.']]);
});

test('Retriever: a question waits 8 s for the model and no longer', async () => {
  const { retrieve, models, told, clock } = reading(ordered('3'));
  const asked = Promise.withResolvers<void>();
  models.onSilence = asked.resolve;
  const found = retrieve();
  await asked.promise;
  clock.advance(7_999);
  assert.deepEqual(told, []);
  clock.advance(1);
  assert.deepEqual([titles(await found), told], ['abc', ['The chat model gave no order within 8 s.']]);
});
