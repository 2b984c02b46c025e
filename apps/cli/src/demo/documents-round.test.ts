import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { Board } from './board.ts';
import type { Indexed } from './chat-app.ts';
import { DOCUMENTS_MS_MAX, playDocuments } from './documents-round.ts';
import { planLoad } from './load.ts';
import { type Behave, testServer } from './testing/server.ts';

const INDEXED: Indexed = { documents: 27, passages: 131, skipped: [], failure: null };
const ANSWER =
  '{"id":1,"type":"begun","turnId":"t","conversationId":"c"}\n' +
  '{"id":2,"type":"gateway","step":"answer","gateway":{"deployment":"openai3/answers"}}\n' +
  '{"id":3,"type":"delta","text":"a"}\n{"id":4,"type":"done"}\n';
const NEVER = new Promise<never>(() => {});

async function setUp(behave: Behave, indexed: Promise<Indexed>) {
  const server = await testServer(behave);
  const clock = new FakeClock();
  const board = new Board(planLoad(1), clock.nowMs(), []);
  const done: string[] = [];
  const throttled = Promise.withResolvers<void>();
  const throttle = async () => {
    done.push(`throttled with ${board.chat().indexed?.documents} documents`);
    throttled.resolve();
  };
  const chat = { url: server.url, indexed, close: async () => {} };
  return { server, clock, board, done, throttled: throttled.promise, stage: { chat, throttle } };
}

/** Lets what has been resolved run on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('playDocuments: waits for the index, throttles, and then has every question asked', async () => {
  const index = Promise.withResolvers<Indexed>();
  const { server, clock, board, done, throttled, stage } = await setUp((_, res) => res.end(ANSWER), index.promise);
  const playing = playDocuments({ stage, board, clock, asked: NEVER });
  await turn();
  assert.deepEqual([done, server.asked.length, board.phase], [[], 0, 'documents']);
  index.resolve(INDEXED);
  await throttled;
  await turn();
  clock.advance(5_000);
  assert.equal(await playing, 'played');
  server.close();
  const { planned, asked, answered, moved } = board.chat();
  assert.deepEqual([asked, answered, moved], [planned, planned, planned]);
  assert.deepEqual(done, ['throttled with 27 documents']);
});

test('playDocuments: without an index in time it ends, and nothing is throttled', async () => {
  const { server, clock, board, done, stage } = await setUp((_, res) => res.end(ANSWER), NEVER);
  const playing = playDocuments({ stage, board, clock, asked: NEVER });
  clock.advance(DOCUMENTS_MS_MAX);
  assert.equal(await playing, 'played');
  assert.deepEqual([board.chat().indexed, done], [null, []]);
  server.close();
});

test('playDocuments: without answers in time it ends, gives up what is asked, and asks no more', async () => {
  const { users } = new Board(planLoad(1), 0, []).chat();
  const arrived = Promise.withResolvers<void>();
  const givenUp = Promise.withResolvers<void>();
  const open = new Set<object>();
  const silent: Behave = (_, response) => {
    open.add(response);
    if (open.size === users) arrived.resolve();
    response.once('close', () => {
      open.delete(response);
      if (open.size === 0) givenUp.resolve();
    });
  };
  const { server, clock, board, throttled, stage } = await setUp(silent, Promise.resolve(INDEXED));
  const playing = playDocuments({ stage, board, clock, asked: NEVER });
  await throttled;
  await turn();
  clock.advance(DOCUMENTS_MS_MAX - 1);
  await arrived.promise;
  clock.advance(1);
  assert.equal(await playing, 'played');
  await givenUp.promise;
  const { asked, answered, errors } = board.chat();
  assert.deepEqual([asked, answered, errors], [users, 0, 0]);
  server.close();
});

test('playDocuments: a visitor who has seen enough ends it', async () => {
  const { server, clock, board, stage } = await setUp((_, res) => res.end(ANSWER), NEVER);
  assert.equal(await playDocuments({ stage, board, clock, asked: Promise.resolve() }), 'stopped');
  server.close();
});
