import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FakeClock } from './fake.ts';
import { SPEED_MAX, STEP_MS_MAX, SteeredClock, TIMERS_PER_STEP_MAX } from './steered.ts';

function steered(): { readonly base: FakeClock; readonly clock: SteeredClock } {
  const base = new FakeClock();
  return { base, clock: new SteeredClock(base) };
}

/** Tells what ran when, counted from now. */
function telling(clock: SteeredClock): { readonly told: string[]; at(name: string): () => void } {
  const startMs = clock.nowMs();
  const told: string[] = [];
  return { told, at: (name) => () => told.push(`${name} at ${Math.round(clock.nowMs() - startMs)}`) };
}

test('SteeredClock: left alone it is the clock beneath', () => {
  const { base, clock } = steered();
  const { told, at } = telling(clock);
  clock.after(10, at('a'));
  clock.after(5, at('b'));
  base.advance(9.75);
  assert.equal(clock.nowMs(), base.nowMs());
  assert.deepEqual(told, ['b at 5']);
  base.advance(1);
  assert.deepEqual(told, ['b at 5', 'a at 10']);
  assert.deepEqual([clock.speed, clock.paused, base.pending], [1, false, 0]);
});

test('SteeredClock: paused, time stands still and nothing falls due; resumed, it goes on from there', () => {
  const { base, clock } = steered();
  const { told, at } = telling(clock);
  clock.after(100, at('a'));
  base.advance(40);
  clock.pause();
  const pausedMs = clock.nowMs();
  clock.after(0, at('set while paused'));
  base.advance(1_000_000);
  assert.equal(clock.nowMs(), pausedMs);
  assert.deepEqual([told, base.pending, clock.paused], [[], 0, true]);
  clock.resume();
  base.advance(59);
  assert.deepEqual(told, ['set while paused at 40']);
  base.advance(1);
  assert.deepEqual(told.slice(1), ['a at 100']);
});

test('SteeredClock: a step runs what falls due, what that sets included, in order and each at its time', () => {
  const { base, clock } = steered();
  clock.pause();
  const { told, at } = telling(clock);
  clock.after(30, at('c'));
  clock.after(10, () => {
    at('a')();
    clock.after(5, at('b'));
    clock.after(90, at('not within the step'));
  });
  clock.step(99.5);
  assert.deepEqual(told, ['a at 10', 'b at 15', 'c at 30']);
  assert.equal(clock.nowMs() - base.nowMs(), 99.5);
  clock.step(0.5);
  assert.equal(told.at(-1), 'not within the step at 100');
});

test('SteeredClock: a step also works while time runs, which goes on from its end', () => {
  const { base, clock } = steered();
  const { told, at } = telling(clock);
  clock.after(1000, at('a'));
  clock.after(1010, at('b'));
  clock.step(1005);
  assert.deepEqual(told, ['a at 1000']);
  base.advance(5);
  assert.deepEqual(told, ['a at 1000', 'b at 1010']);
});

test('SteeredClock: a timer may step, pause and resume within a step', () => {
  const { base, clock } = steered();
  const { told, at } = telling(clock);
  clock.after(10, () => {
    clock.step(100);
    at('stepped')();
    clock.pause();
  });
  clock.after(50, at('b'));
  clock.after(150, at('c'));
  clock.step(20);
  assert.deepEqual(told, ['b at 50', 'stepped at 110']);
  base.advance(1000);
  assert.equal(told.length, 2);
  clock.resume();
  base.advance(40);
  assert.deepEqual(told.slice(2), ['c at 150']);
});

test('SteeredClock: at another speed timers come so many times as early, those set before included', () => {
  const { base, clock } = steered();
  const { told, at } = telling(clock);
  clock.after(1000, at('a'));
  base.advance(100);
  clock.setSpeed(10);
  base.advance(89);
  assert.deepEqual(told, []);
  base.advance(1);
  assert.deepEqual(told, ['a at 1000']);
  clock.setSpeed(0.5);
  clock.after(10, at('b'));
  base.advance(19);
  assert.equal(told.length, 1);
  base.advance(1);
  assert.deepEqual(told.slice(1), ['b at 1010']);
});

test('SteeredClock: a timer is never early, at whatever speed, and the process is not held up, seed 20260228', () => {
  const speeds = fc.constantFrom(0.3, 1, 7, 333.3, SPEED_MAX);
  const delays = fc.array(fc.double({ min: 0, max: 50_000, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(speeds, delays, (speed, delaysMs) => {
      const { base, clock } = steered();
      clock.setSpeed(speed);
      let ran = 0;
      for (const delayMs of delaysMs) {
        const dueMs = clock.nowMs() + delayMs;
        clock.after(delayMs, () => {
          assert.ok(clock.nowMs() >= dueMs);
          ran++;
        });
      }
      base.advance(50_001 / speed + 1);
      assert.equal(ran, delaysMs.length);
    }),
    { seed: 20260228, numRuns: 200 },
  );
});

test('SteeredClock: its time never runs backwards, whatever is done to it, seed 20260228', () => {
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom('advance', 'pause', 'resume', 'step', 'speed'),
      by: fc.double({ min: 0.001, max: 999, noNaN: true }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(acts, (all) => {
      const { base, clock } = steered();
      let lastMs = clock.nowMs();
      const look = (): void => {
        assert.ok(clock.nowMs() >= lastMs);
        lastMs = clock.nowMs();
      };
      const again = (): void => {
        look();
        clock.after(7.25, again);
      };
      again();
      for (const { act, by } of all) {
        if (act === 'advance') base.advance(by);
        else if (act === 'step') clock.step(by);
        else if (act === 'speed') clock.setSpeed(by);
        else clock[act === 'pause' ? 'pause' : 'resume']();
        look();
      }
    }),
    { seed: 20260228, numRuns: 200 },
  );
});

test('SteeredClock: a cancelled timer does not run, and the last one takes the timer beneath with it', () => {
  const { base, clock } = steered();
  const first = clock.after(10, () => assert.fail('it was cancelled'));
  const second = clock.after(20, () => assert.fail('it was cancelled'));
  first.cancel();
  second.cancel();
  second.cancel();
  assert.equal(base.pending, 0);
  clock.step(100);
});

test('SteeredClock: a timer may cancel one that is due at the same moment', () => {
  const { base, clock } = steered();
  const timers = [clock.after(10, () => timers[1]?.cancel()), clock.after(10, () => assert.fail('it was cancelled'))];
  base.advance(10);
});

test('SteeredClock: what throws does not keep the others from running, and is thrown in the end', () => {
  const { base, clock } = steered();
  const { told, at } = telling(clock);
  const thrower = (text: string) => (): void => {
    throw new Error(text);
  };
  clock.after(10, thrower('one'));
  clock.after(10, at('a'));
  assert.throws(() => base.advance(10), /^Error: one$/);
  assert.deepEqual(told, ['a at 10']);
  clock.after(10, thrower('two'));
  clock.after(20, thrower('three'));
  clock.after(30, at('b'));
  clock.after(50, at('c'));
  assert.throws(
    () => clock.step(30),
    (error: AggregateError) => error.errors.length === 2,
  );
  assert.deepEqual(told, ['a at 10', 'b at 40']);
  base.advance(20);
  assert.deepEqual(told, ['a at 10', 'b at 40', 'c at 60']);
});

test('SteeredClock: a timer that sets the next without delay lets others have their turn', () => {
  const { base, clock } = steered();
  let turns = 0;
  const again = (): void => {
    if (++turns < 5) clock.after(0, again);
  };
  clock.after(0, again);
  clock.after(0, () => assert.equal(turns, 1));
  base.advance(0);
  assert.equal(turns, 5);
});

test('SteeredClock: a step of too many timers ends, and says where', () => {
  const { base, clock } = steered();
  let ran = 0;
  const again = (): void => {
    ran++;
    clock.after(0, again);
  };
  clock.pause();
  clock.after(1, again);
  assert.throws(() => clock.step(5), /more than 1000000 timers; time stands 4 ms before the end/);
  assert.deepEqual([ran, clock.nowMs() - base.nowMs()], [TIMERS_PER_STEP_MAX, 1]);
});

test('SteeredClock: refuses what is no speed, no step and no delay', () => {
  const { clock } = steered();
  for (const speed of [0, -1, SPEED_MAX + 0.001, Number.NaN]) assert.throws(() => clock.setSpeed(speed), RangeError);
  for (const ms of [-1, STEP_MS_MAX + 1, Number.NaN]) assert.throws(() => clock.step(ms), RangeError);
  assert.throws(() => clock.after(Number.NaN, () => {}), RangeError);
  clock.setSpeed(SPEED_MAX);
  clock.step(STEP_MS_MAX);
});

test('SteeredClock: Infinity never comes', () => {
  const { base, clock } = steered();
  clock.after(Number.POSITIVE_INFINITY, () => assert.fail('it came'));
  clock.step(STEP_MS_MAX);
  base.advance(1e12);
});
