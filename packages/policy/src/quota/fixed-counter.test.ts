import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit, type Unit } from '@spillway/clock';
import fc from 'fast-check';
import { FixedCounter } from './fixed-counter.ts';
import { BEGIN_MS, FixedTruth, Later } from './testing.ts';

const PERIOD_MS = 60_000;
const LIMIT = 100_000;
const TOLERANCE = 0.02 * LIMIT;

function counter(): FixedCounter {
  return new FixedCounter(PERIOD_MS, false);
}

/** A belief and a truth of the same traffic. */
class Pair {
  readonly belief = counter();
  readonly truth: FixedTruth;
  readonly later = new Later();

  constructor(phaseMs: number) {
    this.truth = new FixedTruth(PERIOD_MS, BEGIN_MS + phaseMs);
  }

  /** @param toldAfterMs how long Azure's word on it takes; null: it says none. */
  send(cost: number, nowMs: number, toldAfterMs: number | null): void {
    this.belief.add(cost, nowMs);
    this.truth.count(cost, nowMs);
    const sighting = {
      mark: this.belief.mark(),
      sentMs: nowMs,
      used: this.truth.used(nowMs),
      tolerance: TOLERANCE,
      own: 0,
    };
    if (toldAfterMs !== null) {
      this.later.at(nowMs + toldAfterMs, () => this.belief.see(sighting, nowMs + toldAfterMs));
    }
  }

  /** A request each `everyMs` from one moment to another. @returns the most that the belief lacked. */
  run({ fromMs, untilMs, everyMs, cost, toldAfterMs }: Run): number {
    let lacked = Number.NEGATIVE_INFINITY;
    for (let nowMs = fromMs; nowMs < untilMs; nowMs += everyMs) {
      this.later.until(nowMs);
      lacked = Math.max(lacked, this.truth.used(nowMs) - this.belief.used(nowMs));
      this.send(cost, nowMs, toldAfterMs);
    }
    return lacked;
  }

  /** Between the window's end that is believed and the true one, whichever of the two comes first. */
  endOff(nowMs: number): number {
    const offMs = Math.abs((this.belief.endsMs(nowMs) ?? Number.POSITIVE_INFINITY) - this.truth.endsMs(nowMs));
    return Math.min(offMs, Math.abs(PERIOD_MS - offMs));
  }
}

interface Run {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly everyMs: number;
  readonly cost: number;
  readonly toldAfterMs: number | null;
}

test('FixedCounter: has nothing counted at first, and counts what is added at once', () => {
  const one = counter();
  assert.deepEqual([one.used(BEGIN_MS), one.endsMs(BEGIN_MS), one.fallsToMs(0, BEGIN_MS)], [0, null, BEGIN_MS]);
  one.add(700, BEGIN_MS);
  one.add(300, BEGIN_MS + 10);
  assert.equal(one.used(BEGIN_MS + 10), 1000);
});

/** Random traffic against a random phase. @param toldAfterMs null: nothing is told. @returns the most that the belief lacked. */
function lackOf(seed: number, idleShare: number, toldAfterMs: ((unit: Unit) => number) | null): number {
  const unit = seededUnit(seed);
  const pair = new Pair(Math.floor(PERIOD_MS * unit()));
  let lacked = 0;
  for (let i = 0, nowMs = BEGIN_MS; i < 400; i++, nowMs += unit() < idleShare ? 150_000 * unit() : 900 * unit()) {
    pair.later.until(nowMs);
    lacked = Math.max(lacked, pair.truth.used(nowMs) - pair.belief.used(nowMs));
    pair.send(Math.ceil(2000 * unit()), nowMs, toldAfterMs === null ? null : toldAfterMs(unit));
  }
  return lacked;
}

for (const idleShare of [0, 0.02, 0.3]) {
  test(`FixedCounter: never believes less than the truth while nothing tells of the window (idle: ${idleShare})`, () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => assert.equal(lackOf(seed, idleShare, null), 0)),
      { seed: 61, numRuns: 60 },
    );
  });
}

for (const [name, times, toldAfterMs] of [
  ['at once', 1, () => 1],
  ['late', 1, (unit: Unit) => 100 + 400 * unit()],
  ['late and out of order', 3, (unit: Unit) => 100 + 3000 * unit()],
] as const) {
  for (const idleShare of [0, 0.02]) {
    test(`FixedCounter: told ${name}, lacks at most ${times} × noise at any moment (idle: ${idleShare})`, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => assert.ok(lackOf(seed, idleShare, toldAfterMs) <= times * TOLERANCE)),
        { seed: 62, numRuns: 60 },
      );
    });
  }
}

for (const phaseMs of [0, 1, 9, 15_000, 30_000, 45_500, 59_999]) {
  test(`FixedCounter: finds the window that begins at ${phaseMs} ms, and narrows it to a gap between two requests`, () => {
    const pair = new Pair(phaseMs);
    pair.run({ fromMs: BEGIN_MS, untilMs: BEGIN_MS + 150_000, everyMs: 400, cost: 400, toldAfterMs: 300 });
    assert.ok(pair.endOff(BEGIN_MS + 150_000) <= 500, `off by ${pair.endOff(BEGIN_MS + 150_000)} ms`);
    const slowMs = BEGIN_MS + 330_000;
    pair.run({ fromMs: BEGIN_MS + 150_000, untilMs: slowMs, everyMs: 100, cost: 100, toldAfterMs: 300 });
    assert.ok(pair.endOff(slowMs) <= 150, `narrowed to ${pair.endOff(slowMs)} ms`);
  });
}

/** A belief that has found the window. */
function settledPair(phaseMs = 20_000): readonly [pair: Pair, nowMs: number] {
  const pair = new Pair(phaseMs);
  const nowMs = BEGIN_MS + 180_000;
  pair.run({ fromMs: BEGIN_MS, untilMs: nowMs, everyMs: 200, cost: 200, toldAfterMs: 300 });
  return [pair, nowMs];
}

test('FixedCounter: keeps what it knows of the window over hours without traffic', () => {
  const [pair, nowMs] = settledPair();
  const idleMs = nowMs + 7 * 3_600_000 + 11_111;
  assert.ok(pair.endOff(idleMs) <= 300);
  assert.equal(pair.belief.used(idleMs), 0);
  assert.equal(pair.run({ fromMs: idleMs, untilMs: idleMs + 130_000, everyMs: 200, cost: 200, toldAfterMs: 300 }), 0);
});

test('FixedCounter: a window that was believed to end too soon is put right by the next answer that tells', () => {
  const [pair, nowMs] = settledPair();
  const { belief, truth, later } = pair;
  const trueEndMs = truth.endsMs(nowMs);
  pair.run({ fromMs: nowMs, untilMs: trueEndMs - 20_000, everyMs: 200, cost: 200, toldAfterMs: 300 });
  later.until(trueEndMs);
  belief.endsBy(trueEndMs - 15_000, 50);
  const wrongMs = trueEndMs - 14_000;
  assert.ok(belief.used(wrongMs) < truth.used(wrongMs) - TOLERANCE, 'the belief is wrong now');
  pair.send(200, wrongMs, 300);
  later.until(wrongMs + 300);
  assert.equal(belief.used(wrongMs + 300), truth.used(wrongMs + 300));
  pair.run({ fromMs: wrongMs + 300, untilMs: wrongMs + 80_000, everyMs: 200, cost: 200, toldAfterMs: 300 });
  assert.ok(pair.endOff(wrongMs + 80_000) <= 300);
});

test('FixedCounter: a window that began unnoticed is told of, and is no error of what requests cost', () => {
  const belief = counter();
  belief.add(50_000, BEGIN_MS);
  belief.add(1000, BEGIN_MS + 10_000);
  const sighting = { mark: belief.mark(), sentMs: BEGIN_MS + 10_000, used: 1000, tolerance: TOLERANCE, own: 0 };
  assert.deepEqual(belief.see(sighting, BEGIN_MS + 10_300), { error: -50_000, jumped: true, foreseen: true });
  assert.equal(belief.used(BEGIN_MS + 10_300), 1000);
});

test('FixedCounter: what was sent while a sighting was under way stays counted on top of it', () => {
  const belief = counter();
  belief.add(1000, BEGIN_MS);
  const mark = belief.mark();
  belief.add(5000, BEGIN_MS + 100);
  assert.deepEqual(belief.see({ mark, sentMs: BEGIN_MS, used: 3000, tolerance: TOLERANCE, own: 0 }, BEGIN_MS + 300), {
    error: 2000,
    jumped: false,
    foreseen: false,
  });
  assert.equal(belief.used(BEGIN_MS + 300), 8000);
});

test('FixedCounter: a sighting older than the last one says nothing', () => {
  const belief = counter();
  belief.add(1000, BEGIN_MS);
  const mark = belief.mark();
  belief.add(1000, BEGIN_MS + 100);
  belief.see({ mark: belief.mark(), sentMs: BEGIN_MS + 100, used: 2500, tolerance: TOLERANCE, own: 0 }, BEGIN_MS + 400);
  assert.equal(
    belief.see({ mark, sentMs: BEGIN_MS, used: 90_000, tolerance: TOLERANCE, own: 0 }, BEGIN_MS + 500),
    null,
  );
  assert.equal(belief.used(BEGIN_MS + 500), 2500);
});

test('FixedCounter: a sighting of a window that is over corrects nothing of the present one', () => {
  const [{ belief, truth, later }, nowMs] = settledPair();
  later.until(nowMs + 1000);
  const endMs = truth.endsMs(nowMs);
  belief.add(700, endMs - 5000);
  const mark = belief.mark();
  const after = belief.used(endMs + 1000);
  const sighting = { mark, sentMs: endMs - 5000, used: 90_000, tolerance: TOLERANCE, own: 0 };
  assert.equal(belief.see(sighting, endMs + 1000), null);
  assert.equal(belief.used(endMs + 1000), after);
});

const REFUSALS: ReadonlyArray<readonly [what: string, slackMs: number]> = [
  ['in milliseconds', 50],
  ['in seconds', 1000],
];

for (const [what, slackMs] of REFUSALS) {
  test(`FixedCounter: a refusal that tells ${what} when the window ends is believed`, () => {
    const belief = counter();
    belief.add(LIMIT, BEGIN_MS);
    assert.equal(belief.endsMs(BEGIN_MS), null);
    const endMs = BEGIN_MS + 17_000;
    belief.endsBy(endMs, slackMs);
    assert.equal(belief.endsMs(BEGIN_MS + 1), endMs);
    assert.equal(belief.fallsToMs(0, BEGIN_MS + 1), endMs);
    assert.equal(belief.mayFallToMs(0, BEGIN_MS + 1), endMs - slackMs);
    assert.equal(belief.used(endMs), 0);
    assert.equal(belief.endsMs(endMs), endMs + PERIOD_MS);
  });
}

test('FixedCounter: a refusal told in seconds keeps what is known more exactly', () => {
  const belief = counter();
  belief.add(LIMIT, BEGIN_MS);
  belief.endsBy(BEGIN_MS + 17_000, 50);
  belief.endsBy(BEGIN_MS + 17_500, 1000);
  assert.equal(belief.endsMs(BEGIN_MS), BEGIN_MS + 17_000);
});

test('FixedCounter: gives back in the same window, and not in a later one', () => {
  const belief = counter();
  belief.add(LIMIT, BEGIN_MS);
  belief.endsBy(BEGIN_MS + 10_000, 50);
  const mark = belief.mark();
  belief.giveBack({ amount: 40_000, mark, sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS + 5000);
  assert.equal(belief.used(BEGIN_MS + 5000), 60_000);
  belief.add(30_000, BEGIN_MS + 12_000);
  belief.giveBack({ amount: 60_000, mark, sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS + 13_000);
  assert.equal(belief.used(BEGIN_MS + 13_000), 30_000);
});

test('FixedCounter: gives back no more than is counted', () => {
  const belief = counter();
  belief.add(100, BEGIN_MS);
  belief.giveBack({ amount: 500, mark: belief.mark(), sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS + 10);
  assert.equal(belief.used(BEGIN_MS + 10), 0);
  belief.add(70, BEGIN_MS + 20);
  assert.equal(belief.used(BEGIN_MS + 20), 70);
});

test("FixedCounter: falls at the window's end, at the latest it may be", () => {
  const belief = counter();
  belief.add(1000, BEGIN_MS);
  assert.equal(belief.fallsToMs(1000, BEGIN_MS), BEGIN_MS);
  assert.equal(belief.fallsToMs(999, BEGIN_MS), BEGIN_MS + PERIOD_MS);
});

test('FixedCounter: a window that ended within the bounds that were believed was foreseen; outside of them it was not', () => {
  const surpriseAt = (sentMs: number) => {
    const belief = counter();
    belief.add(50_000, BEGIN_MS);
    belief.endsBy(BEGIN_MS + 30_000, 1000);
    belief.add(100, sentMs);
    return belief.see({ mark: belief.mark(), sentMs, used: 100, tolerance: TOLERANCE, own: 0 }, sentMs + 10);
  };
  assert.deepEqual(surpriseAt(BEGIN_MS + 29_500), { error: -50_000, jumped: true, foreseen: true });
  assert.deepEqual(surpriseAt(BEGIN_MS + 12_000), { error: -50_000, jumped: true, foreseen: false });
});

test('FixedCounter: a window that goes on although it was believed to be over is no error of what requests cost', () => {
  const belief = counter();
  belief.add(50_000, BEGIN_MS);
  belief.endsBy(BEGIN_MS + 30_000, 50);
  const sentMs = BEGIN_MS + 40_000;
  belief.add(100, sentMs);
  const sighting = { mark: belief.mark(), sentMs, used: 50_100, tolerance: TOLERANCE, own: 0 };
  assert.deepEqual(belief.see(sighting, sentMs + 300), { error: 50_000, jumped: true, foreseen: false });
  assert.equal(belief.used(sentMs + 300), 50_100);
  assert.equal(belief.endsMs(sentMs + 300), null);
});
