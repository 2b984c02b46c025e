import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WaitingSettings } from '../fleet.ts';
import { REQUEST_CLASSES, type RequestClass } from '../need.ts';
import { type Waiter, WaitRoom } from './wait-room.ts';

const SETTINGS: WaitingSettings = {
  maxMs: { interactive: 1_000, standard: 1_000, batch: 10_000 },
  waitersMax: 5,
  ageingMs: 100,
};

function place(of: RequestClass, untilMs = 10_000, isPromised = false) {
  return { class: of, untilMs, isPromised };
}

/** [name, who enters when, as class and time, '!' for promised; asked at, order]. */
const ORDERS: ReadonlyArray<readonly [name: string, enters: string, atMs: number, want: string]> = [
  ['classes before one another', 'b0 s0 i0', 0, 'i0 s0 b0'],
  ['within a class whoever came first', 'i2 s1 i5 s3', 5, 'i2 i5 s1 s3'],
  ['who was promised before everybody', 'i0 b1! i2 b3!', 3, 'b1! b3! i0 i2'],
  ['one class higher after each ageing', 's0 i50', 100, 's0 i50'],
  ['not a moment sooner', 's0 i50', 99, 'i50 s0'],
  ['two classes higher after two', 'b0 s120 i150', 200, 'b0 i150 s120'],
  ['and no higher than the highest', 'b0 i1 s5', 10_000, 'b0 i1 s5'],
];

for (const [name, enters, atMs, want] of ORDERS) {
  test(`WaitRoom: ${name}`, () => {
    const room = new WaitRoom<string>(SETTINGS);
    for (const who of enters.split(' ')) {
      const of = REQUEST_CLASSES.find(([letter]) => letter === who[0]) ?? 'standard';
      room.enter(who, place(of, 100_000, who.endsWith('!')), 0, Number.parseInt(who.slice(1), 10));
    }
    assert.equal(
      room
        .order(atMs)
        .map(({ item }) => item)
        .join(' '),
      want,
    );
    assert.equal(room.order(atMs, 1).length, 1);
  });
}

test('WaitRoom: refuses when it is full, and takes the next when one has left', () => {
  const room = new WaitRoom<number>(SETTINGS);
  const waiters = Array.from({ length: 5 }, (_, i) => room.enter(i, place('batch'), 0, i));
  assert.equal(room.enter(9, place('interactive'), 0, 9), null);
  const [first] = waiters;
  if (first) room.leave(first);
  assert.notEqual(room.enter(9, place('interactive'), 0, 9), null);
  assert.equal(room.size, 5);
});

test('WaitRoom: one client does not fill it, and who leaves gives back its share', () => {
  const room = new WaitRoom<number>({ ...SETTINGS, waitersMax: 8 });
  const enter = (client: string) => room.enter(0, { ...place('batch'), client }, 0, 0);
  const flood = Array.from({ length: 8 }, () => enter('flood'));
  assert.equal(flood.filter((waiter) => waiter !== null).length, 6);
  const [quiet] = [enter('quiet'), enter('quiet')];
  assert.equal(enter('another'), null);
  assert.ok(quiet);
  room.leave(quiet);
  room.leave(quiet);
  assert.equal(enter('flood'), null);
  assert.notEqual(enter('quiet'), null);
});

test('WaitRoom: gives up those whose time is over, and tells when the next one does', () => {
  const room = new WaitRoom<string>(SETTINGS);
  room.enter('late', place('interactive', 300), 200, 0);
  room.enter('soon', place('batch', 100), 500, 0);
  assert.equal(room.nextAtMs, 100);
  assert.equal(room.takeExpired(99), null);
  assert.equal(room.takeExpired(100)?.item, 'soon');
  assert.equal(room.takeExpired(100), null);
  assert.equal(room.nextAtMs, 200);
  room.triesAtMs = 250;
  assert.equal(room.nextAtMs, 250);
});

const STEPS = fc.array(
  fc.record({
    what: fc.constantFrom('enter', 'leave', 'expire'),
    of: fc.constantFrom(...REQUEST_CLASSES),
    isPromised: fc.boolean(),
    afterMs: fc.nat(60),
    boundMs: fc.nat(400),
    which: fc.nat(9),
  }),
  { maxLength: 40 },
);

test('WaitRoom: does as a plain list that is sorted anew each time; who has left leaves nothing behind', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const room = new WaitRoom<number>(SETTINGS);
      let model: Waiter<number>[] = [];
      let nowMs = 0;
      for (const [i, { what, of, isPromised, afterMs, boundMs, which }] of steps.entries()) {
        nowMs += afterMs;
        if (what === 'enter') {
          const waiter = room.enter(i, place(of, nowMs + boundMs, isPromised), nowMs, nowMs);
          assert.equal(waiter === null, model.length >= SETTINGS.waitersMax);
          if (waiter !== null) model.push(waiter);
        } else if (what === 'leave') {
          const gone = model[which];
          if (gone !== undefined) room.leave(gone);
          model = model.filter((waiter) => waiter !== gone);
        } else {
          for (let gone = room.takeExpired(nowMs); gone !== null; gone = room.takeExpired(nowMs)) {
            assert.ok(gone.wish.untilMs <= nowMs);
            model = model.filter((waiter) => waiter !== gone);
          }
          assert.ok(model.every(({ wish }) => wish.untilMs > nowMs));
        }
        const rank = (waiter: Waiter<number>) => room.rankOf(waiter, nowMs);
        const sorted = model.toSorted((a, b) => rank(a) - rank(b) || a.enteredMs - b.enteredMs);
        const order = room.order(nowMs);
        assert.deepEqual(
          order.map((waiter) => [rank(waiter), waiter.enteredMs]),
          sorted.map((waiter) => [rank(waiter), waiter.enteredMs]),
        );
        assert.deepEqual(new Set(order), new Set(model));
        assert.equal(room.size, model.length);
        for (const waiter of model) assert.equal(waiter.isIn, true);
      }
    }),
    { seed: 20261121 },
  );
});
