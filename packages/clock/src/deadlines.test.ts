import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Clock } from './clock.ts';
import { Deadline, Deadlines, TICK_MS } from './deadlines.ts';
import { FakeClock } from './fake.ts';

/** A turn of the wheel: a deadline further off shares its slot with nearer ones. */
const TURN_MS = 512 * TICK_MS;

function setUp() {
  const clock = new FakeClock();
  const startMs = clock.nowMs();
  const deadlines = new Deadlines(clock);
  /** When each deadline was met, from the start on. */
  const met = new Map<string, number[]>();
  const make = (name: string, also: () => void = () => {}) => {
    met.set(name, []);
    return new Deadline(() => {
      met.get(name)?.push(clock.nowMs() - startMs);
      also();
    });
  };
  const set = (deadline: Deadline, delayMs: number) => deadlines.set(deadline, clock.nowMs(), delayMs);
  return { clock, deadlines, met, make, set };
}

const DISTANCES = [
  0,
  1,
  TICK_MS - 0.25,
  TICK_MS,
  TICK_MS + 0.25,
  1_000,
  TURN_MS - 1,
  TURN_MS,
  TURN_MS + 1,
  3 * TURN_MS + 7,
];

for (const delayMs of DISTANCES) {
  test(`Deadlines: one ${delayMs} ms off is met once, never early, a tick late at most`, () => {
    const { clock, deadlines, met, make, set } = setUp();
    set(make('a'), delayMs);
    assert.equal(deadlines.size, 1);
    for (let elapsedMs = 0; elapsedMs < delayMs + 2 * TICK_MS; elapsedMs += 0.25 + TICK_MS / 3)
      clock.advance(0.25 + TICK_MS / 3);
    const [metMs, ...more] = met.get('a') ?? [];
    assert.ok(metMs !== undefined && metMs >= delayMs && metMs <= delayMs + TICK_MS, `met at ${metMs}`);
    assert.deepEqual(more, []);
    assert.equal(deadlines.size, 0);
    assert.equal(clock.pending, 0, 'an empty wheel does not tick');
  });
}

test('Deadlines.drop: it is not met; dropping twice, or what was never set, is harmless', () => {
  const { clock, deadlines, met, make, set } = setUp();
  const [a, b] = [make('a'), make('b')];
  set(a, 100);
  deadlines.drop(a);
  deadlines.drop(a);
  deadlines.drop(b);
  assert.equal(deadlines.size, 0);
  clock.advance(TURN_MS);
  assert.deepEqual(met.get('a'), []);
});

test('Deadlines.set: moves a deadline, to later and to earlier', () => {
  const { clock, deadlines, met, make, set } = setUp();
  const [later, earlier] = [make('later'), make('earlier')];
  set(later, 100);
  set(earlier, 10_000);
  set(later, 10_000);
  set(earlier, 100);
  assert.equal(deadlines.size, 2);
  clock.advance(150);
  assert.equal(met.get('earlier')?.length, 1);
  assert.deepEqual(met.get('later'), []);
  clock.advance(10_000);
  assert.equal(met.get('later')?.length, 1);
});

test('Deadlines: a callback may drop another that falls due at the same tick', () => {
  const { clock, deadlines, met, make, set } = setUp();
  const b = make('b');
  set(
    make('a', () => deadlines.drop(b)),
    100,
  );
  set(b, 100);
  clock.advance(1_000);
  assert.deepEqual(met.get('b'), []);
});

test('Deadlines: a callback may move another that falls due at the same tick, which is then not met early', () => {
  const { clock, met, make, set } = setUp();
  const b = make('b');
  set(
    make('a', () => set(b, 5_000)),
    100,
  );
  set(b, 100);
  clock.advance(1_000);
  assert.deepEqual(met.get('b'), []);
  clock.advance(5_000);
  const [metMs] = met.get('b') ?? [];
  assert.ok(metMs !== undefined && metMs >= 5_100 && metMs <= 5_100 + 2 * TICK_MS);
});

test('Deadlines: a callback may set itself again, without delay too, and is met once a tick', () => {
  const { clock, met, make, set } = setUp();
  const a = make('a', () => set(a, 0));
  set(a, 0);
  clock.advance(10 * TICK_MS);
  assert.equal(met.get('a')?.length, 10);
});

test('Deadlines: a process that stalls catches up, each deadline once, even after more than a turn', () => {
  for (const stallMs of [10 * TICK_MS, TURN_MS - TICK_MS, TURN_MS, 2 * TURN_MS + 3]) {
    const clock = new FakeClock();
    const deadlines = new Deadlines(new LateClock(clock, stallMs));
    const met: number[] = [];
    for (let i = 0; i < 600; i++) deadlines.set(new Deadline(() => met.push(i)), clock.nowMs(), i * 40);
    clock.advance(6 * TURN_MS);
    assert.equal(deadlines.size, 0);
    assert.deepEqual(
      met.sort((a, b) => a - b),
      Array.from({ length: 600 }, (_, i) => i),
    );
  }
});

test('Deadlines: a callback that stalls and then sets another does not put off those that fell due meanwhile', () => {
  const { clock, met, make, set } = setUp();
  const other = make('other');
  set(
    make('slow', () => {
      clock.advance(10 * TICK_MS);
      set(other, 1_000);
    }),
    100,
  );
  set(make('meanwhile'), 300);
  clock.advance(2_000);
  const [metMs] = met.get('meanwhile') ?? [];
  assert.ok(metMs !== undefined && metMs <= 100 + 12 * TICK_MS, `met at ${metMs}`);
});

test('Deadlines: a callback that throws does not stop the others', () => {
  const { clock, met, make, set } = setUp();
  const bad = make('bad', () => {
    throw new Error('from a callback');
  });
  set(bad, 100);
  set(make('later'), 500);
  assert.throws(() => clock.advance(1_000), /from a callback/);
  clock.advance(1_000);
  assert.equal(met.get('later')?.length, 1);
});

test('Deadlines.set: refuses what is no moment, and leaves the deadline as it was', () => {
  const { clock, deadlines, met, make, set } = setUp();
  const a = make('a');
  set(a, 100);
  for (const delayMs of [Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => set(a, delayMs), RangeError);
  assert.equal(deadlines.size, 1);
  clock.advance(200);
  assert.equal(met.get('a')?.length, 1);
});

test('Deadlines: costs one timer however many deadlines there are', () => {
  const { clock, make, set } = setUp();
  for (let i = 0; i < 1_000; i++) set(make(`d${i}`), i * 10);
  assert.equal(clock.pending, 1);
});

/** A machine whose timers come late. */
class LateClock implements Clock {
  readonly #clock: Clock;
  readonly #lateMs: number;

  constructor(clock: Clock, lateMs: number) {
    this.#clock = clock;
    this.#lateMs = lateMs;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  after(delayMs: number, run: () => void) {
    return this.#clock.after(Math.max(0, delayMs) + this.#lateMs, run);
  }
}

const COUNT = 12;

type Act =
  | { readonly kind: 'set'; readonly which: number; readonly delayMs: number; readonly staleMs: number }
  | { readonly kind: 'drop'; readonly which: number };

const which = fc.nat(COUNT - 1);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    which,
    delayMs: fc.oneof(
      fc.constantFrom(0, TICK_MS, TURN_MS, TURN_MS + TICK_MS),
      fc.double({ min: -10, max: 3 * TURN_MS, noNaN: true }),
    ),
    // The time that a caller holds is a little old by the time it is used.
    staleMs: fc.constantFrom(0, 0, 0.25, TICK_MS, 7 * TICK_MS),
  }),
  fc.record({ kind: fc.constant('drop' as const), which }),
);
const advanceMs = fc.oneof(
  fc.constantFrom(0, 0.25, TICK_MS, TURN_MS),
  fc.double({ min: 0, max: TURN_MS, noNaN: true }),
);
const scenario = fc.record({
  steps: fc.array(fc.oneof(act, act, advanceMs), { maxLength: 80 }),
  /** What the callback of each deadline does, once. */
  inCallbacks: fc.array(fc.array(act, { maxLength: 3 }), { minLength: COUNT, maxLength: COUNT }),
  lateMs: fc.constantFrom(0, 0, 3, TICK_MS, 40 * TICK_MS, TURN_MS + 1),
});

test('Deadlines: agrees with a naive list, whatever is set, moved and dropped, in callbacks too, on a late machine too', () => {
  fc.assert(
    fc.property(scenario, ({ steps, inCallbacks, lateMs }) => {
      const clock = new FakeClock();
      const deadlines = new Deadlines(new LateClock(clock, lateMs));
      /** The naive list: when each is due, and since when the wheel knows. */
      const due = new Map<number, { readonly atMs: number; readonly setMs: number }>();
      const todo = inCallbacks.map((acts) => [...acts]);
      const all = Array.from({ length: COUNT }, (_, i) => new Deadline(() => meet(i)));
      const meet = (i: number) => {
        const entry = due.get(i);
        assert.ok(entry !== undefined, `${i} is met though it is not set`);
        const nowMs = clock.nowMs();
        assert.ok(nowMs >= entry.atMs, `${i} is met ${entry.atMs - nowMs} ms early`);
        // A tick, or the machine's lateness twice: the tick at hand when it was set, and the one that is due.
        const boundMs = Math.max(entry.atMs, entry.setMs) + TICK_MS + 2 * lateMs;
        assert.ok(nowMs <= boundMs, `${i} is met ${nowMs - entry.atMs} ms late`);
        due.delete(i);
        for (const one of todo[i]?.splice(0) ?? []) take(one);
      };
      const take = (one: Act): void => {
        const deadline = all[one.which];
        assert.ok(deadline !== undefined);
        if (one.kind === 'drop') {
          deadlines.drop(deadline);
          due.delete(one.which);
          return;
        }
        const nowMs = clock.nowMs() - one.staleMs;
        deadlines.set(deadline, nowMs, one.delayMs);
        due.set(one.which, { atMs: nowMs + one.delayMs, setMs: clock.nowMs() });
      };
      for (const one of steps) {
        if (typeof one === 'number') clock.advance(one);
        else take(one);
        assert.equal(deadlines.size, due.size);
        for (const [i, { atMs, setMs }] of due) {
          assert.ok(clock.nowMs() <= Math.max(atMs, setMs) + TICK_MS + 2 * lateMs, `${i} is forgotten`);
        }
      }
      clock.advance(4 * TURN_MS + 4 * lateMs + 4 * TICK_MS);
      clock.advance(4 * TURN_MS + 4 * lateMs + 4 * TICK_MS);
      assert.equal(deadlines.size, 0);
      assert.equal(due.size, 0);
    }),
    { seed: 20260228, numRuns: 1_000 },
  );
});
