/** The semantic ranker as the official client asks for it, of an index of ours and of one that the samples filled. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { documentNamed, everything, reader, vectorOf } from '../samples.ts';
import { type DocumentStore, StoreError } from '../store.ts';
import { openAzureSearch } from './azure-search.ts';
import { ranked, SEMANTIC_TOP_MAX } from './semantic.ts';
import { startService, type TestService } from './testing/service.ts';

let service: TestService;
before(async () => {
  service = await startService();
});
beforeEach(() => {
  service.ranker = 'on';
});
after(() => service.end());

const SAMPLES = { content: 'content', sourcePage: 'sourcepage', embedding: null, opensUnlisted: true };

function open(index: string, ranker: 'semantic' | 'none' = 'semantic', warn?: (message: string) => void) {
  const settings = { endpoint: service.endpoint, index, credential: { key: service.key }, samples: SAMPLES, ranker };
  return openAzureSearch(warn === undefined ? settings : { ...settings, warn });
}

interface Definition {
  readonly semantic?: { readonly defaultConfiguration: string };
  readonly fields: readonly { readonly name: string }[];
}

async function definitionOf(index: string): Promise<Definition> {
  const headers = { 'api-key': service.key };
  return await (await fetch(`${service.endpoint}/indexes('${index}')`, { headers })).json();
}

type SearchRanked = NonNullable<DocumentStore['searchRanked']>;
const rankedBy = (store: DocumentStore): SearchRanked => store.searchRanked?.bind(store) ?? assert.fail('no ranker');

/** By words the short one is first; the ranker knows that depositing is what a deposit is for. */
const SHORT = 'euros';
const MEANT = 'The deposits of all flats are paid in euros, which we hand back when you leave with everything in order';

test('openAzureSearch: an index has a semantic configuration exactly when the ranker is switched on', async () => {
  await open('plain', 'none');
  assert.equal((await definitionOf('plain')).semantic, undefined);
  const store = await open('ranked');
  assert.equal((await definitionOf('ranked')).semantic?.defaultConfiguration, 'default');
  await store.put(documentNamed('a.md', [SHORT]), 'model-a');
  const made = await definitionOf('ranked');
  assert.equal(made.semantic?.defaultConfiguration, 'default', 'the field of vectors came, the configuration stayed');
  assert.ok(made.fields.some(({ name }) => name === 'vector'));
  await store.removeAll();
  assert.equal((await definitionOf('ranked')).semantic?.defaultConfiguration, 'default');
});

test('openAzureSearch: an index that was made without gets its configuration when the ranker is switched on', async () => {
  await (await open('later', 'none')).put(documentNamed('a.md', [SHORT]), 'model-a');
  const store = await open('later');
  assert.equal((await definitionOf('later')).semantic?.defaultConfiguration, 'default');
  const { found, unranked } = await rankedBy(store)({ question: 'euros', byWords: true, vector: null }, everything());
  assert.deepEqual([found.map(({ score }) => score), unranked], [[4], null]);
});

test('openAzureSearch: without the ranker nothing is asked of it', async () => {
  assert.equal((await open('without', 'none')).searchRanked, undefined);
});

test('openAzureSearch: what words and vectors found is in the order of the ranker, with its figures', async () => {
  const store = await open('order');
  await store.put(documentNamed('short.md', [SHORT]), 'model-a');
  await store.put(documentNamed('meant.md', [MEANT]), 'model-a');
  const asked = { question: 'euros of a deposit', byWords: true, vector: null };
  const byWords = await store.searchText(asked.question, everything());
  assert.deepEqual(
    byWords.map(({ document }) => document.path),
    ['short.md', 'meant.md'],
  );
  const { found, unranked } = await rankedBy(store)(asked, everything());
  assert.equal(unranked, null);
  assert.deepEqual(
    found.map(({ document, score }) => [document.path, score]),
    [
      ['meant.md', 3],
      ['short.md', 1],
    ],
  );
  const byVector = { question: 'money', byWords: false, vector: vectorOf(MEANT) };
  assert.deepEqual(
    (await rankedBy(store)(byVector, everything())).found.map(({ document, score }) => [document.path, score]),
    [
      ['meant.md', 0],
      ['short.md', 0],
    ],
    'found by vectors, which need no word of the question',
  );
  assert.deepEqual(await rankedBy(store)({ question: '?', byWords: true, vector: null }, everything()), {
    found: [],
    unranked: null,
  });
});

test('openAzureSearch: whom a document is not for does not get it from the ranker either', async () => {
  const store = await open('closed');
  await store.put(documentNamed('a.md', [MEANT], { access: { users: ['ada'], groups: [] } }), 'model-a');
  const asked = { question: 'deposits', byWords: true, vector: null };
  const seen = async (user: string) =>
    (await rankedBy(store)(asked, everything({ reader: reader(user) }))).found.length;
  assert.deepEqual([await seen('ada'), await seen('bob')], [1, 0]);
});

test('openAzureSearch: a ranker that is busy leaves what was found as it was found, and it says so', async () => {
  const store = await open('busy');
  await store.put(documentNamed('short.md', [SHORT]), 'model-a');
  await store.put(documentNamed('meant.md', [MEANT]), 'model-a');
  service.ranker = 'busy';
  const asked = { question: 'euros of a deposit', byWords: true, vector: null };
  const { found, unranked } = await rankedBy(store)(asked, everything());
  assert.deepEqual(
    found.map(({ document }) => document.path),
    ['short.md', 'meant.md'],
  );
  assert.equal(unranked, 'The semantic ranker did not answer in time.');
});

test('openAzureSearch: a service without the ranker is a StoreError that says so', async () => {
  const store = await open('off');
  service.ranker = 'off';
  const search = rankedBy(store)({ question: 'euros', byWords: true, vector: null }, everything());
  await assert.rejects(search, (error) => {
    assert.ok(error instanceof StoreError);
    assert.match(error.message, /^azure-search: searchRanked failed \(.*not enabled for this service/);
    return true;
  });
});

const FIELDS = [
  { name: 'id', type: 'Edm.String', key: true },
  ...['content', 'category', 'sourcepage', 'sourcefile'].map((name) => ({ name, type: 'Edm.String' })),
];
/** As the Python sample defines it. */
const SEMANTIC = {
  configurations: [
    {
      name: 'default',
      prioritizedFields: {
        titleField: { fieldName: 'sourcepage' },
        prioritizedContentFields: [{ fieldName: 'content' }],
      },
    },
  ],
};

async function filled(index: string, semantic: object): Promise<void> {
  const headers = { 'api-key': service.key, 'content-type': 'application/json' };
  const post = (path: string, body: unknown) =>
    fetch(service.endpoint + path, { method: 'POST', headers, body: JSON.stringify(body) });
  await post('/indexes', { name: index, fields: FIELDS, ...semantic });
  const row = (file: string, content: string) => ({ id: `file-${file}-page-0`, content, sourcefile: `${file}.pdf` });
  const rows = [row('short', SHORT), row('meant', MEANT)].map((each) => ({ ...each, sourcepage: each.sourcefile }));
  const value = rows.map((each) => ({ '@search.action': 'upload', ...each }));
  await post(`/indexes('${index}')/docs/search.index`, { value });
}

test('SamplesDocuments: the configuration that stands in an index of the samples is the one that is asked for', async () => {
  await filled('samples', { semantic: SEMANTIC });
  const store = await open('samples');
  const asked = { question: 'euros of a deposit', byWords: true, vector: null };
  const { found } = await rankedBy(store)(asked, everything());
  assert.deepEqual(
    found.map(({ document, score }) => [document.path, score]),
    [
      ['meant.pdf', 3],
      ['short.pdf', 1],
    ],
  );
  assert.equal((await open('samples', 'none')).searchRanked, undefined);
});

test('SamplesDocuments: an index without a configuration is read without the ranker, and the operator is told', async () => {
  await filled('bare', {});
  const told: string[] = [];
  const store = await open('bare', 'semantic', (message) => told.push(message));
  assert.equal(store.searchRanked, undefined);
  assert.deepEqual(told, [
    'azure-search: the index bare has no semantic configuration, so nothing is reranked; add one to it, or set AZURE_SEARCH_SEMANTIC_RANKER=disabled',
  ]);
});

test('ranked: rows that the ranker did not look at are left out, as what stands behind the first 50', () => {
  const rows = Array.from({ length: SEMANTIC_TOP_MAX + 1 }, (_, at) => ({
    score: 1,
    rerankerScore: at < SEMANTIC_TOP_MAX ? 4 - at / 50 : undefined,
  }));
  assert.equal(ranked(rows).rows.length, 50);
  assert.equal(ranked([{ score: 1 }]).rows.length, 1);
  assert.deepEqual(ranked([]), { rows: [], unranked: null });
});
