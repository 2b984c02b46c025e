import assert from 'node:assert/strict';
import test from 'node:test';
import { modelFacts, PROVISIONED_FIGURES_OF_2024, requestsPerMinuteOf } from '@spillway/protocol';
import fc from 'fast-check';
import { demandOf, NO_DEMAND, sumOf, type Workload } from './demand.ts';
import { carriedBy, normalisedTokens, type Place, rawUnits, standardNeed, unitsFor } from './formulas.ts';

function factsOf(model: string, set: 2024 | 2026 = 2026) {
  const facts = modelFacts(model);
  return set === 2026 ? facts : { ...facts, provisioned: PROVISIONED_FIGURES_OF_2024.get(model) ?? facts.provisioned };
}

function workload(calls: number, prompt: number, answer: number, cachedShare = 0): Workload {
  return {
    name: 'calls',
    callsPerMinute: calls,
    prompt: { kind: 'value', tokens: prompt },
    answer: { kind: 'value', tokens: answer },
    cachedShare,
    maxTokens: null,
  };
}

interface Example {
  readonly id: string;
  readonly model: string;
  readonly set: 2024 | 2026;
  readonly place: Place;
  readonly ask: readonly [calls: number, prompt: number, answer: number, cachedShare?: number];
  readonly total: number;
  readonly raw: number;
  readonly units: number;
}

/** Published by Microsoft (simulator reference §3.4, wire reference §7.4); total: tokens per minute, as the older portal showed it. */
const PUBLISHED: readonly Example[] = [
  {
    id: 'C-20',
    model: 'gpt-5.2',
    set: 2026,
    place: 'dataZone',
    ask: [1_000, 200, 20],
    total: 220_000,
    raw: 105.88,
    units: 110,
  },
  {
    id: 'C-21',
    model: 'gpt-5.2',
    set: 2026,
    place: 'dataZone',
    ask: [1_000, 200, 20, 0.5],
    total: 220_000,
    raw: 76.47,
    units: 80,
  },
  {
    id: 'C-22',
    model: 'gpt-5.2',
    set: 2026,
    place: 'regional',
    ask: [1_000, 200, 20],
    total: 220_000,
    raw: 105.88,
    units: 150,
  },
  {
    id: 'C-23',
    model: 'gpt-5.2',
    set: 2026,
    place: 'regional',
    ask: [1_000, 200, 20, 0.5],
    total: 220_000,
    raw: 76.47,
    units: 100,
  },
  {
    id: 'C-24',
    model: 'gpt-4o-mini',
    set: 2024,
    place: 'global',
    ask: [30, 800, 150],
    total: 28_500,
    raw: 1.01,
    units: 15,
  },
  {
    id: 'C-25',
    model: 'gpt-4o-mini',
    set: 2024,
    place: 'global',
    ask: [1_000, 5_000, 50],
    total: 5_050_000,
    raw: 139.19,
    units: 140,
  },
  {
    id: 'C-25 of 2026',
    model: 'gpt-4o-mini',
    set: 2026,
    place: 'global',
    ask: [1_000, 5_000, 50],
    total: 5_050_000,
    raw: 140.54,
    units: 145,
  },
  {
    id: 'C-26',
    model: 'gpt-4o-mini',
    set: 2024,
    place: 'global',
    ask: [500, 1_000, 300],
    total: 650_000,
    raw: 25.68,
    units: 30,
  },
  {
    id: 'C-26 of 2026',
    model: 'gpt-4o-mini',
    set: 2026,
    place: 'global',
    ask: [500, 1_000, 300],
    total: 650_000,
    raw: 29.73,
    units: 30,
  },
  {
    id: 'wire §7.4',
    model: 'gpt-5.2',
    set: 2026,
    place: 'regional',
    ask: [1_000, 100, 50],
    total: 150_000,
    raw: 147.06,
    units: 150,
  },
];

test('unitsFor: recomputes every published example', () => {
  for (const { id, model, set, place, ask, total, raw, units } of PUBLISHED) {
    const facts = factsOf(model, set);
    const demand = demandOf(workload(...ask), facts);
    const own = rawUnits(normalisedTokens(demand, facts.provisioned), facts.provisioned);
    assert.equal(Math.round(demand.promptTokens + demand.answerTokens), total, id);
    assert.equal(Number(own.toFixed(2)), raw, id);
    assert.equal(unitsFor(own, facts, place), units, id);
  }
});

test('rawUnits: output tokens that a unit of 2024 was worth (C-27)', () => {
  for (const [model, want] of [
    ['gpt-4o', 833],
    ['gpt-4o-mini', 12_333],
  ] as const) {
    const { provisioned } = factsOf(model, 2024);
    const oneUnit = provisioned.inputTokensPerMinutePerUnit / provisioned.outputWeight;
    assert.equal(Math.floor(oneUnit), want);
    assert.ok(
      Math.abs(rawUnits(normalisedTokens({ ...NO_DEMAND, answerTokens: oneUnit }, provisioned), provisioned) - 1) <
        1e-9,
    );
  }
});

test('unitsFor: minimum and increment of each type, and null where a type is not offered', () => {
  const rows: ReadonlyArray<readonly [model: string, raw: number, place: Place, units: number | null]> = [
    ['gpt-5.2', 0, 'global', 15],
    ['gpt-5.2', 15, 'global', 15],
    ['gpt-5.2', 15.01, 'global', 20],
    ['gpt-5.2', 20.000000000001, 'global', 20],
    ['o1', 26, 'regional', 75],
    ['Llama-3.3-70B-Instruct', 101, 'dataZone', 200],
    ['Llama-3.3-70B-Instruct', 101, 'regional', null],
    ['FW-GLM-5', 1, 'global', 700],
    ['FW-GLM-5', 1, 'dataZone', null],
    ['gpt-oss-120b', 1, 'dataZone', null],
  ];
  for (const [model, raw, place, units] of rows)
    assert.equal(unitsFor(raw, factsOf(model), place), units, `${model} ${raw} ${place}`);
});

test('carriedBy: is the reverse, for any workloads and any units (seed 20261121)', () => {
  const some = fc.record({
    calls: fc.integer({ min: 1, max: 100_000 }),
    prompt: fc.integer({ min: 1, max: 100_000 }),
    answer: fc.integer({ min: 0, max: 10_000 }),
    cached: fc.double({ min: 0, max: 0.9, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 10_000 }), (all, units) => {
      const facts = factsOf('gpt-5.2');
      const demand = sumOf(
        all.map(({ calls, prompt, answer, cached }) => demandOf(workload(calls, prompt, answer, cached), facts)),
      );
      const carried = carriedBy(units, demand, facts.provisioned);
      const back = rawUnits(normalisedTokens(carried, facts.provisioned), facts.provisioned);
      assert.ok(Math.abs(back - units) < 1e-6 * units, `${back}`);
      assert.ok(Math.abs(carried.promptTokens / carried.calls - demand.promptTokens / demand.calls) < 1e-3);
    }),
    { seed: 20_261_121 },
  );
});

test('carriedBy: calls that cost nothing are carried without a bound', () => {
  assert.equal(
    carriedBy(15, demandOf(workload(10, 100, 0, 1), factsOf('gpt-5.2')), factsOf('gpt-5.2').provisioned).calls,
    Infinity,
  );
});

test('standardNeed: what binds, in thousands, with as many requests as calls', () => {
  const rows: ReadonlyArray<
    readonly [name: string, model: string, calls: number, tokens: number, binds: 'tokens' | 'requests', tpm: number]
  > = [
    ['long calls', 'gpt-5.2', 1_000, 220_000, 'tokens', 220_000],
    ['short calls of a model with few requests', 'gpt-4.1', 1_000, 36_000, 'requests', 1_000_000],
    ['a share of a thousand', 'gpt-5.2', 1, 1_001, 'tokens', 2_000],
    ['o1 has one request for 6,000 tokens', 'o1', 100, 100_000, 'requests', 600_000],
    ['nothing', 'gpt-5.2', 0, 0, 'tokens', 1_000],
  ];
  for (const [name, model, calls, arrivalTokens, binds, tpm] of rows) {
    const facts = factsOf(model);
    const need = standardNeed({ ...NO_DEMAND, calls, arrivalTokens }, facts);
    assert.equal(need.binds, binds, name);
    assert.equal(need.tokensPerMinute, tpm, name);
    assert.ok(need.requestsPerMinute >= calls, name);
    assert.equal(need.requestsPerMinute, requestsPerMinuteOf(facts, tpm), name);
  }
});

test('demandOf: on arrival the calls’ own bound counts, else 16 or the answer, and 0 or the answer of a model that thinks', () => {
  const rows: ReadonlyArray<readonly [model: string, answer: number, maxTokens: number | null, tokens: number]> = [
    ['gpt-4o', 5, 800, 900],
    ['gpt-4o', 5, null, 116],
    ['gpt-4o', 300, null, 400],
    ['o3', 5, null, 105],
    ['o3', 5, 2_000, 2_100],
  ];
  for (const [model, answer, maxTokens, tokens] of rows) {
    const demand = demandOf({ ...workload(1, 100, answer), maxTokens }, factsOf(model));
    assert.equal(demand.arrivalTokens, tokens, `${model} ${answer} ${maxTokens}`);
  }
});
