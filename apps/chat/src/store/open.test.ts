import assert from 'node:assert/strict';
import test from 'node:test';
import { startService } from './azure-search/testing/service.ts';
import { openStores } from './open.ts';
import { documentNamed } from './samples.ts';

test('openStores: local keeps documents and conversations', async () => {
  const { documents, conversations } = await openStores({ kind: 'local', path: ':memory:' }, assert.fail);
  assert.equal(documents.name, 'local');
  assert.deepEqual(await conversations.list('ann', { search: null, limit: 1 }), []);
  await Promise.all([documents.close(), conversations.close()]);
});

test('openStores: with azure-search the documents are there, the conversations in the store named for them', async (t) => {
  const service = await startService();
  t.after(() => service.end());
  const samples = { content: 'content', sourcePage: 'sourcepage', embedding: null, opensUnlisted: false };
  const search = { endpoint: service.endpoint, index: 'docs', credential: { key: service.key }, samples };
  const settings = { kind: 'azure-search', search, conversations: { kind: 'local', path: ':memory:' } } as const;
  const { documents, conversations } = await openStores(settings, assert.fail);
  assert.equal(documents.name, 'azure-search');
  await documents.put(documentNamed('a.md', ['x']), 'model-a');
  const row = { id: 'c1', user: 'ann', title: 'x', isPinned: false, createdMs: 1, changedMs: 1 };
  await conversations.create(row);
  assert.deepEqual(await conversations.list('ann', { search: null, limit: 1 }), [row]);
  await Promise.all([documents.close(), conversations.close()]);
});

test('openStores: a server that is not there is told, whatever the engine', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/none';
  await assert.rejects(
    openStores({ kind: 'postgres', url }, () => {}),
    /^StoreError: postgres: opening failed/,
  );
});
