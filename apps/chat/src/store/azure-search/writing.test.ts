/** Changes through the store that makes them, and their limits, reached. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AzureKeyCredential, SearchClient, SearchIndexClient } from '@azure/search-documents';
import { ADMIN, documentNamed, everything } from '../samples.ts';
import type { DocumentStore } from '../store.ts';
import { LOCAL, openAzureSearch } from './azure-search.ts';
import type { SearchRow } from './shape.ts';
import { startService, type TestService } from './testing/service.ts';
import { Writing } from './writing.ts';

let service: TestService;
before(async () => {
  service = await startService();
});
beforeEach(() => {
  service.requests.length = 0;
});
after(() => service.end());

const SAMPLES = { content: 'content', sourcePage: 'sourcepage', embedding: null, opensUnlisted: false };

function open(index: string): Promise<DocumentStore> {
  return openAzureSearch({ endpoint: service.endpoint, index, credential: { key: service.key }, samples: SAMPLES });
}

const asked = (what: string): number => service.requests.filter((request) => request.endsWith(what)).length;
const texts = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `word number ${i}`);

test('Writing: no more than 50 rows in a request', async () => {
  const store = await open('rows');
  service.requests.length = 0;
  await store.put(documentNamed('a.md', texts(50), {}, null), null);
  assert.equal(asked('search.index'), 2, 'passages, and the row of the document');
  service.requests.length = 0;
  await store.put(documentNamed('b.md', texts(101), {}, null), null);
  assert.equal(asked('search.index'), 4);
});

test('Writing: no more than 500 documents are asked about in a request', async () => {
  const store = await open('claims');
  service.requests.length = 0;
  const ids = Array.from({ length: 501 }, (_, i) => i.toString(16).padStart(32, '0'));
  await store.claim('folder', ids.slice(1));
  assert.equal(asked('search.post.search'), 1);
  await store.claim('folder', ids);
  assert.equal(asked('search.post.search'), 3);
});

test('Writing: a text that does not fit into a row is refused with the way out', async () => {
  const store = await open('long');
  const text = 'x'.repeat(2 * 2 ** 20);
  await store.put(documentNamed('a.md', ['x'], { text }, null), null);
  await assert.rejects(
    store.put(documentNamed('b.md', ['x'], { text: `${text}y` }, null), null),
    /b\.md: .* 2097153 characters are above 8388608 or 2097152, .* use the PostgreSQL store/,
  );
});

test('Writing: deletes in so many rounds and no more; what is left is there for nobody, and goes with the next change', async () => {
  const store = await open('rounds');
  const id = await store.put(documentNamed('a.md', texts(2_500), {}, null), null);
  const credential = new AzureKeyCredential(service.key);
  const options = { additionalPolicies: [LOCAL] };
  const indexes = new SearchIndexClient(service.endpoint, credential, options);
  const client = new SearchClient<SearchRow>(service.endpoint, 'rounds', credential, options);
  const writing = new Writing(indexes, client, { roundsMax: 2 });
  assert.equal(await writing.remove(id), true);
  assert.equal(await writing.count("kind eq 'chunk'"), 500);
  assert.deepEqual(await store.searchText('word', everything()), []);
  assert.deepEqual(await store.chunks(id, ADMIN), []);
  assert.equal(await writing.remove(id), false);
  assert.equal(await writing.count("kind eq 'chunk'"), 0);
});
