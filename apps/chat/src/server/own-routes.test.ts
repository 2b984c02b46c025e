import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { EXPORTED_MAX } from './own-routes.ts';
import { started } from './testing/chat.ts';

const PROXY = { SPILLWAY_CHAT_AUTH: 'proxy' };
const as = (user: string) => ({ 'x-forwarded-user': user });

async function withAnn(t: Parameters<typeof started>[0]) {
  const app = await started(t, new FakeModels(['Yes [S1].'], ['No.']), { env: PROXY, documents: { 'o.md': '# O' } });
  const form = new FormData();
  form.set('file', new File(['# Pets\n\nDogs may come.\n'], 'pets.md'));
  const { job } = await (await app.send('/api/documents', { method: 'POST', body: form, headers: as('ann') })).json();
  await app.chat.parts.queue.ended(job.id);
  for (const question of ['May dogs come?', 'And cats?'])
    await (await app.post('/api/chat', { question }, as('ann'))).text();
  return app;
}

test('ownRoutes: what is kept of a user is counted, for that user alone', async (t) => {
  const { send } = await withAnn(t);
  const data = async (user: string) => (await send('/api/me/data', { headers: as(user) })).json();
  const nothing = { conversations: 0, questions: 0, rated: 0, shared: 0, documents: 0, documentBytes: 0 };
  assert.deepEqual(await data('ann'), { ...nothing, conversations: 2, questions: 2, documents: 1, documentBytes: 23 });
  assert.deepEqual(await data('bob'), nothing);
  assert.equal((await send('/api/me/data')).status, 401);
  assert.equal((await send('/api/me/export')).status, 401);
});

test('ownRoutes: one file holds all conversations with their turns, and what was uploaded', async (t) => {
  const { send } = await withAnn(t);
  const answer = await send('/api/me/export', { headers: as('ann') });
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="spillway-chat.json"');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const { user, conversations, documents, isWhole } = await answer.json();
  assert.deepEqual([user, isWhole, documents.length, documents[0].title], ['ann', true, 1, 'Pets']);
  const said = conversations.map(({ turns }: { turns: { question: string; answer: string }[] }) =>
    turns.map(({ question, answer: text }) => `${question} ${text}`),
  );
  assert.deepEqual(said.flat().sort(), ['And cats? No.', 'May dogs come? Yes.']);
  const { conversations: none } = await (await send('/api/me/export', { headers: as('bob') })).json();
  assert.deepEqual(none, []);
});

test('ownRoutes: of more conversations than go into one file it says that there are more', async (t) => {
  const { send, chat } = await withAnn(t);
  const row = { user: 'ann', title: 't', isPinned: false, createdMs: 1, changedMs: 1 };
  let asked = 0;
  t.mock.method(
    chat.parts.conversations,
    'list',
    async (_: string, { limit, skip = 0 }: { limit: number; skip?: number }) => {
      asked += limit;
      return Array.from({ length: limit }, (__, i) => ({ ...row, id: `c${skip + i}` }));
    },
  );
  t.mock.method(chat.parts.conversations, 'read', async () => null);
  const { isWhole } = await (await send('/api/me/export', { headers: as('ann') })).json();
  assert.equal(isWhole, false);
  assert.ok(asked <= EXPORTED_MAX + 1_000, `${asked}`);
});
