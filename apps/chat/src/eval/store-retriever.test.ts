import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { chunkDocument } from '@spillway/rag';
import { extract } from '../extract/extract.ts';
import { Refusal } from '../extract/extraction.ts';
import { openLocal } from '../store/local/local.ts';
import type { DocumentStore } from '../store/store.ts';
import { CORPUS_DOCUMENTS, documentsIn } from './corpus.ts';
import { evaluate } from './evaluate.ts';
import { storeRetriever } from './store-retriever.ts';

async function putCorpus(store: DocumentStore): Promise<void> {
  for (const path of documentsIn(CORPUS_DOCUMENTS)) {
    const original = readFileSync(join(CORPUS_DOCUMENTS, path));
    const read = await extract(path, original).catch((error: unknown) => {
      if (error instanceof Refusal) return null;
      throw error;
    });
    if (read === null) continue;
    const { title, language, pages } = read.extracted;
    const { text, chunks } = chunkDocument(read.extracted);
    const access = read.front.access ?? { users: [], groups: [] };
    const facts = { path, title, language, pages, category: read.front.category, hash: path, access };
    const file = { mediaType: read.mediaType, bytes: original.length, owner: null, indexedMs: 0, original, text };
    await store.put({ ...facts, ...file, chunks: chunks.map((chunk) => ({ ...chunk, vector: null })) }, null);
  }
}

test('storeRetriever: the local store holds the floors of the corpus', async (t) => {
  const { documents, conversations } = openLocal(':memory:');
  t.after(() => Promise.all([documents.close(), conversations.close()]));
  await putCorpus(documents);
  const options = { clock: new FakeClock(0), parallel: 1, asked: 'local', questions: null, before: null, out: null };
  const subject = { mode: 'search', retriever: storeRetriever(documents) } as const;
  const { misses } = await evaluate({ ...options, subject, floors: 'corpus' });
  assert.deepEqual(misses, []);
});

test('storeRetriever: asks on behalf of the groups, and without groups as one who may see all', async () => {
  const readers: unknown[] = [];
  const retriever = storeRetriever({
    async searchText(_query, { reader }) {
      readers.push(reader);
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
});
