import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { openLocal } from '../store/local/local.ts';
import { COLLECTION_FLOORS, COLLECTIONS, type Collection, collectionOf } from './collections.ts';
import { fill } from './fill.ts';
import { type Miss, missesOf } from './floors.ts';
import { runEvaluation } from './run.ts';
import { storeRetriever } from './store-retriever.ts';

/** By the local store, words alone. */
async function misses(t: TestContext, { files, questions }: Collection, hit5: number): Promise<readonly Miss[]> {
  const { documents, conversations } = openLocal(':memory:');
  t.after(() => Promise.all([documents.close(), conversations.close()]));
  assert.deepEqual(await fill(documents, files), []);
  const subject = { mode: 'search', retriever: storeRetriever(documents) } as const;
  const result = await runEvaluation({ subject, asked: 'local', questions, clock: new FakeClock(0), parallel: 1 });
  return missesOf(result, { search: { hit5 }, answers: {} });
}

/** Fewer would mean that a package's documents look different now, and that what is measured is something else. */
const SIZES = { markdownlint: [50, 50], fastify: [400, 140] } as const;

for (const name of COLLECTIONS) {
  const collection = collectionOf(name);
  const skip = collection === null && `${name} is not installed: it is a development dependency of apps/chat`;
  test(`collectionOf: the local store holds its floor for the documents of ${name}`, { skip }, async (t) => {
    assert.ok(collection !== null);
    const [files, questions] = SIZES[name];
    assert.ok(collection.files.length >= files && collection.questions.length >= questions);
    assert.deepEqual(await misses(t, collection, COLLECTION_FLOORS[name]), []);
  });
  test(`collectionOf: no document of ${name} holds the title it is asked by in a heading`, { skip }, () => {
    const texts = new Map(collection?.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
    const told = collection?.questions.filter(({ question, gold }) =>
      (texts.get(gold[0]?.file ?? '') ?? '')
        .split('\n')
        .some((line) => /^#{1,4}\s/.test(line) && line.endsWith(question)),
    );
    assert.deepEqual(told, []);
  });
}
