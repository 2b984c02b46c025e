import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all } from '../compat/ask.ts';
import { EVENT_CHARS_MAX, EVENTS_MAX, EventLog } from './event-log.ts';

const DONE = { type: 'done', turnId: 't', conversationId: 'c' } as const;
const never = () => new AbortController().signal;

test('eventLog: a reader that comes late, or was cut off anywhere, gets each event once and in order', async () => {
  for (let after = 0; after <= 4; after++) {
    const log = new EventLog();
    log.push({ type: 'delta', text: 'a' });
    log.push({ type: 'delta', text: 'b' });
    const reading = all(log.read(after, never()));
    log.push({ type: 'delta', text: 'c' });
    log.push(DONE);
    assert.deepEqual(
      (await reading).map(({ id }) => id),
      [1, 2, 3, 4].filter((id) => id > after),
      `after ${after}`,
    );
  }
});

test('eventLog: nothing comes behind the end, and a reader whose signal comes is let go', async () => {
  const log = new EventLog();
  const stop = new AbortController();
  const reading = all(log.read(0, stop.signal));
  stop.abort();
  assert.deepEqual(await reading, []);
  log.push(DONE);
  log.push({ type: 'delta', text: 'late' });
  assert.deepEqual(
    log.events.map(({ type }) => type),
    ['done'],
  );
});

test('eventLog: is full at its limits, and still takes how it ended', () => {
  const byChars = new EventLog();
  byChars.push({ type: 'delta', text: 'x'.repeat(EVENT_CHARS_MAX) });
  assert.equal(byChars.isFull, true);
  const byCount = new EventLog();
  for (let i = 0; i < EVENTS_MAX; i++) byCount.push({ type: 'delta', text: '' });
  assert.equal(byCount.isFull, true);
  byCount.push(DONE);
  assert.equal(byCount.hasEnded, true);
});
