/** Units whose answers do not tell how full they are: an empty header, or none (wire §4.1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { NO_USAGE } from '@spillway/protocol';
import { ProvisionedQuota } from './provisioned.ts';
import { BEGIN_MS, Later, LeakyBucket, needOf, told } from './testing.ts';

const MINUTE_MS = 60_000;
const PER_MINUTE = 120_000;
const WEIGHT = 4;

interface Ran {
  /** Of requests past the brim as believed, the least full that the true bucket was; after the first few minutes. */
  readonly fullAtSpill: number;
  readonly sent: number;
  readonly refused: number;
  readonly error: number;
}

/** Half an hour of twice what the units serve; what does not fit goes elsewhere. @param hints whether refusals say how long. */
function run(seconds: number, seed: number, hints: boolean): Ran {
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
        const { fullAtSpill, sent, refused, error } = run(seconds, seed, hints);
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
