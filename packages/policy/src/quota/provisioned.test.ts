import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { NO_USAGE } from '@spillway/protocol';
import { type Need, REQUEST_CLASSES } from '../need.ts';
import { type ProvisionedGrant, ProvisionedQuota } from './provisioned.ts';
import type { Reservation } from './quota.ts';
import { checkHostile } from './testing/hostile.ts';
import { BEGIN_MS, Later, LeakyBucket, needOf, sendAndRead, told } from './testing.ts';

const MINUTE_MS = 60_000;
const PER_MINUTE = 120_000;
const WEIGHT = 4;
const GRANT: ProvisionedGrant = {
  tokensPerMinute: PER_MINUTE,
  outputWeight: WEIGHT,
  spillAt: { interactive: 1, standard: 0.9, batch: 0.7 },
};

interface World {
  /** What the bucket holds, in seconds of its drain. */
  readonly seconds: number;
  /** What it takes for an answer without a bound. Tokens. */
  readonly unbounded: number;
  readonly seed: number;
  /** Of the drain. */
  readonly load: number;
  readonly answers: number;
}

interface Found {
  /** After the first so many answers. Share of the bucket. */
  readonly worst: number;
  readonly refused: number;
  readonly peak: number;
}

/** Sends to a true bucket that tells its utilisation as Azure does: in tenths of a percent, 200 ms late. */
class Lab {
  readonly #world: World;
  readonly quota = new ProvisionedQuota(GRANT);
  readonly bucket: LeakyBucket;
  readonly later = new Later();
  worst = 0;
  peak = 0;
  refused = 0;

  constructor(world: World) {
    this.#world = world;
    this.bucket = new LeakyBucket((PER_MINUTE * world.seconds) / 60, PER_MINUTE / MINUTE_MS);
  }

  run(settledAfter: number): Found {
    const { seed, load, answers } = this.#world;
    const unit = seededUnit(seed);
    const meanMs = (MINUTE_MS * (1000 + WEIGHT * 300)) / (load * PER_MINUTE);
    let nowMs = BEGIN_MS;
    for (let sent = 0; sent < answers; nowMs -= meanMs * Math.log(1 - unit())) {
      this.later.until(nowMs);
      const off = Math.abs((this.quota.report(nowMs).utilisation ?? 9) - this.bucket.utilisation(nowMs));
      if (sent > settledAfter) this.worst = Math.max(this.worst, off);
      this.peak = Math.max(this.peak, this.bucket.utilisation(nowMs));
      const completionTokens = Math.ceil(600 * unit());
      const need = needOf({
        class: 'interactive',
        promptTokens: Math.ceil(2000 * unit()),
        answerTokensMax: unit() < 0.5 ? null : Math.ceil(completionTokens * (1 + unit())),
        answerTokens: 300,
      });
      const lastsMs = 1000 + 6000 * unit();
      if (this.quota.opensAtMs(need, nowMs, 0) > nowMs && !this.quota.isGuess(nowMs)) continue;
      this.#send(need, { nowMs, lastsMs, completionTokens });
      sent++;
    }
    return { worst: this.worst, refused: this.refused, peak: this.peak };
  }

  #send(need: Need, { nowMs, lastsMs, completionTokens }: Sent): void {
    const { quota, bucket, later } = this;
    const reservation = quota.reserve(need, nowMs);
    if (bucket.utilisation(nowMs) > 1) {
      this.refused++;
      const hint = { waitMs: Math.max(1, Math.round(bucket.waitMs(nowMs))), source: 'retry-after-ms' } as const;
      quota.read(reservation, told({ status: 429, hint, utilisation: bucket.utilisation(nowMs) }), nowMs);
      quota.settle(reservation, { kind: 'refused' }, nowMs);
      return;
    }
    const estimate = need.promptTokens + WEIGHT * (need.answerTokensMax ?? this.#world.unbounded);
    bucket.add(estimate, nowMs);
    const utilisation = Math.round(1000 * bucket.utilisation(nowMs)) / 1000;
    later.at(nowMs + 200, () => quota.read(reservation, told({ utilisation }), nowMs + 200));
    later.at(nowMs + lastsMs, () => {
      bucket.add(need.promptTokens + WEIGHT * completionTokens - estimate, nowMs + lastsMs);
      const usage = { ...NO_USAGE, promptTokens: need.promptTokens, completionTokens };
      quota.settle(reservation, { kind: 'served', usage }, nowMs + lastsMs);
    });
  }
}

interface Sent {
  readonly nowMs: number;
  readonly lastsMs: number;
  readonly completionTokens: number;
}

for (const load of [0.8, 0.95, 1.5]) {
  for (const seconds of [30, 60, 90, 120]) {
    test(`ProvisionedQuota: at ${100 * load} % load of a bucket of ${seconds} s is within a point of the truth after 50 answers`, () => {
      for (const unbounded of [500, 1000, 2000, 4000]) {
        for (const seed of [1, 2, 3]) {
          const { worst } = new Lab({ seconds, unbounded, seed, load, answers: 300 }).run(50);
          assert.ok(worst <= 0.01, `off by ${worst}: ${unbounded} for an answer without a bound, seed ${seed}`);
        }
      }
    });
  }
}

test('ProvisionedQuota: at 150 % load fills the bucket and is hardly refused', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { refused, peak } = new Lab({ seconds: 60, unbounded: 1000, seed, load: 1.5, answers: 600 }).run(0);
    assert.ok(refused <= 6, `refused ${refused}, seed ${seed}`);
    assert.ok(peak >= 0.97, `no fuller than ${peak}, seed ${seed}`);
  }
});

/** With so much in it as a share of a minute's worth, told by three answers. */
function filledTo(utilisation: number, grant = GRANT): ProvisionedQuota {
  const quota = new ProvisionedQuota(grant);
  const need = needOf({ promptTokens: utilisation * PER_MINUTE });
  sendAndKeep(quota, need, utilisation);
  for (let i = 0; i < 3; i++) sendAndKeep(quota, needOf({}), utilisation);
  return quota;
}

function sendAndKeep(quota: ProvisionedQuota, need: Need, utilisation: number): void {
  quota.read(quota.reserve(need, BEGIN_MS), told({ utilisation }), BEGIN_MS);
}

/** The share of the bucket at which each class is let in again is reached by draining. */
const SPILLS: ReadonlyArray<
  readonly [utilisation: number, waitsMs: readonly [interactive: number, standard: number, batch: number]]
> = [
  [0.5, [0, 0, 0]],
  [0.8, [0, 0, 6_000]],
  [0.95, [0, 3_000, 15_000]],
  [1.1, [6_000, 12_000, 24_000]],
];

for (const [utilisation, waitsMs] of SPILLS) {
  test(`ProvisionedQuota: at ${100 * utilisation} % each class waits as its threshold says: ${waitsMs.join(', ')} ms`, () => {
    const quota = filledTo(utilisation);
    for (const [i, of] of REQUEST_CLASSES.entries()) {
      const opensMs = quota.opensAtMs(needOf({ class: of, promptTokens: 10 }), BEGIN_MS, 0);
      const waitMs = waitsMs[i] ?? 0;
      assert.ok(Math.abs(opensMs - BEGIN_MS - waitMs) <= 20, `${of}: ${opensMs - BEGIN_MS} ms`);
    }
    assert.equal(quota.isGuess(BEGIN_MS), utilisation < 1, 'below its brim Azure lets in whoever comes');
  });
}

test('ProvisionedQuota: long work of a class that spills early spills before short work; interactive work does not', () => {
  const quota = filledTo(0.899);
  const waitOf = (need: Partial<Need>) => quota.opensAtMs(needOf(need), BEGIN_MS, 0) - BEGIN_MS;
  const long = { promptTokens: 10_000, answerTokens: 2000 };
  assert.equal(waitOf({ class: 'standard', promptTokens: 10 }), 0);
  assert.ok(waitOf({ class: 'standard', ...long }) > 0);
  assert.equal(waitOf({ class: 'interactive', ...long }), 0);
  assert.equal(
    waitOf({ class: 'standard', ...long, cachedTokens: 10_000, answerTokens: 10 }),
    0,
    'cached tokens cost nothing',
  );
});

test('ProvisionedQuota: what is owed to those who wait is held back', () => {
  const quota = filledTo(0.5);
  const need = needOf({ class: 'interactive', promptTokens: 10 });
  assert.equal(quota.opensAtMs(need, BEGIN_MS, 0.4 * PER_MINUTE), BEGIN_MS);
  const opensMs = quota.opensAtMs(need, BEGIN_MS, PER_MINUTE);
  assert.ok(Math.abs(opensMs - BEGIN_MS - 30_000) <= 20, `${opensMs - BEGIN_MS} ms`);
});

for (const waitMs of [43, 2_000, 59_000]) {
  test(`ProvisionedQuota: a 429 that tells ${waitMs} ms is believed to the millisecond, wherever the level was thought to be`, () => {
    for (const utilisation of [0, 0.4, 1.3]) {
      const quota = filledTo(utilisation);
      const reading = { status: 429, hint: { waitMs, source: 'retry-after-ms' } } as const;
      sendAndRead(quota, needOf({ promptTokens: 5000 }), reading, BEGIN_MS);
      const opensMs = quota.opensAtMs(needOf({ class: 'interactive', promptTokens: 10 }), BEGIN_MS, 0);
      assert.ok(Math.abs(opensMs - BEGIN_MS - waitMs) <= 1, `${opensMs - BEGIN_MS} ms instead of ${waitMs}`);
      assert.ok(quota.opensAtMs(needOf({ class: 'interactive' }), BEGIN_MS + waitMs + 1, 0) <= BEGIN_MS + waitMs + 1);
    }
  });
}

test('ProvisionedQuota: a 429 that tells no time, or more than a minute, takes back its estimate and nothing else', () => {
  for (const hint of [null, { waitMs: 86_400_000, source: 'retry-after' }] as const) {
    const quota = filledTo(0.4);
    sendAndRead(quota, needOf({ promptTokens: 5000 }), { status: 429, hint }, BEGIN_MS);
    assert.ok(Math.abs((quota.report(BEGIN_MS).utilisation ?? 9) - 0.4) <= 1e-6);
  }
});

test('ProvisionedQuota: an idle bucket runs empty and stays there, and an answer that ends late adds nothing to it', () => {
  const quota = new ProvisionedQuota(GRANT);
  const reservation = quota.reserve(needOf({ promptTokens: 5000, answerTokensMax: 1000 }), BEGIN_MS);
  assert.equal(reservation.charge, 9000);
  const hourMs = BEGIN_MS + 3_600_000;
  assert.deepEqual([quota.report(hourMs).utilisation, quota.free(hourMs)], [0, 1]);
  const usage = { ...NO_USAGE, promptTokens: 5000, completionTokens: 500 };
  quota.settle(reservation, { kind: 'served', usage }, hourMs);
  assert.equal(quota.report(hourMs).utilisation, 0, 'the answer used less than was estimated: the difference goes');
  quota.reserve(needOf({ promptTokens: 12_000 }), hourMs);
  assert.ok(Math.abs((quota.report(hourMs).utilisation ?? 9) - 0.1) <= 1e-9);
});

test('ProvisionedQuota: an answer that used more than was estimated adds the difference', () => {
  const quota = new ProvisionedQuota(GRANT);
  const reservation = quota.reserve(needOf({ promptTokens: 0, answerTokensMax: 0 }), BEGIN_MS);
  const usage = { ...NO_USAGE, promptTokens: 12_000, cachedTokens: 8_000, completionTokens: 2000 };
  quota.settle(reservation, { kind: 'served', usage }, BEGIN_MS);
  quota.settle(reservation, { kind: 'served', usage }, BEGIN_MS);
  assert.ok(Math.abs((quota.report(BEGIN_MS).utilisation ?? 9) - 0.1) <= 1e-9, 'once, and cached tokens for nothing');
});

for (const kind of ['unsent', 'lost'] as const) {
  test(`ProvisionedQuota: what was ${kind} is taken out of the bucket`, () => {
    const quota = new ProvisionedQuota(GRANT);
    quota.settle(quota.reserve(needOf({ promptTokens: 12_000, answerTokensMax: null }), BEGIN_MS), { kind }, BEGIN_MS);
    assert.equal(quota.report(BEGIN_MS).utilisation, 0);
  });
}

test('ProvisionedQuota: a served answer whose usage is not known is taken for what was expected', () => {
  const quota = new ProvisionedQuota(GRANT);
  const need = needOf({ promptTokens: 10_000, cachedTokens: 6_000, answerTokensMax: 20_000, answerTokens: 2000 });
  quota.settle(quota.reserve(need, BEGIN_MS), { kind: 'served', usage: NO_USAGE }, BEGIN_MS);
  assert.ok(Math.abs((quota.report(BEGIN_MS).utilisation ?? 9) - 0.1) <= 1e-9);
});

test('ProvisionedQuota: nothing is known without units, and nothing stands in the way', () => {
  const quota = new ProvisionedQuota({ ...GRANT, tokensPerMinute: null });
  const need = needOf({ class: 'batch', promptTokens: 1_000_000 });
  for (let i = 0; i < 10; i++) sendAndRead(quota, need, { utilisation: 0.99 }, BEGIN_MS + i);
  assert.equal(quota.opensAtMs(need, BEGIN_MS + 10, 1e9), BEGIN_MS + 10);
  assert.equal(quota.free(BEGIN_MS + 10), 1);
  assert.deepEqual(quota.report(BEGIN_MS + 10), {
    kind: 'provisioned',
    configuredTokensPerMinute: null,
    usableTokensPerMinute: null,
    usableFrom: 'unknown',
    remainingTokens: null,
    remainingRequests: null,
    utilisation: null,
    window: null,
    windowEndsMs: null,
    errorTokens: null,
    othersTokensPerMinute: 0,
  });
});

test('ProvisionedQuota: a sighting older than the last one corrects nothing', () => {
  const quota = new ProvisionedQuota(GRANT);
  const first = quota.reserve(needOf({ promptTokens: 1200 }), BEGIN_MS);
  const second = quota.reserve(needOf({ promptTokens: 1200 }), BEGIN_MS + 10);
  quota.read(second, told({ utilisation: 0.5 }), BEGIN_MS + 20);
  quota.read(first, told({ utilisation: 0.1 }), BEGIN_MS + 20);
  assert.ok(Math.abs((quota.report(BEGIN_MS + 20).utilisation ?? 9) - 0.5) <= 0.01);
});

test('ProvisionedQuota: a reservation of another quota is passed over', () => {
  const quota = filledTo(0.4);
  const foreign: Reservation = { need: needOf({}), charge: 100, sentMs: BEGIN_MS };
  quota.read(foreign, told({ utilisation: 0.9 }), BEGIN_MS);
  quota.settle(foreign, { kind: 'lost' }, BEGIN_MS);
  assert.ok(Math.abs((quota.report(BEGIN_MS).utilisation ?? 9) - 0.4) <= 1e-6);
});

for (const [name, tokensPerMinute] of [
  ['configured', PER_MINUTE],
  ['not configured', null],
] as const) {
  test(`ProvisionedQuota: whatever it is told, figures stay figures, and an hour later it is open: ${name}`, () => {
    checkHostile(() => new ProvisionedQuota({ ...GRANT, tokensPerMinute }));
  });
}

/* Units whose answers do not tell how full they are: an empty header, or none (wire §4.1). */

interface Ran {
  /** Of requests past the brim as believed, the least full that the true bucket was; after the first few minutes. */
  readonly fullAtSpill: number;
  readonly sent: number;
  readonly refused: number;
  readonly error: number;
}

/** Half an hour of twice what the units serve; what does not fit goes elsewhere. @param hints whether refusals say how long. */
function runUntold(seconds: number, seed: number, hints: boolean): Ran {
  const spillAt = { interactive: 1, standard: 0.985, batch: 0.965 };
  const quota = new ProvisionedQuota({ tokensPerMinute: PER_MINUTE, outputWeight: WEIGHT, spillAt });
  const bucket = new LeakyBucket((PER_MINUTE * seconds) / 60, PER_MINUTE / MINUTE_MS);
  const later = new Later();
  const unit = seededUnit(seed);
  const ran = { fullAtSpill: Number.POSITIVE_INFINITY, sent: 0, refused: 0, error: 0 };
  const settledMs = BEGIN_MS + 10 * MINUTE_MS;
  let throttledMs = 0;
  for (let nowMs = BEGIN_MS; nowMs < BEGIN_MS + 30 * MINUTE_MS; nowMs += -150 * Math.log(1 - unit())) {
    later.until(nowMs);
    const isSettled = nowMs > settledMs;
    const full = bucket.utilisation(nowMs);
    if (isSettled) ran.error = Math.max(ran.error, Math.abs((quota.report(nowMs).utilisation ?? 9) - full));
    const promptTokens = Math.ceil(600 * unit());
    const completionTokens = Math.ceil(150 * unit());
    const need = needOf({ class: unit() < 0.5 ? 'interactive' : 'batch', promptTokens, answerTokensMax: 150 });
    if (nowMs < throttledMs || quota.opensAtMs(need, nowMs, 0) > nowMs) {
      if (isSettled && nowMs >= throttledMs) ran.fullAtSpill = Math.min(ran.fullAtSpill, full);
      continue;
    }
    ran.sent++;
    const reservation = quota.reserve(need, nowMs);
    if (full > 1) {
      ran.refused++;
      const waitMs = Math.max(1, Math.round(bucket.waitMs(nowMs)));
      quota.read(reservation, told({ status: 429, hint: hints ? { waitMs, source: 'retry-after-ms' } : null }), nowMs);
      quota.settle(reservation, { kind: 'refused' }, nowMs);
      throttledMs = nowMs + (hints ? waitMs : 1000);
      continue;
    }
    const estimate = promptTokens + WEIGHT * 150;
    bucket.add(estimate, nowMs);
    later.at(nowMs + 200, () => quota.read(reservation, told({}), nowMs + 200));
    later.at(nowMs + 3000, () => {
      bucket.add(promptTokens + WEIGHT * completionTokens - estimate, nowMs + 3000);
      quota.settle(
        reservation,
        { kind: 'served', usage: { ...NO_USAGE, promptTokens, completionTokens } },
        nowMs + 3000,
      );
    });
  }
  return ran;
}

for (const hints of [true, false]) {
  for (const seconds of [30, 60, 120]) {
    const told = hints ? 'refusals alone tell' : 'nothing tells';
    test(`ProvisionedQuota: where ${told}, finds a bucket of ${seconds} s to 5 points, refused 2 of 100 at most`, () => {
      for (const seed of [1, 2, 3, 4]) {
        const { fullAtSpill, sent, refused, error } = runUntold(seconds, seed, hints);
        assert.ok(error <= 0.05, `off by ${error}, seed ${seed}`);
        assert.ok(fullAtSpill >= 0.93, `spilled at ${fullAtSpill}, seed ${seed}`);
        assert.ok(refused <= 0.02 * sent, `refused ${refused} of ${sent}, seed ${seed}`);
      }
    });
  }
}

test('ProvisionedQuota: a header that speaks again is believed before what refusals taught', () => {
  const quota = new ProvisionedQuota({
    tokensPerMinute: PER_MINUTE,
    outputWeight: WEIGHT,
    spillAt: { interactive: 1, standard: 1, batch: 1 },
  });
  const need = needOf({ class: 'interactive', promptTokens: 1000, answerTokensMax: 0 });
  for (let i = 0; i < 12; i++) quota.read(quota.reserve(need, BEGIN_MS), told({}), BEGIN_MS);
  quota.read(quota.reserve(need, BEGIN_MS), told({ status: 429 }), BEGIN_MS);
  assert.equal(quota.report(BEGIN_MS).utilisation, 1);
  quota.read(quota.reserve(need, BEGIN_MS + 1), told({ utilisation: 0.2 }), BEGIN_MS + 1);
  assert.ok(Math.abs((quota.report(BEGIN_MS + 1).utilisation ?? 9) - 0.2) < 0.01);
});
