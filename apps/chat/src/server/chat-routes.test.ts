import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeModels } from '../answer/testing/fake-models.ts';
import { TURNS_MAX } from './chat-routes.ts';
import { started } from './testing/chat.ts';

test('chatRoutes: a conversation takes so many questions and no more, since all of it is read with each', async (t) => {
  const { chat, post } = await started(t, new FakeModels(['x']));
  const { conversations } = chat.parts;
  const row = { user: 'local', title: 'long', isPinned: false, createdMs: 1, changedMs: 1 };
  await conversations.create({ id: 'long', ...row });
  const turn = { conversation: 'long', replaces: null, question: 'q', answer: 'a', details: '[]', feedback: null };
  for (let i = 1; i < TURNS_MAX; i++) await conversations.addTurn({ id: `t${i}`, ...turn, createdMs: i }, 'local');
  const last = await post('/api/chat', { question: 'Hi', conversationId: 'long' });
  assert.match(await last.text(), /"done"/);
  const beyond = await post('/api/chat', { question: 'Hi', conversationId: 'long' });
  assert.deepEqual([beyond.status, (await beyond.json()).error.code], [409, 'conversationFull']);
});

test('chatRoutes: a question of 80 letters is the title of its conversation as a whole, a longer one is cut', async (t) => {
  const { send, post } = await started(t, new FakeModels(['x']));
  for (const length of [80, 81]) await (await post('/api/chat', { question: 'q'.repeat(length) })).text();
  const { conversations } = await (await send('/api/conversations')).json();
  const titles = conversations.map(({ title }: { readonly title: string }) => title).toSorted();
  assert.deepEqual(titles, ['q'.repeat(80), `${'q'.repeat(79)}…`].toSorted());
});
