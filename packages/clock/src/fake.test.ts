import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Timer } from './clock.ts';
import { FakeClock, TIMERS_PER_MOMENT_MAX } from './fake.ts';

test('FakeClock: starts at an odd moment, with a fraction, just before the month ends', () => {
  const clock = new FakeClock();
  assert.notEqual(clock.nowMs() % 1, 0);
  const month = new Date(clock.nowMs()).getUTCMonth();
  assert.notEqual(new Date(clock.nowMs() + 2_000).getUTCMonth(), month);
  assert.equal(new FakeClock(5).nowMs(), 5);
});

test('FakeClock: a timer runs at its time, not before, and once', () => {
  const clock = new FakeClock();
  const dueMs = clock.nowMs() + 100;
  const ranMs: number[] = [];
  clock.after(100, () => ranMs.push(clock.nowMs()));
  clock.advance(99.75);
  assert.deepEqual(ranMs, []);
  clock.advance(1_000);
  assert.deepEqual(ranMs, [dueMs]);
  assert.equal(clock.nowMs(), dueMs + 999.75);
  assert.equal(clock.pending, 0);
});

test('FakeClock: no delay, or one that is past, waits for the next advance', () => {
  const clock = new FakeClock();
  let ran = 0;
  clock.after(0, () => ran++);
  clock.after(-50, () => ran++);
  assert.equal(ran, 0);
  clock.advance(0);
  assert.equal(ran, 2);
});

test('FakeClock: timers of one moment run in the order in which they were set', () => {
  const clock = new FakeClock();
  const ran: string[] = [];
  clock.after(20, () => ran.push('c'));
  clock.after(10, () => {
    ran.push('a');
    clock.after(10, () => ran.push('d'));
    clock.after(0, () => ran.push('b'));
  });
  clock.advance(20);
  assert.deepEqual(ran, ['a', 'b', 'c', 'd']);
});

test('FakeClock: a timer may cancel another that is due at the same moment, and itself', () => {
  const clock = new FakeClock();
  const timers: Timer[] = [];
  const cancelAll = () => {
    for (const timer of timers) timer.cancel();
  };
  timers.push(clock.after(10, cancelAll));
  timers.push(clock.after(10, () => assert.fail('it was cancelled')));
  clock.advance(10);
  assert.equal(clock.pending, 0);
});

test('FakeClock: a timer may advance the clock; time does not run backwards after it', () => {
  const clock = new FakeClock();
  const startMs = clock.nowMs();
  const ranMs: number[] = [];
  clock.after(10, () => clock.advance(1_000));
  clock.after(20, () => ranMs.push(clock.nowMs() - startMs));
  clock.after(2_000, () => assert.fail('too early'));
  clock.advance(50);
  assert.deepEqual(ranMs, [20]);
  assert.equal(clock.nowMs(), startMs + 1_010);
});

test('FakeClock: Infinity never comes', () => {
  const clock = new FakeClock();
  clock.after(Number.POSITIVE_INFINITY, () => assert.fail('it came'));
  clock.advance(1e12);
  assert.equal(clock.pending, 1);
});

test('FakeClock: refuses what is no duration', () => {
  const clock = new FakeClock();
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => clock.advance(ms), RangeError);
  assert.throws(() => clock.after(Number.NaN, () => {}), RangeError);
});

test('FakeClock: a timer that sets the next without delay is found out', () => {
  const clock = new FakeClock();
  let ran = 0;
  const again = () => {
    ran++;
    clock.after(0, again);
  };
  clock.after(1, again);
  assert.throws(() => clock.advance(1), /more than 1000000 timers at one moment/);
  assert.equal(ran, TIMERS_PER_MOMENT_MAX);
});

test('FakeClock: is no slower with many timers: half a million set, every second one cancelled', () => {
  const clock = new FakeClock(0);
  let ran = 0;
  let lastMs = 0;
  const timers = Array.from({ length: 500_000 }, (_, i) =>
    clock.after((i * 7_919) % 500_009, () => {
      assert.ok(clock.nowMs() >= lastMs);
      lastMs = clock.nowMs();
      ran++;
    }),
  );
  for (let i = 0; i < timers.length; i += 2) timers[i]?.cancel();
  assert.equal(clock.pending, 250_000);
  clock.advance(500_009);
  assert.equal(ran, 250_000);
});

type Step =
  | { readonly kind: 'after'; readonly delayMs: number; readonly inner: readonly Step[] }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number };

const { step } = fc.letrec<{ step: Step; after: Step; cancel: Step; advance: Step }>((tie) => ({
  // Few different delays, so that many timers fall on one moment.
  after: fc.record({
    kind: fc.constant('after' as const),
    delayMs: fc.constantFrom(-1, 0, 0.25, 10, 10.5, 30, 1_000),
    inner: fc.oneof(
      { maxDepth: 2 },
      fc.constant([]),
      fc.array(fc.oneof(tie('after'), tie('cancel')), { maxLength: 3 }),
    ),
  }),
  cancel: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(40) }),
  advance: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(0, 0.25, 9.75, 10, 25, 1_000) }),
  step: fc.oneof(tie('after'), tie('after'), tie('cancel'), tie('advance')),
}));

/** A list that is searched from end to end: slow, and plain to see that it is right. */
class NaiveClock {
  #nowMs = 0;
  #order = 0;
  #list: { atMs: number; order: number; run: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const entry = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#list.push(entry);
    return { cancel: () => this.#remove(entry) };
  }

  get pending(): number {
    return this.#list.length;
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#list
        .filter(({ atMs }) => atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      this.#remove(next);
      next.run();
    }
    this.#nowMs = endMs;
  }

  #remove(entry: object): void {
    this.#list = this.#list.filter((other) => other !== entry);
  }
}

/** Plays the steps and tells what ran, when, and how many were left. */
function play(clock: FakeClock | NaiveClock, steps: readonly Step[]): readonly string[] {
  const told: string[] = [];
  const timers: Timer[] = [];
  const take = (one: Step): void => {
    if (one.kind === 'cancel') timers[one.which % Math.max(1, timers.length)]?.cancel();
    else if (one.kind === 'advance') clock.advance(one.ms);
    else {
      const name = timers.length;
      const run = () => {
        told.push(`${name} at ${clock.nowMs()}, ${clock.pending} left`);
        one.inner.forEach(take);
      };
      timers.push(clock.after(one.delayMs, run));
    }
  };
  steps.forEach(take);
  take({ kind: 'advance', ms: 10_000 });
  return told;
}

test('FakeClock: does what a naive list does, whatever is set, cancelled and run in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      assert.deepEqual(play(new FakeClock(0), steps), play(new NaiveClock(), steps));
    }),
    { seed: 20260228, numRuns: 500 },
  );
});
