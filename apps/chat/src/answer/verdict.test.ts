import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MEANING_PAIRS } from '@spillway/rag';
import type { Embedded, Models } from '../models/models.ts';
import { ModelFailure } from '../models/models.ts';
import { openLocal } from '../store/local/local.ts';
import type { DocumentStore } from '../store/store.ts';
import { FakeModels, NOTE } from './testing/fake-models.ts';
import { VectorVerdict } from './verdict.ts';

const MODEL = 'test-embedding';
const DIMENSIONS = 64;

/** Each text has a direction of its own, by the number in it: what a model with meaning does for these texts. */
function wordly(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  vector[Number(/\d+/.exec(text)?.[0] ?? 0) % DIMENSIONS] = 1;
  return vector;
}

/** The same, and sentences of one language that say the same have one direction. */
function knowing(language: number): (text: string) => Float32Array {
  return (text) => {
    const pair = MEANING_PAIRS[language]?.findIndex((both) => both.includes(text)) ?? -1;
    return wordly(pair < 0 ? text : `${pair}`);
  };
}

const meaningful = knowing(0);

class Embedding extends FakeModels {
  override readonly embeddingModel: string | null;
  calls = 0;
  fails: ModelFailure | null = null;
  beforeEmbedding: (signal: AbortSignal) => Promise<void> = async () => {};
  readonly #vectorOf: (text: string) => Float32Array;

  constructor(vectorOf: (text: string) => Float32Array, model: string | null = MODEL) {
    super();
    this.embeddingModel = model;
    this.#vectorOf = vectorOf;
  }

  override async embed(
    texts: readonly string[] = [],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Embedded> {
    this.calls++;
    await this.beforeEmbedding(signal);
    if (this.fails !== null) throw this.fails;
    return { vectors: texts.map(this.#vectorOf), gateway: NOTE };
  }
}

/** @param count of documents, each of one chunk about its number. */
async function store(
  t: TestContext,
  count: number,
  vectorOf: ((text: string) => Float32Array) | null,
): Promise<DocumentStore> {
  const { documents, conversations } = openLocal(':memory:');
  t.after(() => Promise.all([documents.close(), conversations.close()]));
  for (let i = 0; i < count; i++) await add(documents, i, vectorOf);
  return documents;
}

async function add(
  documents: DocumentStore,
  i: number,
  vectorOf: ((text: string) => Float32Array) | null,
): Promise<void> {
  const text = `Flat ${i} is here. It is number ${i} of the house. Number ${i} has a key.`;
  const chunk = { index: 0, text, headings: [], pageFrom: null, pageTo: null, start: 0, end: text.length };
  await documents.put(
    {
      path: `${i}.md`,
      title: `${i}`,
      category: null,
      language: null,
      hash: `${i}`,
      mediaType: 'text/markdown',
      bytes: text.length,
      pages: null,
      owner: null,
      access: { users: [], groups: [] },
      indexedMs: 0,
      chunks: [{ ...chunk, vector: vectorOf?.(text) ?? null }],
      original: new Uint8Array(),
      text,
    },
    vectorOf === null ? null : MODEL,
  );
}

let next = 0;
/** Without meaning: another direction each time. Not by chance, so that each run is the same. */
function contentFree(): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  next = (next * 37 + 11) % DIMENSIONS;
  vector[next] = 1;
  return vector;
}

test('vectorVerdict: vectors that know their texts are searched, those that do not are left out, and it says why', async (t) => {
  const rows: ReadonlyArray<readonly [string, Models, ((text: string) => Float32Array) | null, string, RegExp]> = [
    ['with meaning', new Embedding(meaningful), meaningful, 'hybrid', /60 of 60 sentences \(100 %\)/],
    [
      'with meaning in Korean alone',
      new Embedding(knowing(MEANING_PAIRS.length - 1)),
      meaningful,
      'hybrid',
      /60 of 60/,
    ],
    ['with words alone', new Embedding(wordly), wordly, 'text', /only by the words.*SPILLWAY_CHAT_VECTOR_WEIGHT/],
    ['without', new Embedding(contentFree), contentFree, 'text', /do not help/],
    ['switched off', new Embedding(meaningful, null), meaningful, 'text', /USE_VECTORS/],
    ['an index without', new Embedding(meaningful), null, 'text', /without vectors/],
    ['another model', new Embedding(meaningful, 'other'), meaningful, 'text', /made with test-embedding.*index anew/],
  ];
  for (const [name, models, vectorOf, mode, why] of rows) {
    const verdict = await new VectorVerdict(await store(t, 64, vectorOf), models, null).get();
    assert.equal(verdict.mode, mode, name);
    assert.match(verdict.why, why, name);
  }
  assert.match(
    (await new VectorVerdict(await store(t, 0, null), new Embedding(meaningful), null).get()).why,
    /Nothing/,
  );
});

test('vectorVerdict: is kept until the index has changed a good deal, and questions at once share a probe', async (t) => {
  const documents = await store(t, 40, meaningful);
  const models = new Embedding(meaningful);
  const verdict = new VectorVerdict(documents, models, null);
  const before = await verdict.soFar();
  assert.match(before.why, /being probed/);
  assert.equal(before.isProbing, true);
  await Promise.all([verdict.get(), verdict.get()]);
  const { calls } = models;
  assert.equal(calls, 3 + 1, '40 sentences, 16 at a time, and one language');
  for (let i = 40; i < 50; i++) await add(documents, i, meaningful);
  const after = await verdict.soFar();
  assert.deepEqual([after.mode, after.isProbing], ['hybrid', false]);
  await verdict.get();
  assert.equal(models.calls, calls);
  await add(documents, 50, meaningful);
  const meanwhile = await verdict.soFar();
  assert.deepEqual([meanwhile.mode, meanwhile.isProbing], ['hybrid', true], 'as the probe before found');
  assert.match(meanwhile.why, /40 of 40 sentences.*found out anew/);
  await verdict.get();
  assert.ok(models.calls > calls);
});

test('vectorVerdict: whoever does not wait is told how the last probe failed, and another one begins', async (t) => {
  const models = new Embedding(meaningful);
  models.fails = new ModelFailure('throttled', 'Busy.');
  const verdict = new VectorVerdict(await store(t, 20, meaningful), models, null);
  await verdict.get();
  const failed = await verdict.soFar();
  assert.deepEqual([failed.mode, failed.isProbing], ['text', true]);
  assert.match(failed.why, /could not be probed: Busy/);
  await verdict.get();
  assert.equal(models.calls, 2);
});

test('vectorVerdict: what is closed asks the model no more, and its probe ends', async (t) => {
  const models = new Embedding(meaningful);
  const begun = Promise.withResolvers<AbortSignal>();
  const goesOn = Promise.withResolvers<void>();
  models.beforeEmbedding = (signal) => {
    begun.resolve(signal);
    return goesOn.promise;
  };
  const verdict = new VectorVerdict(await store(t, 40, meaningful), models, null);
  const waited = verdict.get();
  const signal = await begun.promise;
  verdict.close();
  assert.equal(signal.aborted, true);
  goesOn.resolve();
  assert.match((await waited).why, /could not be probed: The app ends/);
  assert.equal(models.calls, 1, 'of three');
});

test('vectorVerdict: a probe that fails is tried again with the next question', async (t) => {
  const models = new Embedding(meaningful);
  models.fails = new ModelFailure('throttled', 'Busy.');
  const verdict = new VectorVerdict(await store(t, 20, meaningful), models, null);
  assert.match((await verdict.get()).why, /could not be probed: Busy/);
  models.fails = null;
  assert.equal((await verdict.get()).mode, 'hybrid');
});

test('vectorVerdict: vectors that know words alone are searched where a weight is set, and no meaning is asked for', async (t) => {
  const models = new Embedding(wordly);
  const { mode } = await new VectorVerdict(await store(t, 16, wordly), models, 0.25).get();
  assert.deepEqual([mode, models.calls], ['hybrid', 1]);
});

test('vectorVerdict: probes are taken from 200 documents at most', async (t) => {
  const documents = await store(t, 1, meaningful);
  const limits: number[] = [];
  const looked = {
    facts: () => documents.facts(),
    chunks: documents.chunks.bind(documents),
    searchVector: documents.searchVector.bind(documents),
    list: (...asked: Parameters<DocumentStore['list']>) => {
      limits.push(asked[1].limit);
      return documents.list(...asked);
    },
  };
  await new VectorVerdict(looked, new Embedding(meaningful), null).get();
  assert.deepEqual(limits, [200]);
});
