import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '@spillway/clock';
import { queueLimits, RETRY_MS, RETRY_MS_MAX, SpanQueue, TRIES_MAX } from './queue.ts';
import type { Delivery } from './sender.ts';

const TAKEN: Delivery = { kind: 'taken', body: new Uint8Array() };
const LATER: Delivery = { kind: 'later', reason: 'ECONNREFUSED', afterMs: null };

/** A queue of numbers, and a collector that answers when the test says so. */
function stage(limits: Partial<ReturnType<typeof queueLimits>> = {}) {
  const clock = new FakeClock();
  const batches: string[] = [];
  const warned: string[] = [];
  const answers: ((delivery: Delivery) => void)[] = [];
  let isClosed = false;
  const queue = new SpanQueue<number>({
    limits: { spansMax: 4, batchMax: 2, delayMs: 5_000, ...limits },
    clock,
    write: (spans) => Buffer.from(spans.join()),
    leftOut: (answer) => answer.length,
    warn: (what, reason) => warned.push(`${what}: ${reason}`),
    sender: {
      send: (batch) => {
        batches.push(Buffer.from(batch).toString());
        const answer = Promise.withResolvers<Delivery>();
        answers.push(answer.resolve);
        return answer.promise;
      },
      close: () => {
        isClosed = true;
      },
    },
  });
  const answer = async (delivery: Delivery) => {
    answers.shift()?.(delivery);
    await setImmediate();
  };
  const add = (...spans: readonly number[]) => {
    for (const span of spans) queue.add(span);
  };
  return { clock, batches, warned, queue, answer, add, isClosed: () => isClosed };
}

test('SpanQueue: a full batch goes at once, the rest when its time has come, one at a time', async () => {
  const { add, answer, batches, clock, queue } = stage();
  add(1);
  assert.deepEqual(batches, []);
  add(2, 3);
  assert.deepEqual(batches, ['1,2']);
  clock.advance(60_000);
  assert.deepEqual(batches, ['1,2'], 'the first is still under way');
  await answer(TAKEN);
  clock.advance(4_999);
  assert.deepEqual(batches, ['1,2']);
  clock.advance(1);
  assert.deepEqual(batches, ['1,2', '3']);
  await answer(TAKEN);
  assert.deepEqual(queue.counts, { sent: 3, dropped: 0, failed: 0 });
});

test('SpanQueue: what does not fit is dropped, counted, and told once until there is room again', async () => {
  const { add, answer, batches, queue, warned } = stage();
  add(1, 2, 3, 4, 5, 6, 7, 8);
  assert.deepEqual([queue.counts.dropped, warned], [2, ['full: 4 spans wait']]);
  await answer(TAKEN);
  await answer(TAKEN);
  await answer(TAKEN);
  assert.deepEqual(batches, ['1,2', '3,4', '5,6']);
  add(9, 10, 11, 12, 13, 14, 15);
  assert.deepEqual([queue.counts.dropped, warned.length], [3, 2]);
});

test('SpanQueue: a collector that is down is asked again a few times, told of once, and its spans are counted', async () => {
  const { add, answer, batches, clock, queue, warned } = stage();
  add(1, 2);
  for (let tries = 1; tries < TRIES_MAX; tries++) {
    await answer(LATER);
    clock.advance(RETRY_MS * 2 ** (tries - 1) - 1);
    await setImmediate();
    assert.equal(batches.length, tries);
    clock.advance(1);
    await setImmediate();
    assert.equal(batches.length, tries + 1);
  }
  await answer(LATER);
  assert.deepEqual(queue.counts, { sent: 0, dropped: 0, failed: 2 });
  assert.deepEqual(warned, ['unsent: ECONNREFUSED']);
  add(3, 4);
  await answer(TAKEN);
  add(5, 6);
  await answer({ kind: 'refused', reason: 'status 400' });
  assert.deepEqual(warned, ['unsent: ECONNREFUSED', 'unsent: status 400'], 'it was mended in between');
  assert.deepEqual(queue.counts, { sent: 2, dropped: 0, failed: 4 });
});

test('SpanQueue: a collector may say when to come back, within a limit', async () => {
  const { add, answer, batches, clock } = stage();
  add(1, 2);
  await answer({ kind: 'later', reason: 'status 429', afterMs: 86_400_000 });
  clock.advance(RETRY_MS_MAX - 1);
  await setImmediate();
  assert.equal(batches.length, 1);
  clock.advance(1);
  await setImmediate();
  assert.equal(batches.length, 2);
});

test('SpanQueue: spans that the collector says it left out have failed', async () => {
  const { add, answer, queue } = stage();
  add(1, 2);
  await answer({ kind: 'taken', body: new Uint8Array(1) });
  add(3, 4);
  await answer({ kind: 'taken', body: new Uint8Array(9) });
  assert.deepEqual(queue.counts, { sent: 1, dropped: 0, failed: 3 });
});

test('SpanQueue: at the end all that waits is sent, in batches, and nothing is taken any more, nor told of', async () => {
  const { add, answer, batches, queue, isClosed, warned } = stage();
  add(1, 2, 3, 4, 5);
  const closed = queue.close(5_000);
  for (let batch = 1; batch <= 3; batch++) await answer(TAKEN);
  await closed;
  assert.deepEqual([batches, isClosed()], [['1,2', '3,4', '5'], true]);
  add(6);
  assert.deepEqual(queue.counts, { sent: 5, dropped: 1, failed: 0 });
  assert.deepEqual(warned, []);
});

test('SpanQueue: the end waits no longer than it may for a silent collector, nor for another try', async () => {
  const silent = stage();
  silent.add(1, 2, 3);
  let isOver = false;
  const closed = silent.queue.close(5_000).then(() => {
    isOver = true;
  });
  silent.clock.advance(4_999);
  await setImmediate();
  assert.equal(isOver, false);
  silent.clock.advance(1);
  await closed;
  assert.equal(silent.isClosed(), true);
  assert.equal(silent.queue.counts.dropped, 1, 'one was never sent');

  const down = stage();
  down.add(1, 2);
  await down.answer(LATER);
  const ended = down.queue.close(5_000);
  await setImmediate();
  assert.equal(down.batches.length, 2, 'one last try, at once');
  await down.answer(LATER);
  await ended;
  assert.deepEqual(down.queue.counts, { sent: 0, dropped: 0, failed: 2 });
});

test('queueLimits: are those of the specification unless set, and a batch is no larger than the queue', () => {
  assert.deepEqual(queueLimits({}), { spansMax: 2_048, batchMax: 512, delayMs: 5_000 });
  assert.deepEqual(queueLimits({ OTEL_BSP_MAX_QUEUE_SIZE: '8', OTEL_BSP_SCHEDULE_DELAY: '10' }), {
    spansMax: 8,
    batchMax: 8,
    delayMs: 10,
  });
});
