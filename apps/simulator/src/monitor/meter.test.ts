import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '@spillway/azure-model';
import fc from 'fast-check';
import { Meter, MINUTES_MAX, SETS_PER_MINUTE_MAX, TALLIES_MAX } from './meter.ts';
import { deploymentOf, type Ended, ended, MINUTE_MS, NINE_MS } from './testing.ts';

/** 10 units: 25,000 normalised tokens a minute are 100 %. */
const UNITS = deploymentOf();
const CHAT = deploymentOf({ name: 'chat', type: 'Standard' });
const FULL = 25_000;

function meterOf(...deployments: readonly Deployment[]): Meter {
  return new Meter({ deployments: new Map(deployments.map((each) => [each.name, each])) }, NINE_MS);
}

/** Of the first provisioned deployment, minute by minute from nine, in percent of what is deployed. */
function utilisationOf(meter: Meter, minutes: number): readonly number[] {
  return Array.from({ length: minutes }, (_, i) => {
    const used = meter.utilisation(NINE_MS + i * MINUTE_MS, NINE_MS + minutes * MINUTE_MS)[0];
    return used === undefined ? Number.NaN : Math.round((1e6 * 100 * (used.streaming + used.whole)) / used.units) / 1e6;
  });
}

type Given = Omit<Ended, 'deployment' | 'startMs'> & { readonly startMs?: number };

const CONSUMED: ReadonlyArray<readonly [name: string, answers: readonly Given[], want: readonly number[]]> = [
  ['nothing: 0, since the deployment was there', [], [0, 0, 0]],
  ['a prompt, in the minute in which it came', [{ promptTokens: FULL / 2 }], [50, 0, 0]],
  ['without what the cache held', [{ promptTokens: FULL, cachedTokens: FULL / 2 }], [50, 0, 0]],
  ['an answer, by the weight of output', [{ completionTokens: FULL / 8 }], [50, 0, 0]],
  ['above 100 %', [{ promptTokens: 2 * FULL }, { promptTokens: FULL }], [300, 0, 0]],
  [
    'an answer of three minutes: evenly over them, its prompt too',
    [{ startMs: 30_000, endMs: 150_000, promptTokens: FULL / 5, completionTokens: FULL / 4 }],
    [30, 60, 30],
  ],
  ['an answer that ends with a minute', [{ endMs: 120_000, completionTokens: FULL / 4 }], [50, 50, 0]],
  ['a client that left: what had been generated', [{ status: 499, completionTokens: FULL / 8 }], [50, 0, 0]],
  ['a refusal: nothing', [{ status: 429 }], [0, 0, 0]],
];

for (const [name, answers, want] of CONSUMED) {
  test(`Meter: utilisation is what answers took up in a minute, by what is deployed: ${name}`, () => {
    const meter = meterOf(UNITS);
    for (const { startMs = 0, ...answer } of answers) {
      const times = {
        startMs: NINE_MS + startMs,
        ...(answer.endMs === undefined ? {} : { endMs: NINE_MS + answer.endMs }),
      };
      meter.add(ended({ deployment: UNITS, ...answer, ...times }));
    }
    assert.deepEqual(utilisationOf(meter, want.length), want);
  });
}

test('Meter: after a change of capacity a minute counts by what was deployed then', () => {
  const deployments = new Map([[UNITS.name, UNITS]]);
  const meter = new Meter({ deployments }, NINE_MS);
  const use = (deployment: Deployment, minute: number): void =>
    meter.add(ended({ deployment, startMs: NINE_MS + minute * MINUTE_MS, promptTokens: FULL }));
  use(UNITS, 0);
  const twice = deploymentOf({ capacity: 20 });
  deployments.set(UNITS.name, twice);
  meter.look(NINE_MS + MINUTE_MS);
  use(twice, 1);
  assert.deepEqual(utilisationOf(meter, 2), [100, 50]);
});

test('Meter: a refusal for want of room shows how full it was, at least 100 %; one by a fault does not', () => {
  const deployment = deploymentOf();
  const meter = meterOf(deployment);
  const decide = (by: Deployment, startMs: number, spilledFrom?: string): void => {
    const spilled = spilledFrom === undefined ? {} : { spilledFrom };
    const status = spilledFrom === undefined ? 429 : 200;
    meter.decided(ended({ deployment: by, startMs, ...spilled }).metered, status, startMs);
  };
  const peakAt = (minute: number): number | undefined =>
    meter.utilisation(NINE_MS + minute * MINUTE_MS, NINE_MS + 9 * MINUTE_MS)[0]?.peak;
  decide(deployment, NINE_MS);
  assert.equal(peakAt(0), 0, 'it was empty');
  const { quota } = deployment;
  assert.ok(quota.kind === 'provisioned');
  quota.set(1.25, NINE_MS + MINUTE_MS);
  decide(deployment, NINE_MS + MINUTE_MS);
  assert.equal(peakAt(1), 1.25);
  quota.reset();
  quota.throttleUntil(NINE_MS + 3 * MINUTE_MS);
  decide(CHAT, NINE_MS + 2 * MINUTE_MS, deployment.name);
  assert.equal(peakAt(2), 1, 'what was passed on was refused first');
});

const SEED = 20261121;

test(`Meter: the minutes of an answer add up to what it used (seed ${SEED})`, () => {
  const time = fc.integer({ min: 0, max: 10 * MINUTE_MS });
  const tokens = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(time, time, tokens, tokens, (start, lasting, promptTokens, completionTokens) => {
      const meter = meterOf(UNITS);
      const startMs = NINE_MS + start;
      meter.add(ended({ deployment: UNITS, startMs, endMs: startMs + lasting, promptTokens, completionTokens }));
      const sum = utilisationOf(meter, 31).reduce((all, each) => all + each, 0);
      assert.ok(Math.abs(sum - (100 * (promptTokens + 4 * completionTokens)) / FULL) < 0.001);
    }),
    { seed: SEED },
  );
});

test('Meter: a request is of the minute in which it ended', () => {
  const meter = meterOf(CHAT);
  meter.add(ended({ deployment: CHAT, startMs: NINE_MS + 59_000, endMs: NINE_MS + MINUTE_MS }));
  assert.deepEqual(
    meter.minutes(0, Number.POSITIVE_INFINITY).map(({ fromMs }) => fromMs),
    [NINE_MS + MINUTE_MS],
  );
});

test('Meter: keeps no more minutes than its limit, the latest, and takes nothing for those that are gone', () => {
  const meter = meterOf(UNITS);
  for (let i = 0; i <= MINUTES_MAX; i++) {
    meter.add(ended({ deployment: UNITS, startMs: NINE_MS + i * MINUTE_MS, promptTokens: FULL }));
  }
  const kept = meter.minutes(0, Number.POSITIVE_INFINITY);
  assert.deepEqual([kept.length, kept[0]?.fromMs], [MINUTES_MAX, NINE_MS + MINUTE_MS]);
  assert.equal(meter.utilisedFromMs, NINE_MS + MINUTE_MS, 'what is forgotten was not idle');
  meter.add(ended({ deployment: UNITS, startMs: NINE_MS }));
  assert.equal(meter.minutes(0, NINE_MS + MINUTE_MS).length, 0);
});

test('Meter: an answer that took longer than all that is kept ends all the same', () => {
  const meter = meterOf(UNITS);
  const endMs = NINE_MS + 3 * MINUTES_MAX * MINUTE_MS;
  meter.add(ended({ deployment: UNITS, startMs: NINE_MS, endMs, completionTokens: 1000 }));
  assert.ok(meter.minutes(0, Number.POSITIVE_INFINITY).length <= MINUTES_MAX);
});

test('Meter: counts together what goes beyond the sets of dimensions of a minute', () => {
  const meter = meterOf();
  for (let i = 0; i < SETS_PER_MINUTE_MAX + 2; i++) {
    meter.add(ended({ deployment: deploymentOf({ name: `d${i}`, type: 'Standard' }), startMs: NINE_MS }));
  }
  const [minute] = meter.minutes(0, Number.POSITIVE_INFINITY);
  const tallies = [...(minute?.tallies ?? [])];
  assert.equal(tallies.length, SETS_PER_MINUTE_MAX + 1);
  assert.deepEqual([tallies.at(-1)?.dimensions.deployment, tallies.at(-1)?.requests.count], ['Other', 2]);
});

test('Meter: forgets the oldest minutes where all together tell too many sets of dimensions apart', () => {
  const meter = meterOf();
  const others = Array.from({ length: SETS_PER_MINUTE_MAX }, (_, i) =>
    deploymentOf({ name: `d${i}`, type: 'Standard' }),
  );
  const minutes = TALLIES_MAX / SETS_PER_MINUTE_MAX + 2;
  for (let minute = 0; minute < minutes; minute++) {
    for (const deployment of others) meter.add(ended({ deployment, startMs: NINE_MS + minute * MINUTE_MS }));
  }
  const kept = meter.minutes(0, Number.POSITIVE_INFINITY).length;
  assert.ok(kept < minutes && kept * SETS_PER_MINUTE_MAX <= TALLIES_MAX + SETS_PER_MINUTE_MAX, `${kept} minutes`);
});
