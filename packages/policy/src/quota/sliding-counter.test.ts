import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit, type Unit } from '@spillway/clock';
import fc from 'fast-check';
import { SlidingCounter } from './sliding-counter.ts';
import { BEGIN_MS, SlidingTruth } from './testing.ts';

const PERIOD_MS = 60_000;
/** The counter's resolution is no coarser. */
const SLOT_MS = PERIOD_MS / 1000;
const TOLERANCE = 2_000;
/** What a request may have cost more or less than was believed. */
const OWN = 500;

function counter(periodMs = PERIOD_MS): SlidingCounter {
  return new SlidingCounter(periodMs, false);
}

interface Request {
  readonly atMs: number;
  readonly cost: number;
}

interface History {
  readonly seed: number;
  readonly periodMs: number;
  readonly beginMs: number;
}

/** Bursts, a steady flow and long idleness, in turns. */
function requestsOf({ seed, periodMs, beginMs }: History): readonly Request[] {
  const unit = seededUnit(seed);
  const requests: Request[] = [];
  for (let atMs = beginMs; requests.length < 250; atMs += gapMs(unit, periodMs)) {
    requests.push({ atMs, cost: Math.ceil(1000 * unit()) });
  }
  return requests;
}

function gapMs(unit: Unit, periodMs: number): number {
  const dice = unit();
  if (dice < 0.02) return 3 * periodMs * unit();
  return dice < 0.3 ? 0 : (periodMs / 50) * unit();
}

/** Counted in the period before a moment, of requests that came up to another. */
function usedOf(requests: readonly Request[], fromMs: number, untilMs: number): number {
  return requests.reduce((sum, { atMs, cost }) => (atMs > fromMs && atMs <= untilMs ? sum + cost : sum), 0);
}

const HISTORY = fc.record({
  seed: fc.integer(),
  periodMs: fc.constantFrom(1_000, 10_000, PERIOD_MS),
  beginMs: fc.integer({ min: 0, max: BEGIN_MS }),
});

/** What a list of all requests counts, a thousandth of the period sooner and later. */
function assertBetween(
  used: number,
  past: readonly Request[],
  at: { readonly atMs: number; readonly periodMs: number },
): void {
  const slackMs = at.periodMs / 1000;
  const least = usedOf(past, at.atMs - at.periodMs + slackMs, at.atMs);
  const most = usedOf(past, at.atMs - at.periodMs - slackMs, at.atMs);
  assert.ok(used >= least - 1e-3 && used <= most + 1e-3, `${least} ≤ ${used} ≤ ${most} at ${at.atMs}`);
}

function assertMatches(history: History): void {
  const one = counter(history.periodMs);
  const past: Request[] = [];
  for (const request of requestsOf(history)) {
    const { atMs, cost } = request;
    assertBetween(one.used(atMs), past, { atMs, periodMs: history.periodMs });
    one.add(cost, atMs);
    past.push(request);
  }
}

test('SlidingCounter: counts what a list of all requests counts, within a thousandth of the period', () => {
  fc.assert(fc.property(HISTORY, assertMatches), { seed: 71, numRuns: 100 });
});

/** 2 ** 30 slots of a period of a second: however fine they are, one of these moments is where their numbers move to another base. */
for (const slots of [512, 1024, 2048, 4096, 8192]) {
  test(`SlidingCounter: counts on where numbers of slots of 1/${slots} of a period are moved to another base`, () => {
    const one = counter(1_000);
    one.add(10, BEGIN_MS);
    const farMs = BEGIN_MS + 2 ** 30 * (1_000 / slots);
    const unit = seededUnit(72);
    const past: Request[] = [];
    for (let atMs = farMs - 6_000; atMs < farMs + 2_000; atMs += 30 * unit()) {
      assertBetween(one.used(atMs), past, { atMs, periodMs: 1_000 });
      const last = past.at(-1)?.atMs ?? atMs - 1_000;
      assert.ok(Math.abs(one.fallsToMs(0, atMs) - Math.max(atMs, last + 1_000)) <= 2, `falls at ${atMs}`);
      past.push({ atMs, cost: 5 });
      one.add(5, atMs);
    }
  });
}

for (const idleMs of [PERIOD_MS, 61_000, 120_000, 3_600_000, 40 * 86_400_000, 50 * 365 * 86_400_000]) {
  test(`SlidingCounter: has nothing counted after ${idleMs} ms without traffic, and counts on`, () => {
    const one = counter();
    for (let i = 0; i < 100; i++) one.add(100, BEGIN_MS + 100 * i);
    const atMs = BEGIN_MS + 9_900 + idleMs + SLOT_MS;
    assert.ok(one.used(atMs) < 1e-6);
    one.add(70, atMs);
    assert.ok(Math.abs(one.used(atMs) - 70) < 1e-6);
    assert.ok(Math.abs(one.fallsToMs(0, atMs) - atMs - PERIOD_MS) <= 2 * SLOT_MS);
  });
}

test('SlidingCounter: fallsToMs is the moment at which used comes down to it, and not before', () => {
  fc.assert(
    fc.property(HISTORY, fc.double({ min: 0, max: 1, noNaN: true }), (history, share) => {
      const requests = requestsOf(history);
      const one = counter(history.periodMs);
      for (const { atMs, cost } of requests) one.add(cost, atMs);
      const nowMs = requests.at(-1)?.atMs ?? 0;
      const room = share * one.used(nowMs);
      const fallsMs = one.fallsToMs(room, nowMs);
      assert.ok(fallsMs >= nowMs && fallsMs <= nowMs + 1.01 * history.periodMs);
      const before = nowMs + 0.9 * (fallsMs - nowMs);
      if (fallsMs > nowMs + history.periodMs / 100) assert.ok(one.used(before) >= room - 1e-3);
      assert.ok(one.used(fallsMs + 1) <= room + 1e-3, `${one.used(fallsMs + 1)} > ${room}`);
    }),
    { seed: 73, numRuns: 100 },
  );
});

test('SlidingCounter: falls at once to what is more than counted', () => {
  const one = counter();
  assert.equal(one.fallsToMs(0, BEGIN_MS), BEGIN_MS);
  one.add(500, BEGIN_MS);
  assert.equal(one.fallsToMs(500, BEGIN_MS), BEGIN_MS);
  assert.equal(one.mayFallToMs(100, BEGIN_MS), one.fallsToMs(100, BEGIN_MS));
  assert.equal(one.endsMs(BEGIN_MS), null);
});

/** Two requests, 10,000 and ten seconds later 5,000; told of the second. @returns the surprise, and what is counted then and later. */
function toldOf(used: number) {
  const one = counter();
  one.add(10_000, BEGIN_MS);
  const sentMs = BEGIN_MS + 10_000;
  one.add(5_000, sentMs);
  const sighting = { mark: one.mark(), sentMs, used, tolerance: TOLERANCE, own: OWN };
  one.add(300, sentMs + 100);
  const surprise = one.see(sighting, sentMs + 300);
  const usedAt = (atMs: number) => Math.round(one.used(atMs));
  return [surprise?.error, surprise?.jumped, usedAt(sentMs + 300), usedAt(sentMs + 55_000), usedAt(sentMs + 61_000)];
}

const TOLD: ReadonlyArray<readonly [what: string, used: number, want: ReadonlyArray<number | boolean | null>]> = [
  ['the same', 15_000, [0, false, 15_300, 5_300, 0]],
  ['a little more: it is of the request, and leaves with it', 15_400, [400, false, 15_700, 5_700, 0]],
  ['a little less: the request cost less', 14_600, [-400, false, 14_900, 4_900, 0]],
  ['more than the request can have cost: all of it is counted, and no longer', 18_000, [3000, false, 18_300, null, 0]],
  ['less than it can have cost: the rest has left', 13_500, [-1500, false, 13_800, null, 0]],
  ['far less: the same, and it was a jump', 6_000, [-9000, true, 6_300, null, 0]],
];

for (const [what, used, want] of TOLD) {
  test(`SlidingCounter: told of ${what}`, () => {
    const found = toldOf(used);
    assert.deepEqual(
      found.map((figure, i) => (want[i] === null ? null : figure)),
      want,
    );
  });
}

test('SlidingCounter: a sighting older than the last one says nothing', () => {
  const one = counter();
  one.add(100, BEGIN_MS);
  const mark = one.mark();
  one.add(100, BEGIN_MS + 500);
  one.see({ mark: one.mark(), sentMs: BEGIN_MS + 500, used: 300, tolerance: TOLERANCE, own: OWN }, BEGIN_MS + 600);
  assert.equal(one.see({ mark, sentMs: BEGIN_MS, used: 90_000, tolerance: TOLERANCE, own: OWN }, BEGIN_MS + 700), null);
  assert.equal(Math.round(one.used(BEGIN_MS + 700)), 300);
});

test('SlidingCounter: a sighting that comes after its request has left is counted with the oldest', () => {
  const one = counter();
  one.add(100, BEGIN_MS);
  const mark = one.mark();
  const lateMs = BEGIN_MS + 2 * PERIOD_MS;
  one.see({ mark, sentMs: BEGIN_MS, used: 500, tolerance: TOLERANCE, own: OWN }, lateMs);
  assert.ok(one.used(lateMs) <= 400);
  assert.ok(one.used(lateMs + 2 * SLOT_MS) < 1e-6);
});

test('SlidingCounter: gives back what is still there of the request, and nothing once it has left', () => {
  const one = counter();
  one.add(1000, BEGIN_MS);
  one.add(300, BEGIN_MS + 5_000);
  one.giveBack({ amount: 400, mark: one.mark(), sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS + 6_000);
  assert.equal(one.used(BEGIN_MS + 6_000), 900);
  one.giveBack({ amount: 5_000, mark: one.mark(), sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS + 6_000);
  assert.equal(one.used(BEGIN_MS + 6_000), 300);
  const lateMs = BEGIN_MS + PERIOD_MS + 1_000;
  one.giveBack({ amount: 300, mark: one.mark(), sentMs: BEGIN_MS, wasCounted: true }, lateMs);
  assert.equal(one.used(lateMs), 300);
});

test('SlidingCounter: what was given back is not missed by the next sighting', () => {
  const one = counter();
  const truth = new SlidingTruth(PERIOD_MS);
  const first = truth.count(1000, BEGIN_MS);
  one.add(1000, BEGIN_MS);
  one.giveBack({ amount: 600, mark: one.mark(), sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS + 3_000);
  truth.giveBack(first, 600);
  one.add(200, BEGIN_MS + 4_000);
  truth.count(200, BEGIN_MS + 4_000);
  const used = truth.used(BEGIN_MS + 4_000);
  const sighting = { mark: one.mark(), sentMs: BEGIN_MS + 4_000, used, tolerance: TOLERANCE, own: OWN };
  assert.deepEqual(one.see(sighting, BEGIN_MS + 4_300), { error: 0, jumped: false, foreseen: false });
});
