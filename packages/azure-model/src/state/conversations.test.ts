import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ids } from '../ids.ts';
import type { ServiceCall } from '../service.ts';
import { CONVERSATION_CHARS_MAX, CONVERSATION_ITEMS_MAX, Conversations } from './conversations.ts';
import { Store } from './store.ts';

const NOW_MS = 1_772_323_198_987.25;

function call(method: string, path: string, body?: unknown): ServiceCall {
  const context = { ids: new Ids(9), dialect: '2026', region: 'East US', clientRequestId: undefined } as const;
  return {
    method,
    segments: path.split('/'),
    deployment: null,
    dialect: 'v1',
    apiVersion: 'v1',
    query: () => null,
    body,
    form: null,
    header: () => undefined,
    context,
    headers: [],
    nowMs: NOW_MS,
  };
}

function answered(conversations: Conversations, ...asked: Parameters<typeof call>) {
  const answer = conversations.service.answer(call(...asked));
  return answer?.body.kind === 'text' ? { status: answer.status, ...JSON.parse(answer.body.text) } : null;
}

function conversations(store = new Store()): { readonly all: Conversations; readonly id: string } {
  const all = new Conversations({ store, ids: new Ids(1) });
  return { all, id: answered(all, 'POST', 'conversations').id };
}

function message(content: string): Record<string, unknown> {
  return { role: 'user', content };
}

test('Conversations: items keep the ids that they have, and get one where they have none', () => {
  const { all, id } = conversations();
  const added = all.add(id, [message('One.'), { id: 'fc_1', type: 'function_call', call_id: 'c' }], NOW_MS) ?? [];
  assert.match(added[0]?.id ?? '', /^msg_[0-9a-f]{48}$/);
  assert.equal(added[1]?.id, 'fc_1');
  assert.deepEqual(all.items(id, NOW_MS), added);
  assert.equal(all.add('conv_1', [message('One.')], NOW_MS), null);
});

test('Conversations: of too many items the oldest are forgotten', () => {
  const { all, id } = conversations();
  all.add(
    id,
    Array.from({ length: CONVERSATION_ITEMS_MAX }, (_, n) => ({ id: `i${n}`, type: 'x' })),
    NOW_MS,
  );
  all.add(id, [{ id: 'last', type: 'x' }], NOW_MS);
  const items = all.items(id, NOW_MS) ?? [];
  assert.deepEqual([items.length, items[0]?.id, items.at(-1)?.id], [CONVERSATION_ITEMS_MAX, 'i1', 'last']);
});

test('Conversations: so they are where they are too long together', () => {
  const { all, id } = conversations();
  const half = 'x'.repeat(CONVERSATION_CHARS_MAX / 2 - 200);
  for (const name of ['a', 'b', 'c']) all.add(id, [{ id: name, type: 'x', text: half }], NOW_MS);
  assert.deepEqual(
    all.items(id, NOW_MS)?.map((item) => item.id),
    ['b', 'c'],
  );
});

test('Conversations: after a restart what was kept is there, and new ids are new', () => {
  const store = new Store();
  const { all, id } = conversations(store);
  all.add(id, [message('One.')], NOW_MS);
  const again = conversations(store);
  assert.notEqual(again.id, id);
  assert.equal(again.all.items(id, NOW_MS)?.length, 1);
  again.all.add(id, [message('Two.')], NOW_MS);
  assert.equal(new Set(again.all.items(id, NOW_MS)?.map((item) => item.id)).size, 2);
});

const REFUSED: ReadonlyArray<readonly [name: string, method: string, path: string, body: unknown, status: number]> = [
  ['items that are no list', 'POST', 'conversations', { items: {} }, 400],
  ['items that are no objects', 'POST', 'conversations', { items: ['a'] }, 400],
  ['more than 20 items', 'POST', 'conversations', { items: Array.from({ length: 21 }, () => ({})) }, 400],
  ['metadata that is no object', 'POST', 'conversations', { metadata: 'a' }, 400],
  ['a body that is no object', 'POST', 'conversations', [], 400],
  ['a conversation that is not there', 'GET', 'conversations/conv_1', undefined, 404],
  ['a change of one that is not there', 'POST', 'conversations/conv_1', {}, 404],
  ['deleting one that is not there', 'DELETE', 'conversations/conv_1', undefined, 404],
  ['items of one that is not there', 'GET', 'conversations/conv_1/items', undefined, 404],
  ['items for one that is not there', 'POST', 'conversations/conv_1/items', { items: [] }, 404],
  ['an item of one that is not there', 'GET', 'conversations/conv_1/items/msg_1', undefined, 404],
  ['deleting an item of one that is not there', 'DELETE', 'conversations/conv_1/items/msg_1', undefined, 404],
];

for (const [name, method, path, body, status] of REFUSED) {
  test(`Conversations: refuses ${name}`, () => {
    const answer = answered(conversations().all, method, path, body);
    assert.equal(answer?.status, status);
    assert.equal(answer?.error.type, 'invalid_request_error');
  });
}
