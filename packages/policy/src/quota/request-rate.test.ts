import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RetryHint } from '@spillway/protocol';
import { RequestRate } from './request-rate.ts';
import { BEGIN_MS, told } from './testing.ts';
import { everyCounter } from './window.ts';

function hint(waitMs: number, source: RetryHint['source'] = 'retry-after-ms'): RetryHint {
  return { waitMs, source };
}

/** Requests that a new slice takes until it opens later. @param most no more are tried. */
function fits(rate: RequestRate, nowMs: number, most = 2000): number {
  for (let sent = 0; sent < most; sent++) {
    if (rate.opensAtMs(nowMs) > nowMs) return sent;
    rate.add(nowMs);
  }
  return most;
}

test('RequestRate: without a known limit it is always open, and nothing is said of what remains', () => {
  const rate = new RequestRate(null, 60_000);
  assert.equal(fits(rate, BEGIN_MS), 2000);
  assert.deepEqual([rate.free(BEGIN_MS), rate.remaining(BEGIN_MS), rate.isTaught], [1, null, false]);
});

const SLICES: ReadonlyArray<readonly [perMinute: number, periodMs: number, inSlice: number]> = [
  [600, 1_000, 10],
  [600, 10_000, 100],
  [600, 60_000, 600],
  [6, 10_000, 1],
  [1, 1_000, 1],
  [61, 1_000, 2],
];

for (const [perMinute, periodMs, inSlice] of SLICES) {
  test(`RequestRate: ${perMinute} a minute in slices of ${periodMs} ms lets ${inSlice} in, and opens a slice later`, () => {
    const rate = new RequestRate(perMinute, periodMs);
    assert.equal(rate.remaining(BEGIN_MS), inSlice);
    assert.equal(fits(rate, BEGIN_MS), inSlice);
    assert.deepEqual([rate.remaining(BEGIN_MS), rate.free(BEGIN_MS)], [0, 0]);
    const opensMs = rate.opensAtMs(BEGIN_MS);
    assert.ok(opensMs > BEGIN_MS && opensMs <= BEGIN_MS + 1.01 * periodMs, `after ${opensMs - BEGIN_MS} ms`);
    assert.ok(rate.opensAtMs(opensMs + 1) <= opensMs + 1);
  });
}

test('RequestRate: what never left is given back', () => {
  const rate = new RequestRate(60, 60_000);
  const marks = rate.add(BEGIN_MS);
  rate.add(BEGIN_MS);
  rate.giveBack(marks, BEGIN_MS, BEGIN_MS + 10, everyCounter);
  assert.equal(rate.remaining(BEGIN_MS + 10), 59);
});

const HEADERS: ReadonlyArray<
  readonly [what: string, reading: Parameters<typeof told>[0], remaining: number, isTaught: boolean]
> = [
  ['nothing', {}, 600, false],
  ['a period of 10 s', { renewalRequestsMs: 10_000 }, 100, true],
  [
    'a period of 10 s, and what is left counted by the slice',
    { renewalRequestsMs: 10_000, limitRequests: 100 },
    100,
    true,
  ],
  ['a period of 10 s, and the limit of the minute', { renewalRequestsMs: 10_000, limitRequests: 600 }, 100, true],
  ['a lower limit', { limitRequests: 300 }, 300, false],
  ['a higher limit', { limitRequests: 900 }, 900, false],
];

for (const [what, reading, remaining, isTaught] of HEADERS) {
  test(`RequestRate: headers tell ${what}`, () => {
    const rate = new RequestRate(600, 60_000);
    rate.learn(told(reading));
    assert.deepEqual([rate.remaining(BEGIN_MS), rate.isTaught], [remaining, isTaught]);
  });
}

/** Nothing is configured; headers tell of a limit of 60 and of slices of a second. */
function untold(): RequestRate {
  const rate = new RequestRate(null, 10_000);
  rate.learn(told({ limitRequests: 60, renewalRequestsMs: 1_000 }));
  return rate;
}

test('RequestRate: a limit that only headers tell, of the minute or of short slices, is first taken for that of a slice', () => {
  assert.equal(fits(untold(), BEGIN_MS), 60);
});

test('RequestRate: a refusal where only the limit of the minute explains it decides for that', () => {
  const rate = untold();
  for (let sent = 0; sent < 3; sent++) rate.add(BEGIN_MS);
  rate.refused(hint(900), BEGIN_MS);
  assert.deepEqual(rate.rate, { perPeriod: 1, periodMs: 1_000 });
  rate.learn(told({ limitRequests: 60, renewalRequestsMs: 1_000 }));
  assert.deepEqual(rate.rate, { perPeriod: 1, periodMs: 1_000 });
});

test('RequestRate: a refusal beyond the limit of the minute leaves it that of a slice', () => {
  const rate = untold();
  for (let sent = 0; sent < 4; sent++) rate.add(BEGIN_MS);
  rate.refused(hint(900), BEGIN_MS);
  assert.deepEqual(rate.rate, { perPeriod: 60, periodMs: 1_000 });
});

test('RequestRate: what was read as the limit of a slice goes with the length of the slices, and with its changes', () => {
  const rate = new RequestRate(null, 60_000);
  rate.learn(told({ limitRequests: 60 }));
  assert.deepEqual(rate.rate, { perPeriod: 60, periodMs: 60_000 });
  rate.learn(told({ renewalRequestsMs: 10_000 }));
  assert.deepEqual(rate.rate, { perPeriod: 60, periodMs: 10_000 });
  rate.learn(told({ limitRequests: 30 }));
  assert.deepEqual(rate.rate, { perPeriod: 30, periodMs: 10_000 });
});

test('RequestRate: a configured rate stays as it is where a slice of it is told, which is rounded up', () => {
  const rate = new RequestRate(61, 1_000);
  rate.learn(told({ limitRequests: 2, renewalRequestsMs: 1_000 }));
  rate.learn(told({ renewalRequestsMs: 60_000 }));
  assert.deepEqual(rate.rate, { perPeriod: 61, periodMs: 60_000 });
});

test('RequestRate: a slice of a configured rate that is lowered is still a slice', () => {
  const rate = new RequestRate(600, 10_000);
  rate.learn(told({ limitRequests: 100, renewalRequestsMs: 10_000 }));
  rate.learn(told({ limitRequests: 50, renewalRequestsMs: 10_000 }));
  assert.deepEqual(rate.rate, { perPeriod: 50, periodMs: 10_000 });
});

test('RequestRate: a limit that only headers tell is believed', () => {
  const rate = new RequestRate(null, 60_000);
  rate.learn(told({ limitRequests: 60, renewalRequestsMs: 60_000 }));
  assert.equal(rate.remaining(BEGIN_MS), 60);
  assert.equal(fits(rate, BEGIN_MS), 60);
});

test('RequestRate: what remains of a minute is pulled to what headers say; of a shorter slice they say nothing', () => {
  const minute = new RequestRate(600, 60_000);
  minute.see(minute.add(BEGIN_MS), BEGIN_MS, 400, BEGIN_MS + 300);
  assert.equal(minute.remaining(BEGIN_MS + 300), 400);
  const slice = new RequestRate(600, 10_000);
  slice.see(slice.add(BEGIN_MS), BEGIN_MS, 10, BEGIN_MS + 300);
  assert.equal(slice.remaining(BEGIN_MS + 300), 99);
});

test('RequestRate: more remaining than the limit is another count, and is passed over', () => {
  const rate = new RequestRate(600, 60_000);
  rate.see(rate.add(BEGIN_MS), BEGIN_MS, 5000, BEGIN_MS + 300);
  assert.equal(rate.remaining(BEGIN_MS + 300), 599);
});

const REFUSALS: ReadonlyArray<
  readonly [what: string, sent: number, hint: RetryHint | null, inSlice: number, isTaught: boolean]
> = [
  ['of 700 ms with room left: slices of a second', 20, hint(700), 10, true],
  ['of 7 s with room left: slices of ten', 20, hint(7_000), 100, true],
  ['of 7 s when the minute was spent: a minute that ends then', 600, hint(7_000), 600, true],
  ['of 40 s with room left: a minute', 20, hint(40_000), 600, true],
  ['of a day: no slice is so long', 20, hint(86_400_000), 600, false],
  ['without a time', 20, null, 600, false],
];

for (const [what, sent, told, inSlice, isTaught] of REFUSALS) {
  test(`RequestRate: a refusal ${what}`, () => {
    const rate = new RequestRate(600, 60_000);
    for (let i = 0; i < sent; i++) rate.add(BEGIN_MS);
    rate.refused(told, BEGIN_MS + 20);
    assert.equal(rate.isTaught, isTaught);
    assert.equal(fits(rate, BEGIN_MS + 600_000), inSlice);
  });
}

test('RequestRate: slices that were believed too short grow when a refusal tells a longer wait', () => {
  const rate = new RequestRate(600, 1_000);
  rate.refused(hint(8_000), BEGIN_MS);
  assert.equal(fits(rate, BEGIN_MS + 60_000), 100);
});

/** [sent in this slice, owed, opens after]. Slices of ten seconds, of 100 requests. */
const OWED: ReadonlyArray<readonly [sent: number, owed: number, afterMs: number]> = [
  [0, 99, 0],
  [50, 49, 0],
  [50, 49.5, 10_000],
  [0, 100, 10_000],
  [100, 60, 10_000],
  [100, 99, 10_000],
  [100, 100, 20_000],
  [100, 199.5, 30_000],
  [100, 900, 100_000],
];

for (const [sent, owed, afterMs] of OWED) {
  test(`RequestRate: with ${sent} sent and ${owed} owed, opens after ${afterMs} ms`, () => {
    const rate = new RequestRate(600, 10_000);
    for (let i = 0; i < sent; i++) rate.add(BEGIN_MS);
    const opensMs = rate.opensAtMs(BEGIN_MS, owed) - BEGIN_MS;
    // What may be a sliding window is counted in slots, which leave as a whole.
    assert.ok(Math.abs(opensMs - afterMs) <= 0.02 * afterMs, `after ${opensMs} ms`);
  });
}

test('RequestRate: in a minute that slides, each turn of those before is a minute, and the rest frees itself bit by bit', () => {
  const rate = slidingMinute();
  assert.equal(rate.isByDrops, true);
  const nowMs = BEGIN_MS + 5 * 60_000;
  const opensMs = [0, 300, 600, 900].map((owed) => rate.opensAtMs(nowMs, owed) - nowMs);
  assert.deepEqual(
    opensMs,
    opensMs.toSorted((one, other) => one - other),
  );
  const [now = 0, half = 0, whole = 0, more = 0] = opensMs;
  assert.ok(now < 1_000 && Math.abs(half - 30_000) < 2_000, `${opensMs}`);
  assert.ok(Math.abs(whole - now - 60_000) < 2_000 && Math.abs(more - half - 60_000) < 2_000, `${opensMs}`);
});

/** Of 600 a minute, all of them sent evenly for five minutes, and told by headers of a counter that slides. */
function slidingMinute(): RequestRate {
  const rate = new RequestRate(600, 60_000);
  for (let i = 0; i < 3_000; i++) {
    const sentMs = BEGIN_MS + i * 100;
    const marks = rate.add(sentMs);
    rate.see(marks, sentMs, 600 - Math.min(600, i + 1), sentMs + 50);
  }
  return rate;
}

test('RequestRate: its rate is that of its slices; null where it is not limited', () => {
  assert.deepEqual(new RequestRate(600, 10_000).rate, { perPeriod: 100, periodMs: 10_000 });
  assert.equal(new RequestRate(null, 10_000).rate, null);
  assert.equal(new RequestRate(600, 10_000).isByDrops, false);
});

/** [length of a slice that is spent, whether headers told it, whether that it is shut is a guess]. */
const GUESSES: ReadonlyArray<readonly [periodMs: number, isTold: boolean, isGuess: boolean]> = [
  [10_000, false, true],
  [60_000, false, true],
  [10_000, true, false],
  [60_000, true, false],
];

for (const [periodMs, isTold, isGuess] of GUESSES) {
  test(`RequestRate: that a slice of ${periodMs} ms is shut is ${isGuess ? 'a' : 'no'} guess, ${isTold ? 'told' : 'not told'} its length`, () => {
    const rate = new RequestRate(60, periodMs);
    if (isTold) rate.learn(told({ renewalRequestsMs: periodMs }));
    for (let i = 0; i < 60; i++) rate.add(BEGIN_MS);
    assert.equal(rate.isGuess(BEGIN_MS + 100, 0), isGuess);
  });
}

test('RequestRate: a minute that may be over by now is shut by a guess, and for certain once a refusal told its end', () => {
  const rate = new RequestRate(60, 60_000);
  rate.learn(told({ renewalRequestsMs: 60_000 }));
  send(rate, 30, 0, 59);
  // It began anew while nobody sent: some time in between.
  send(rate, 30, 80_000, 59);
  send(rate, 30, 110_000, 29);
  const nowMs = BEGIN_MS + 115_000;
  assert.deepEqual([rate.opensAtMs(nowMs) > nowMs, rate.isGuess(nowMs, 0)], [true, true]);
  assert.equal(rate.isGuess(nowMs, 60), false, 'there is no room for one more than those who were promised');
  rate.refused(hint(20_000), nowMs);
  assert.equal(rate.isGuess(nowMs + 1, 0), false);
});

/** So many at once. @param left what headers say after the first. */
function send(rate: RequestRate, count: number, afterMs: number, left: number): void {
  for (let i = 0; i < count; i++) {
    const sentMs = BEGIN_MS + afterMs + i;
    rate.see(rate.add(sentMs), sentMs, left - i, sentMs);
  }
}
