import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { openLocal } from '../store/local/local.ts';
import { CORPUS_DOCUMENTS, documentsIn } from './corpus.ts';
import { evaluate } from './evaluate.ts';
import { fill } from './fill.ts';
import { storeRetriever } from './store-retriever.ts';

const corpus = () =>
  documentsIn(CORPUS_DOCUMENTS).map((path) => ({ path, bytes: readFileSync(join(CORPUS_DOCUMENTS, path)) }));

test('storeRetriever: the local store holds the floors of the corpus', async (t) => {
  const { documents, conversations } = openLocal(':memory:');
  t.after(() => Promise.all([documents.close(), conversations.close()]));
  assert.deepEqual(await fill(documents, corpus()), ['scanned-inventory.pdf']);
  const options = { clock: new FakeClock(0), parallel: 1, asked: 'local', questions: null, before: null, out: null };
  const subject = { mode: 'search', retriever: storeRetriever(documents) } as const;
  const { misses } = await evaluate({ ...options, subject, floors: 'corpus' });
  assert.deepEqual(misses, []);
});

test('storeRetriever: asks on behalf of the groups, and without groups as one who may see all', async () => {
  const readers: unknown[] = [];
  const tops: number[] = [];
  const retriever = storeRetriever({
    async searchText(_query, { reader, top }) {
      readers.push(reader);
      tops.push(top);
      return [];
    },
  });
  const { signal } = new AbortController();
  await retriever.retrieve({ question: 'q', history: [], groups: ['guest'] }, 5, signal);
  await retriever.retrieve({ question: 'q', history: [], groups: null }, 5, signal);
  assert.deepEqual(readers, [
    { user: null, groups: ['guest'], isAdmin: false },
    { user: null, groups: [], isAdmin: true },
  ]);
  assert.deepEqual(tops, [50, 50], 'candidates, of which five are taken');
});
