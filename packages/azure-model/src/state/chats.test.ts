import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import type { Answer } from '../reply.ts';
import type { Resource } from '../resource.ts';
import { answered, NOW_MS, testRequest, testResource } from '../testing.ts';
import { RESPONSE_RETENTION_MS } from './responses.ts';

const PATH = '/openai/v1/chat/completions';

function bodyOf({ body }: Answer) {
  return body.kind === 'text' ? JSON.parse(body.text) : null;
}

function call(one: Resource, method: string, path: string, { query = '', body = '' as unknown, nowMs = NOW_MS } = {}) {
  const answer = answered(one, testRequest(body, { method, path: `${PATH}${path}`, query }), nowMs);
  return { status: answer.status, body: bodyOf(answer) };
}

/** @returns its id. */
function store(one: Resource, model = 'chat'): string {
  const messages = [
    { role: 'system', content: 'Be calm.' },
    { role: 'user', content: 'Say 5 words.' },
  ];
  const body = { model, messages, store: true, metadata: { team: 'water' } };
  const answer = answered(one, testRequest(body, { path: PATH, query: '' }));
  answer.work?.end(NOW_MS, null);
  return bodyOf(answer).id;
}

test('Chats: are listed oldest first, also those of one model alone', () => {
  const one = testResource(seededUnit);
  const ids = [store(one), store(one, 'own'), store(one)];
  const idsOf = (query: string): readonly string[] =>
    call(one, 'GET', '', { query }).body.data.map(({ id }: { id: string }) => id);
  assert.deepEqual(idsOf(''), ids);
  assert.deepEqual(idsOf('order=desc&limit=1'), [ids[2]]);
  assert.deepEqual(idsOf('model=gpt-4o-2024-05-13'), [ids[1]]);
});

test('Chats: keep what was asked, message by message', () => {
  const one = testResource(seededUnit);
  const id = store(one);
  const { data } = call(one, 'GET', `/${id}/messages`).body;
  assert.deepEqual(data, [
    { id: `${id}-0`, role: 'system', content: 'Be calm.' },
    { id: `${id}-1`, role: 'user', content: 'Say 5 words.' },
  ]);
  assert.deepEqual(call(one, 'GET', `/${id}`).body.metadata, { team: 'water' });
});

test('Chats: are kept as long as responses', () => {
  const one = testResource(seededUnit);
  const id = store(one);
  assert.equal(call(one, 'GET', `/${id}`, { nowMs: NOW_MS + RESPONSE_RETENTION_MS - 1 }).status, 200);
  assert.equal(call(one, 'GET', `/${id}`, { nowMs: NOW_MS + RESPONSE_RETENTION_MS }).status, 404);
});

test('Chats: refuse metadata that is none, and whatever is not there', () => {
  const one = testResource(seededUnit);
  assert.equal(call(one, 'POST', `/${store(one)}`, { body: { metadata: 'a' } }).status, 400);
  for (const [method, path] of [
    ['GET', '/x'],
    ['POST', '/x'],
    ['DELETE', '/x'],
    ['GET', '/x/messages'],
  ] as const) {
    assert.equal(call(one, method, path, { body: method === 'POST' ? {} : '' }).status, 404);
  }
});
