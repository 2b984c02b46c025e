import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { COPIES_MAX, HedgedSender } from './hedge.ts';
import type { Answered } from './sender.ts';
import { HandSender, runClockOf, SENT } from './testing.ts';

function stage() {
  const fake = new FakeClock();
  const clock = runClockOf(fake);
  const hand = new HandSender(clock);
  const ended: (readonly [class_: string, hedge: Answered['hedge'], endMs: number])[] = [];
  const sending = new HedgedSender(hand, clock, 200).send(SENT, (answered) =>
    ended.push([answered.class, answered.hedge, answered.endMs]),
  );
  const of = (at: number) => hand.open[at] ?? assert.fail(`no ${at}. under way`);
  return { fake, hand, ended, sending, of };
}

test('HedgedSender: what has begun to answer in time is sent once, however long it takes', () => {
  const { fake, hand, ended, of } = stage();
  fake.advance(199);
  of(0).begin();
  fake.advance(60_000);
  of(0).answer();
  assert.deepEqual([hand.sentMs, ended, fake.pending], [[0], [['ok', null, 60_199]], 0]);
});

test('HedgedSender: where nothing has begun a copy is sent, one and no more; the first to begin is read, the other cut off', () => {
  for (const [winner, hedge] of [
    [0, 'first'],
    [1, 'copy'],
  ] as const) {
    const { fake, hand, ended, of } = stage();
    fake.advance(10_000);
    assert.deepEqual([hand.sentMs, hand.open.length], [[0, 200], 1 + COPIES_MAX]);
    of(winner).begin();
    assert.deepEqual([hand.open.length, ended], [1, []], 'the other is cut off');
    fake.advance(50);
    of(0).answer();
    assert.deepEqual([ended, fake.pending], [[['ok', hedge, 10_050]], 0]);
  }
});

test('HedgedSender: a refusal before the copy is an answer; behind it, it waits for the copy', () => {
  const early = stage();
  early.of(0).begin(429);
  early.of(0).answer({ status: 429 });
  assert.deepEqual([early.ended, early.fake.pending], [[['throttled', null, 0]], 0]);

  const late = stage();
  late.fake.advance(200);
  late.of(0).begin(429);
  late.of(0).answer({ status: 429 });
  assert.deepEqual(late.ended, []);
  late.of(0).begin();
  late.of(0).answer();
  assert.deepEqual(late.ended, [['ok', 'copy', 200]]);

  const both = stage();
  both.fake.advance(200);
  both.of(1).answer({ status: 500, class: 'serverError' });
  both.of(0).answer({ status: 429 });
  assert.deepEqual(both.ended, [['throttled', 'first', 200]]);
});

test('HedgedSender: an answer that breaks behind its beginning is not replaced', () => {
  const { fake, ended, of } = stage();
  fake.advance(200);
  of(0).begin();
  of(0).answer({ class: 'broken' });
  assert.deepEqual(ended, [['broken', 'first', 200]]);
});

test('HedgedSender: cancelled, both end, and once', () => {
  for (const inMs of [0, 300]) {
    const { fake, hand, ended, sending } = stage();
    fake.advance(inMs);
    sending.cancel();
    fake.advance(1_000);
    assert.deepEqual([hand.open.length, ended.map(([class_]) => class_), fake.pending], [0, ['cancelled'], 0]);
  }
});
