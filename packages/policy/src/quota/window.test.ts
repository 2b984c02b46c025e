import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { BEGIN_MS, FixedTruth, Later, SlidingTruth, type Truth } from './testing.ts';
import { WindowBelief } from './window.ts';

const PERIOD_MS = 60_000;
const LIMIT = 300_000;
const TOLERANCE = 0.02 * LIMIT;
/** What a request may have cost more or less than was believed. */
const OWN = 400;
const COST = 1500;
/** Of each charge, come back when the answer ends. */
const UNUSED = 500;

interface Run {
  readonly truth: Truth;
  readonly refunds: boolean;
  readonly seed: number;
  readonly periods: number;
}

interface Found {
  readonly shape: string;
  readonly refunds: boolean;
  /** The most that the belief lacked, from the time on when it should know. */
  readonly lacked: number;
  readonly plain: boolean;
}

/** Traffic at 90 % of the limit, told of after 300 ms, and ended after 3 s. */
function run({ truth, refunds, seed, periods }: Run, knowsFromMs: number): Found {
  const unit = seededUnit(seed);
  const belief = new WindowBelief(PERIOD_MS, true);
  const later = new Later();
  let lacked = 0;
  const everyMs = (PERIOD_MS * COST) / (0.9 * LIMIT);
  for (let nowMs = BEGIN_MS; nowMs < BEGIN_MS + periods * PERIOD_MS; nowMs += 2 * everyMs * unit()) {
    later.until(nowMs);
    if (nowMs >= BEGIN_MS + knowsFromMs) lacked = Math.max(lacked, truth.used(nowMs) - belief.used(nowMs));
    const cost = Math.ceil(COST * (0.5 + unit()));
    const sentMs = nowMs;
    const marks = belief.add(cost, sentMs);
    const counted = truth.count(cost, sentMs);
    const used = truth.used(sentMs);
    later.at(sentMs + 300, () => {
      belief.see(marks, { sentMs, used, tolerance: TOLERANCE, own: OWN, limit: LIMIT }, sentMs + 300);
    });
    later.at(sentMs + 3000, () => {
      if (refunds) truth.giveBack(counted, UNUSED);
      belief.giveBack(marks, { amount: UNUSED, sentMs, wasCounted: true }, sentMs + 3000, ({ refunds }) => refunds);
    });
  }
  const { shape, refunds: found } = belief.counter;
  return { shape, refunds: found, lacked, plain: belief.isPlain };
}

const KINDS = [
  ['fixed', false],
  ['fixed', true],
  ['sliding', false],
  ['sliding', true],
] as const;

function truthOf(shape: 'fixed' | 'sliding', seed: number): Truth {
  if (shape === 'sliding') return new SlidingTruth(PERIOD_MS);
  return new FixedTruth(PERIOD_MS, BEGIN_MS + PERIOD_MS * seededUnit(seed)());
}

for (const [shape, refunds] of KINDS) {
  const what = `${shape}${refunds ? ', with refunds,' : ''}`;

  test(`WindowBelief: elects ${what} within two windows, whatever the phase`, () => {
    for (let seed = 501; seed <= 516; seed++) {
      const found = run({ truth: truthOf(shape, seed), refunds, seed, periods: 2 }, 0);
      assert.deepEqual([found.shape, found.refunds, found.plain], [shape, refunds, true], `seed ${seed}`);
    }
  });

  test(`WindowBelief: of ${what} believes no less than the truth by more than noise once it knows, and stays with it`, () => {
    for (let seed = 601; seed <= 608; seed++) {
      const found = run({ truth: truthOf(shape, seed), refunds, seed, periods: 6 }, 2 * PERIOD_MS);
      assert.deepEqual([found.shape, found.refunds, found.plain], [shape, refunds, true], `seed ${seed}`);
      assert.ok(found.lacked <= TOLERANCE, `lacked ${found.lacked}, seed ${seed}`);
    }
  });

  test(`WindowBelief: of ${what} untold, believes no less than the truth without refunds`, () => {
    const truth = truthOf(shape, 7);
    const belief = new WindowBelief(PERIOD_MS, true);
    const unit = seededUnit(701);
    for (let nowMs = BEGIN_MS; nowMs < BEGIN_MS + 3 * PERIOD_MS; nowMs += 800 * unit()) {
      // A slot of the sliding counter leaves bit by bit.
      assert.ok(belief.used(nowMs) >= truth.used(nowMs) - COST, `after ${nowMs - BEGIN_MS} ms`);
      belief.add(COST, nowMs);
      truth.count(COST, nowMs);
    }
  });
}

test('WindowBelief: holds by the documented shape until it was told of any', () => {
  const { counter } = new WindowBelief(PERIOD_MS, true);
  assert.deepEqual([counter.shape, counter.refunds], ['fixed', false]);
});

test('WindowBelief: as long as shapes are about as good, the one that leaves less room holds', () => {
  const belief = new WindowBelief(PERIOD_MS, false);
  belief.add(LIMIT, BEGIN_MS);
  belief.add(100, BEGIN_MS + 59_000);
  belief.endsBy(BEGIN_MS + 30_000, 50);
  // The fixed window is over and counts 100; the sliding one still has all of it.
  assert.equal(belief.isPlain, false);
  assert.ok(belief.used(BEGIN_MS + 59_500) >= LIMIT);
  assert.ok(belief.mayHaveRoom(1000, BEGIN_MS + 59_500));
  assert.ok(belief.fallsToMs(1000, BEGIN_MS + 59_500) >= BEGIN_MS + PERIOD_MS);
});

test('WindowBelief: what is asked twice in one moment is the same, and new after anything moved', () => {
  const belief = new WindowBelief(PERIOD_MS, true);
  assert.equal(belief.used(BEGIN_MS), 0);
  const marks = belief.add(500, BEGIN_MS);
  assert.equal(belief.used(BEGIN_MS), 500);
  belief.giveBack(marks, { amount: 200, sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS, ({ refunds }) => refunds);
  assert.equal(belief.used(BEGIN_MS), 500, 'none that refunds is believed yet');
  belief.giveBack(marks, { amount: 200, sentMs: BEGIN_MS, wasCounted: false }, BEGIN_MS, () => true);
  assert.equal(belief.used(BEGIN_MS), 300);
  belief.see(marks, { sentMs: BEGIN_MS, used: 900, tolerance: TOLERANCE, own: OWN, limit: LIMIT }, BEGIN_MS);
  assert.equal(belief.used(BEGIN_MS), 900);
  belief.endsBy(BEGIN_MS + 100, 50);
  assert.equal(belief.fallsToMs(900, BEGIN_MS), BEGIN_MS);
});

test('WindowBelief: marks of another belief, or none, change nothing', () => {
  const belief = new WindowBelief(PERIOD_MS, true);
  belief.add(500, BEGIN_MS);
  belief.giveBack([], { amount: 500, sentMs: BEGIN_MS, wasCounted: true }, BEGIN_MS + 1, () => true);
  assert.equal(belief.see([], { sentMs: BEGIN_MS, used: 1, tolerance: 1, own: 1, limit: LIMIT }, BEGIN_MS + 1), null);
  assert.equal(belief.used(BEGIN_MS + 1), 500);
});

test('WindowBelief: the least that is counted is by the belief that leaves most room', () => {
  const belief = new WindowBelief(PERIOD_MS, false);
  belief.add(LIMIT, BEGIN_MS);
  belief.endsBy(BEGIN_MS + 30_000, 50);
  belief.add(100, BEGIN_MS + 59_000);
  assert.equal(belief.usedAtLeast(BEGIN_MS + 59_500), 100);
  assert.ok(belief.used(BEGIN_MS + 59_500) >= LIMIT);
});

test('WindowBelief: untold when the window begins, counts nothing twice: what fits into every period fits', () => {
  const belief = new WindowBelief(PERIOD_MS, true);
  for (let nowMs = BEGIN_MS; nowMs < BEGIN_MS + 4 * PERIOD_MS; nowMs += 500) {
    belief.add(COST, nowMs);
    assert.ok(belief.used(nowMs) <= 121 * COST, `${belief.used(nowMs)} after ${nowMs - BEGIN_MS} ms`);
  }
});

test('WindowBelief: is doubtful while no way of counting explains what is told, and no longer when one does', () => {
  const belief = new WindowBelief(PERIOD_MS, true);
  let nowMs = BEGIN_MS;
  const see = (used: number) => {
    const marks = belief.add(100, nowMs);
    belief.see(marks, { sentMs: nowMs, used, tolerance: TOLERANCE, own: OWN, limit: LIMIT }, nowMs);
    nowMs += 1_000;
  };
  see(100);
  assert.equal(belief.isDoubtful, false);
  for (let i = 0; i < 20; i++) see(i % 2 === 0 ? 0.9 * LIMIT : 0.1 * LIMIT);
  assert.equal(belief.isDoubtful, true);
  for (let i = 0; i < 600; i++) see(Math.min(60, i + 1) * 100);
  assert.equal(belief.isDoubtful, false);
});
