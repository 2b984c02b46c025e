import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerEvent } from '@spillway/chat';
import { askQuestion } from './question.ts';
import { type Behave, testServer } from './testing/server.ts';

type Body<E> = E extends unknown ? Omit<E, 'id'> : never;

const GATEWAY = { requestId: 'r', attempts: 2, decision: null, waitedMs: 0 };
const BEGUN = { type: 'begun', turnId: 't', conversationId: 'c-1' } as const;
const DELTA = { type: 'delta', text: 'At ten.' } as const;
const DONE = { type: 'done', turnId: 't', conversationId: 'c-1' } as const;
const by = (step: 'embed' | 'answer', deployment: string) =>
  ({ type: 'gateway', step, gateway: { ...GATEWAY, deployment } }) as const;

function lines(...events: ReadonlyArray<Body<AnswerEvent>>): Behave {
  return (_, response) => response.end(events.map((event, id) => `${JSON.stringify({ ...event, id })}\n`).join(''));
}

async function asking(behave: Behave, signal = new AbortController().signal) {
  const server = await testServer(behave);
  const reply = await askQuestion({ url: server.url, text: 'When?', conversationId: 'c-0', signal });
  server.close();
  return { reply, asked: server.asked };
}

test('askQuestion: asks in the conversation, and sees who answered from what', async () => {
  const { reply, asked } = await asking(
    lines(
      BEGUN,
      by('embed', 'openai2/embedding'),
      { type: 'waiting', retryAtMs: 1 },
      by('answer', 'openai3/answers'),
      DELTA,
      { type: 'citation', label: 'S1', at: 7 },
      DONE,
    ),
  );
  const sight = { kind: 'answered', servedBy: 'openai3/answers', isCited: true, waited: true };
  assert.deepEqual(reply, { conversationId: 'c-1', sight });
  assert.deepEqual(asked, [{ url: '/api/chat', body: '{"question":"When?","conversationId":"c-0"}' }]);
});

test('askQuestion: whatever a user would see as an error has failed', async () => {
  const error = { type: 'error', kind: 'throttled', message: 'No.', retryAfterMs: null } as const;
  const refuse: Behave = (_, response) => response.writeHead(503).end('x'.repeat(1_000));
  const rows: ReadonlyArray<readonly [string, Behave, RegExp]> = [
    ['an error event', lines(BEGUN, DELTA, error, DONE), /^throttled: No\.$/],
    ['no end', lines(BEGUN, DELTA), /broke off/],
    ['no text', lines(BEGUN, DONE), /was empty/],
    ['a refusal', refuse, /^HTTP 503: x{200}$/],
    ['a cut connection', (_, response) => response.destroy(), /fetch failed/],
    ['no JSON', (_, response) => response.end('oh\n'), /JSON/],
  ];
  for (const [name, behave, want] of rows) {
    const { sight } = (await asking(behave)).reply;
    assert.match(sight?.kind === 'failed' ? sight.why : String(sight?.kind), want, name);
  }
});

test('askQuestion: what is given up has neither answer nor error', async () => {
  const stop = new AbortController();
  const { reply } = await asking(() => stop.abort(), stop.signal);
  assert.deepEqual(reply, { conversationId: 'c-0', sight: null });
});
