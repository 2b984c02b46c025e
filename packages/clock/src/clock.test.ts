import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { clockOf, MACHINE_DELAY_MS_MAX, systemClock } from './clock.ts';

/** A machine with one timer, which fires when and how often the test says. */
function handMachine(startMs = 1_000.5) {
  let nowMs = startMs;
  let armed: { readonly delayMs: number; readonly run: () => void } | null = null;
  const clock = clockOf({
    nowMs: () => nowMs,
    set(delayMs, run) {
      assert.equal(armed, null, 'one timer at a time');
      const mine = { delayMs, run };
      armed = mine;
      return () => {
        if (armed === mine) armed = null;
      };
    },
  });
  return {
    clock,
    armedMs: () => armed?.delayMs ?? null,
    /** Fires the timer after `afterMs` of its delay. */
    fire(afterMs: number) {
      nowMs += afterMs;
      const { run } = armed ?? assert.fail('nothing is armed');
      armed = null;
      run();
    },
  };
}

test('clockOf: a timer that the machine fires early is armed again for the rest', () => {
  const machine = handMachine();
  let ran = 0;
  machine.clock.after(10.25, () => ran++);
  assert.equal(machine.armedMs(), 11, 'whole milliseconds, rounded up');
  machine.fire(10);
  assert.equal(ran, 0);
  assert.equal(machine.armedMs(), 1);
  machine.fire(0.25);
  assert.equal(ran, 1);
  assert.equal(machine.armedMs(), null);
});

test('clockOf: a delay beyond what the machine can do is waited for in parts', () => {
  const machine = handMachine();
  let ran = 0;
  machine.clock.after(2 * MACHINE_DELAY_MS_MAX + 5, () => ran++);
  for (const wantMs of [MACHINE_DELAY_MS_MAX, MACHINE_DELAY_MS_MAX, 5]) {
    assert.equal(machine.armedMs(), wantMs);
    assert.equal(ran, 0);
    machine.fire(wantMs);
  }
  assert.equal(ran, 1);
});

test('clockOf: Infinity never comes, and can be cancelled', () => {
  const machine = handMachine();
  const timer = machine.clock.after(Number.POSITIVE_INFINITY, () => assert.fail('it came'));
  for (let i = 0; i < 3; i++) machine.fire(MACHINE_DELAY_MS_MAX);
  timer.cancel();
  assert.equal(machine.armedMs(), null);
});

test('clockOf: cancel holds after a timer was armed again, and is harmless after it ran', () => {
  const machine = handMachine();
  const timer = machine.clock.after(100, () => assert.fail('it ran'));
  machine.fire(99);
  timer.cancel();
  assert.equal(machine.armedMs(), null);
  const ran = machine.clock.after(1, () => {});
  machine.fire(1);
  ran.cancel();
});

const DELAYS: readonly (readonly [delayMs: number, wantMs: number])[] = [
  [0, 1],
  [-5, 1],
  [Number.NEGATIVE_INFINITY, 1],
  [0.0001, 1],
  [50, 50],
];

test('clockOf: no delay, or one that is past, still lets the caller finish first', () => {
  for (const [delayMs, wantMs] of DELAYS) {
    const machine = handMachine();
    machine.clock.after(delayMs, () => {});
    assert.equal(machine.armedMs(), wantMs);
  }
});

test('clockOf: refuses a delay that is no number', () => {
  assert.throws(() => handMachine().clock.after(Number.NaN, () => {}), RangeError);
});

test('clockOf: never runs early, whenever the machine fires', () => {
  const fires = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2_000, noNaN: true }), fires, (delayMs, firesMs) => {
      const machine = handMachine();
      const dueMs = machine.clock.nowMs() + delayMs;
      let ranMs: number | null = null;
      machine.clock.after(delayMs, () => {
        ranMs = machine.clock.nowMs();
      });
      for (const afterMs of firesMs) {
        if (ranMs !== null) break;
        machine.fire(afterMs);
        assert.equal(ranMs !== null, machine.clock.nowMs() >= dueMs);
      }
    }),
    { seed: 20260228 },
  );
});

test('systemClock: tells the wall time with fractions and does not run backwards', () => {
  let last = systemClock.nowMs();
  assert.ok(Math.abs(last - Date.now()) < 60_000);
  for (let i = 0; i < 1_000; i++) {
    const nowMs = systemClock.nowMs();
    assert.ok(nowMs >= last);
    last = nowMs;
  }
});

test('systemClock: its timers do not keep the process alive', () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const timer = systemClock.after(60_000, () => {});
  assert.equal(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length, before);
  timer.cancel();
});
