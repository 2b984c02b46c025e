import assert from 'node:assert/strict';
import test from 'node:test';
import { capacityJson, planCapacity } from './plan.ts';
import { askOf, C20, measuredTraffic } from './testing/asks.ts';

test('planCapacity: C-20 as the portal tells it, for every type', () => {
  const { raw, sizes, standard, spill, busy, cost, carried, trial } = planCapacity(askOf());
  assert.equal(raw?.toFixed(2), '105.88');
  assert.deepEqual(
    sizes.map(({ type, units, utilisation }) => [type, units, utilisation?.toFixed(3)]),
    [
      ['GlobalProvisionedManaged', 110, '0.963'],
      ['DataZoneProvisionedManaged', 110, '0.963'],
      ['ProvisionedManaged', 150, '0.706'],
    ],
  );
  assert.equal(standard.tokensPerMinute, 220_000);
  assert.deepEqual(
    busy.map(({ percentile }) => percentile),
    [50, 95, 99, 100],
  );
  assert.ok((spill?.tokenShare ?? 0) > 0 && (spill?.tokenShare ?? 1) < 0.01);
  assert.deepEqual([cost, carried, trial], [null, null, null]);
});

test('planCapacity: without figures of PTUs, Standard quota and tokens by use, and nothing in PTUs', () => {
  const prices = { of: { input: 2, output: 8, ptuHour: 1 }, origin: { currency: 'EUR', asOf: null, source: 'a test' } };
  const plan = planCapacity(askOf({ prices }, 'gpt-5.4-mini'));
  const { figures, raw, normalisedPerMinute, sizes, busy, spill, carried, trial, series } = plan;
  assert.deepEqual([figures, raw, normalisedPerMinute, spill, carried, trial], [null, null, null, null, null, null]);
  assert.deepEqual([sizes, busy, series], [[], [], { loads: [], curve: [] }]);
  assert.match(plan.missing ?? '', /no PTU figures of it are published/);
  // 1,000 calls of 200 and 20 tokens; a call comes with each 1,000 TPM.
  assert.deepEqual(
    [plan.standard.arrivalTokens, plan.standard.tokensPerMinute, plan.standard.binds],
    [220_000, 1_000_000, 'requests'],
  );
  // (0.2 M x 2 + 0.02 M x 8) a minute, 43,800 minutes.
  const { payAsYouGoPerMonth, terms, units, meanLoad } = plan.cost ?? assert.fail('no cost');
  assert.deepEqual([payAsYouGoPerMonth?.toFixed(0), terms, units, meanLoad], ['24528', [], null, null]);
});

test('planCapacity: an embeddings model counts its input alone, and its busy minute is that of most tokens', () => {
  const plan = planCapacity(
    askOf({ traffic: measuredTraffic([10, 30, 20]), percentile: 100 }, 'text-embedding-3-small'),
  );
  assert.deepEqual([plan.perMinute.calls.toFixed(3), plan.sizedFor, plan.raw], ['30.000', 100, null]);
  const given = { kind: 'given', arrivals: 'even', seed: 1, loadFactor: 1, isTried: false } as const;
  const workloads = [{ ...C20, answer: { kind: 'value', tokens: 0 } as const }];
  const { standard } = planCapacity(askOf({ traffic: { ...given, workloads } }, 'text-embedding-3-small'));
  assert.equal(standard.arrivalTokens, 200_000);
});

test('planCapacity: calls at even distances have no busy minutes, and nothing overflows', () => {
  const { busy, spill, series } = planCapacity(
    askOf({
      traffic: { kind: 'given', workloads: [C20, C20], arrivals: 'even', seed: 1, loadFactor: 1, isTried: true },
    }),
  );
  assert.deepEqual([busy, spill, series], [[], null, { loads: [], curve: [] }]);
});

/** 95 quiet minutes and five busy ones. */
const MINUTES = [...Array.from({ length: 95 }, () => 100), ...Array.from({ length: 5 }, () => 1_000)];

test('planCapacity: of measured minutes sizes for a percentile, and tells what overflows and the quota for it', () => {
  const rows: ReadonlyArray<
    readonly [percentile: number | null, units: number, tokenShare: number, tpm: number | null]
  > = [
    [null, 15, (5 * (360_000 - 51_000)) / (9_500 * 360 + 5_000 * 360), 189_000],
    [95, 15, (5 * (360_000 - 51_000)) / (9_500 * 360 + 5_000 * 360), 189_000],
    [96, 110, 0, null],
    [100, 110, 0, null],
  ];
  for (const [percentile, units, tokenShare, tpm] of rows) {
    const plan = planCapacity(askOf({ traffic: measuredTraffic(MINUTES), percentile }));
    assert.equal(plan.sizes[0]?.units, units, `${percentile}`);
    assert.ok(Math.abs((plan.spill?.tokenShare ?? -1) - tokenShare) < 1e-9, `${percentile}`);
    assert.equal(plan.spill?.standard?.tokensPerMinute ?? null, tpm);
    assert.equal(plan.sizedFor, percentile ?? 95);
  }
});

test('planCapacity: the reverse, with what can be bought where so many cannot', () => {
  const { carried } = planCapacity(askOf({ units: 106 }));
  assert.equal(carried?.callsPerMinute?.toFixed(1), '1001.1');
  assert.deepEqual(carried?.buyable, [
    { place: 'global', units: 110 },
    { place: 'dataZone', units: 110 },
    { place: 'regional', units: 150 },
  ]);
});

test('planCapacity: costs of an average minute, the curve falls until overflow is dearer than units', () => {
  const prices = {
    of: { ptuHour: 0.1, input: 2, output: 8 },
    origin: { currency: 'EUR', asOf: null, source: 'given by flags' },
  };
  const { cost, series } = planCapacity(askOf({ traffic: measuredTraffic(MINUTES), percentile: 100, prices }));
  const meanLoad = (9_500 * 360 + 5_000 * 360) / 100 / (110 * 3_400);
  assert.ok(Math.abs((cost?.meanLoad ?? 0) - meanLoad) < 1e-9);
  const byUse = ((145 * (200 * 2 + 20 * 8)) / 1e6) * 43_800;
  assert.ok(Math.abs((cost?.payAsYouGoPerMonth ?? 0) - byUse) < 1e-6);
  assert.equal(cost?.terms[0]?.unitsPerMonth.toFixed(2), (110 * 0.1 * 730).toFixed(2));
  const sizes = series.curve.map(({ units }) => units);
  assert.deepEqual([sizes[0], sizes.at(-1)], [15, 110]);
  assert.ok(
    series.curve.every(({ tokenShare }, at) => at === 0 || tokenShare <= (series.curve[at - 1]?.tokenShare ?? 0)),
  );
});

test('planCapacity: of a peak, an average minute is as much less as the load factor says', () => {
  const prices = {
    of: { ptuHour: 1, input: 2, output: 8 },
    origin: { currency: '', asOf: null, source: 'given by flags' },
  };
  const at = (loadFactor: number) => {
    const traffic = { kind: 'given', workloads: [C20], arrivals: 'even', seed: 1, loadFactor, isTried: false } as const;
    return planCapacity(askOf({ traffic, prices })).cost;
  };
  assert.ok(Math.abs((at(0.5)?.payAsYouGoPerMonth ?? 0) * 2 - (at(1)?.payAsYouGoPerMonth ?? 0)) < 1e-6);
  assert.equal(at(0.5)?.terms[0]?.breakEven?.toFixed(6), at(1)?.terms[0]?.breakEven?.toFixed(6));
});

test('capacityJson: all that the table says, and not the series of the plots', () => {
  const [plan] = JSON.parse(capacityJson([planCapacity(askOf())]));
  assert.equal(plan.sizes[0].units, 110);
  assert.equal(plan.source.workloads[0].promptTokens, '200');
  assert.ok(!('series' in plan));
});
