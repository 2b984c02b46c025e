import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { ABANDONED_MS_MAX, Answers, KEPT_MAX, type Make } from './answers.ts';

const never = () => new AbortController().signal;
const OF = { user: 'ann', conversationId: 'c' };

/** An answer that goes on until it is stopped. */
const untilStopped: Make = (log, signal) =>
  new Promise((resolve) => {
    log.push({ type: 'delta', text: 'a' });
    signal.addEventListener('abort', () => {
      log.push({ type: 'done', turnId: 't', conversationId: 'c' });
      resolve();
    });
  });

const atOnce: Make = async (log) => log.push({ type: 'done', turnId: 't', conversationId: 'c' });

function stage(answersMax = 10, keptMs = 1_000) {
  const clock = new FakeClock();
  return { clock, answers: new Answers({ clock, answersMax, keptMs }) };
}

test('answers: one that nobody reads any more is given up after a while, and not when a reader comes back', async () => {
  const { answers, clock } = stage();
  answers.start('t', OF, untilStopped);
  const leave = new AbortController();
  const first = answers.read('t', 'ann', 0, leave.signal)?.[Symbol.asyncIterator]();
  await first?.next();
  leave.abort();
  await first?.next();
  clock.advance(ABANDONED_MS_MAX - 1);
  const again = answers.read('t', 'ann', 1, never())?.[Symbol.asyncIterator]();
  const next = again?.next();
  await setImmediate();
  clock.advance(ABANDONED_MS_MAX);
  assert.equal(answers.answering('c', 'ann'), 't', 'somebody reads it');
  assert.equal(answers.stop('t', 'ann'), true);
  assert.equal((await next)?.value?.type, 'done');
  const other = stage();
  other.answers.start('t', OF, untilStopped);
  const gone = other.answers.read('t', 'ann', 0, never())?.[Symbol.asyncIterator]();
  await gone?.next();
  await gone?.return?.(undefined);
  other.clock.advance(ABANDONED_MS_MAX);
  await setImmediate();
  assert.equal(other.answers.running, 0);
});

test('answers: another user can neither read nor stop one', () => {
  const { answers } = stage();
  answers.start('t', OF, untilStopped);
  assert.equal(answers.read('t', 'bob', 0, never()), null);
  assert.equal(answers.stop('t', null), false);
  assert.equal(answers.answering('c', 'bob'), null);
  answers.stopAll();
});

test('answers: beyond the limit no further one is begun, until one has ended', async () => {
  const { answers } = stage(1);
  assert.equal(answers.start('a', OF, untilStopped), true);
  assert.equal(answers.start('b', OF, atOnce), false);
  answers.stop('a', 'ann');
  await setImmediate();
  assert.equal(answers.start('b', OF, atOnce), true);
});

test('answers: ended ones are kept for their time, and at most so many', async () => {
  const { answers, clock } = stage(KEPT_MAX + 10);
  answers.start('t', OF, atOnce);
  await setImmediate();
  assert.notEqual(answers.read('t', 'ann', 0, never()), null);
  clock.advance(1_000);
  assert.equal(answers.read('t', 'ann', 0, never()), null);
  for (let i = 0; i <= KEPT_MAX; i++) answers.start(`t${i}`, OF, atOnce);
  await setImmediate();
  assert.equal(answers.read('t0', 'ann', 0, never()), null);
  assert.notEqual(answers.read(`t${KEPT_MAX}`, 'ann', 0, never()), null);
});
