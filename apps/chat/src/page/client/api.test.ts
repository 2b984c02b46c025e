import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerEvent } from '../../events.ts';
import { ANSWER_MS_MAX, Api, type Question, RESUME_MS, RESUMES_MAX } from './api.ts';

const QUESTION: Question = { question: 'q', conversationId: null, replaces: null, mode: 'chat', overrides: {} };
const BEGUN = { type: 'begun', turnId: 't1', conversationId: 'c1', id: 1 };
const DONE = { type: 'done', turnId: 't1', conversationId: 'c1', id: 9 };

/** Bodies to be answered with, in turn; a number is a refusal with that status, null nobody there. */
type Given = readonly object[] | number | null;

function setting(answers: readonly Given[]) {
  const asked: string[] = [];
  const waits: number[] = [];
  const signals: number[] = [];
  const api = new Api({
    fetch: (path) => {
      const given = answers[asked.push(path) - 1] ?? null;
      if (given === null) return Promise.reject(new TypeError('nobody there'));
      if (typeof given === 'number') return Promise.resolve(refused(given));
      return Promise.resolve(new Response(given.map((event) => `${JSON.stringify(event)}\n`).join('')));
    },
    after: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    signalAfter: (ms) => {
      signals.push(ms);
      return new AbortController().signal;
    },
  });
  return { api, asked, waits, signals };
}

function refused(status: number): Response {
  return new Response(JSON.stringify({ error: { code: 'c', message: 'why', retryAfterMs: 700 } }), { status });
}

async function follow(answers: readonly Given[]) {
  const { api, asked, waits } = setting(answers);
  const events: AnswerEvent[] = [];
  const onEvent = (event: AnswerEvent): void => void events.push(event);
  const end = await api.ask(QUESTION, { onEvent, signal: new AbortController().signal });
  return { end, asked, waits, ids: events.map(({ id }) => id) };
}

const delta = (id: number): object => ({ type: 'delta', text: 'x', id });

test('Api.ask: tells each event, and ends with the last one', async () => {
  const { end, ids } = await follow([[BEGUN, delta(2), DONE]]);
  assert.deepEqual([end, ids], [{ kind: 'ended' }, [1, 2, 9]]);
});

test('Api.ask: passes over what it does not know and what is no event', async () => {
  const { ids } = await follow([[BEGUN, { type: 'dance', id: 2 }, { type: 'delta', id: 3 }, { id: 4 }, DONE]]);
  assert.deepEqual(ids, [1, 9]);
});

test('Api.ask: a stream that was cut is gone on with behind its last event', async () => {
  const { end, asked, waits, ids } = await follow([[BEGUN, delta(2)], null, [delta(3), DONE]]);
  assert.deepEqual(end, { kind: 'ended' });
  assert.deepEqual(asked, ['/api/chat', '/api/chat/t1/stream?after=2', '/api/chat/t1/stream?after=2']);
  assert.deepEqual(waits, [RESUME_MS, 2 * RESUME_MS]);
  assert.deepEqual(ids, [1, 2, 3, 9]);
});

test('Api.ask: is given up after so many times without a word', async () => {
  const { end, asked } = await follow([[BEGUN]]);
  assert.deepEqual(end, { kind: 'gone' });
  assert.equal(asked.length, 1 + RESUMES_MAX);
});

test('Api.ask: an answer that is not kept any more is not asked for again', async () => {
  const { end, asked } = await follow([[BEGUN], 404]);
  assert.deepEqual([end.kind, asked.length], ['refused', 2]);
});

test('Api.ask: a question is never sent twice where nobody answered', async () => {
  const { end, asked } = await follow([null, [BEGUN, DONE]]);
  assert.deepEqual([end, asked.length], [{ kind: 'gone' }, 1]);
});

test('Api.ask: a refusal is told as it was, with its wait', async () => {
  const { end } = await follow([429]);
  assert.deepEqual(end, { kind: 'refused', status: 429, code: 'c', message: 'why', retryAfterMs: 700 });
});

test('Api: what is not of its shape is never taken for an answer', async () => {
  const { api } = setting([[{ surprise: true }], 401, null]);
  assert.equal((await api.conversation('a/b')).kind, 'refused');
  assert.deepEqual(await api.me(), { kind: 'locked', code: 'c', message: 'why' });
  assert.deepEqual(await api.config(), { kind: 'gone' });
});

test('Api: names in paths are escaped', async () => {
  const { api, asked } = setting([]);
  await api.conversation('a/../b');
  await api.text('ä?');
  assert.deepEqual(asked, ['/api/conversations/a%2F..%2Fb', '/api/documents/%C3%A4%3F/text']);
});

test('Api: no answer is waited for longer than its limit', async () => {
  const { api, signals } = setting([]);
  await api.me();
  assert.deepEqual(signals, [ANSWER_MS_MAX]);
});
