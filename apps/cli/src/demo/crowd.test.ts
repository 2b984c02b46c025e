import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { ChatSight } from './chat-tally.ts';
import { playCrowd } from './crowd.ts';
import { CONVERSATIONS, EXAMPLES } from './crowd-questions.ts';
import { type Behave, testServer } from './testing/server.ts';

const ANSWER =
  '{"id":1,"type":"begun","turnId":"t","conversationId":"c"}\n{"id":2,"type":"delta","text":"a"}\n{"id":3,"type":"done"}\n';

async function crowd(behave: Behave, conversations: ReadonlyArray<readonly string[]>, stop = new AbortController()) {
  const server = await testServer(behave);
  const clock = new FakeClock();
  const sights: string[] = [];
  const see = (sight: ChatSight) => sights.push(sight.kind);
  const playing = playCrowd({ url: server.url, conversations, clock, see, signal: stop.signal });
  clock.advance(60_000);
  await playing;
  server.close();
  return { sights, asked: server.asked.map(({ body }) => body) };
}

test('playCrowd: each user asks one question after the other, in one conversation', async () => {
  const { sights, asked } = await crowd((_, response) => response.end(ANSWER), [['a1', 'a2'], ['b1']]);
  assert.deepEqual(sights.toSorted(), ['answered', 'answered', 'answered', 'asked', 'asked', 'asked']);
  assert.deepEqual(asked.toSorted(), [
    '{"question":"a1","conversationId":null}',
    '{"question":"a2","conversationId":"c"}',
    '{"question":"b1","conversationId":null}',
  ]);
  assert.ok(asked.findIndex((body) => body.includes('a1')) < asked.findIndex((body) => body.includes('a2')));
});

test('playCrowd: an error is seen, and the user goes on in a new conversation', async () => {
  const behave: Behave = ({ body }, response) =>
    body.includes('a1') ? response.writeHead(500).end('oh') : response.end(ANSWER);
  const { sights, asked } = await crowd(behave, [['a1', 'a2']]);
  assert.deepEqual(sights, ['asked', 'failed', 'asked', 'answered']);
  assert.equal(asked[1], '{"question":"a2","conversationId":null}');
});

test('playCrowd: once stopped, nothing more is asked, and what is given up is not seen', async () => {
  const stop = new AbortController();
  const { sights, asked } = await crowd(() => stop.abort(), [['a1', 'a2']], stop);
  assert.deepEqual([sights, asked.length], [['asked'], 1]);
});

test('CONVERSATIONS: ten users with questions of their own, among them the examples', () => {
  const all = CONVERSATIONS.flat();
  assert.equal(CONVERSATIONS.length, 10);
  assert.equal(new Set(all).size, all.length);
  for (const example of EXAMPLES) assert.ok(all.includes(example), example);
});
