/** The calculator's answer run as load: the formulas, and the model of Azure that knows nothing of them, say the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { limitsOf, StandardQuota } from '@spillway/azure-model';
import { modelFacts } from '@spillway/protocol';
import { demandOf, sumOf, type Workload } from './demand.ts';
import { normalisedTokens, rawUnits, standardNeed, unitsFor } from './formulas.ts';
import { momentsOf } from './shape.ts';
import { type ArrivalKind, isTriable, TRIAL, tryOut } from './trial.ts';

const C20: Workload = {
  name: 'C-20',
  callsPerMinute: 1_000,
  prompt: { kind: 'value', tokens: 200 },
  answer: { kind: 'value', tokens: 20 },
  cachedShare: 0,
  maxTokens: null,
};
const CHAT: Workload = {
  ...C20,
  name: 'chat',
  callsPerMinute: 390,
  prompt: { kind: 'lognormal', mu: 6.5, sigma: 0.6 },
  answer: { kind: 'uniform', from: 50, to: 350 },
  cachedShare: 0.4,
};

function predicted(workloads: readonly Workload[]) {
  const facts = modelFacts('gpt-5.2');
  const raw = rawUnits(
    normalisedTokens(sumOf(workloads.map((each) => demandOf(each, facts))), facts.provisioned),
    facts.provisioned,
  );
  return { figures: facts.provisioned, raw, units: unitsFor(raw, facts, 'dataZone') ?? 0 };
}

function tried(
  workloads: readonly Workload[],
  units: number,
  more: { arrivals: ArrivalKind; bucketSeconds?: number; warmUpMinutes?: number; seed?: number },
) {
  const { figures } = predicted(workloads);
  const { callsMax: _, ...length } = TRIAL;
  return tryOut({ workloads, figures, units, seed: 20_261_121, ...length, ...more });
}

test('tryOut: C-20 stays under 100 % with its 110 PTUs for ten minutes, and is refused with 100', () => {
  const { raw, units } = predicted([C20]);
  assert.equal(units, 110);
  for (const bucketSeconds of [5, 60]) {
    const good = tried([C20], 110, { arrivals: 'even', bucketSeconds });
    assert.equal(good.refused, 0);
    assert.equal(good.calls, 10_000);
    assert.equal(good.utilisation.length, 10);
    for (const each of good.utilisation) assert.ok(each < 1 && Math.abs(each - raw / 110) < 0.05, `${each}`);
    assert.ok(tried([C20], 100, { arrivals: 'even', bucketSeconds }).refused > 100, `bucket of ${bucketSeconds} s`);
  }
});

test('tryOut: an empty bucket hides for minutes that there is too little, which is what warming up is for', () => {
  assert.equal(tried([C20], 100, { arrivals: 'even', warmUpMinutes: 0 }).refused, 0);
  assert.ok(tried([C20], 100, { arrivals: 'even', warmUpMinutes: 0, bucketSeconds: 5 }).refused > 0);
});

/** How far a minute of random calls is from its mean: a Poisson sum has the variance λ E[x²]. Share of the capacity. */
function spreadOf(workloads: readonly Workload[], units: number): number {
  const { figures } = predicted(workloads);
  const squares = workloads.map(({ callsPerMinute, prompt, answer, cachedShare }) => {
    const [p, a] = [momentsOf(prompt), momentsOf(answer)];
    const mean = (1 - cachedShare) * p.mean + figures.outputWeight * a.mean;
    const variance = (1 - cachedShare) ** 2 * p.variance + figures.outputWeight ** 2 * a.variance;
    return callsPerMinute * (mean ** 2 + variance);
  });
  return Math.sqrt(squares.reduce((sum, each) => sum + each, 0)) / (units * figures.inputTokensPerMinutePerUnit);
}

test('tryOut: random calls, also of lengths that vary, are never refused at the answer, and are at a tenth less', () => {
  for (const workloads of [[C20], [CHAT], [C20, CHAT]]) {
    const { raw, units } = predicted(workloads);
    const name = workloads.map((each) => each.name).join();
    const good = tried(workloads, units, { arrivals: 'random' });
    assert.equal(good.refused, 0, name);
    const mean = good.utilisation.reduce((sum, each) => sum + each, 0) / good.utilisation.length;
    assert.ok(Math.abs(mean - raw / units) < 0.05, `${name}: ${mean} of ${raw / units}`);
    const spread = spreadOf(workloads, units);
    for (const each of good.utilisation)
      assert.ok(Math.abs(each - raw / units) < 4 * spread, `${name}: ${each}, ${spread}`);
    assert.ok(tried(workloads, raw * 0.9, { arrivals: 'random' }).refused > 100, name);
  }
});

/** Calls at even distances through ten minutes. @returns how many a Standard deployment of this quota refuses. */
function refusedByStandard(
  model: string,
  { calls, promptTokens, maxTokens }: { calls: number; promptTokens: number; maxTokens: number },
  thousands: number,
): number {
  const facts = modelFacts(model);
  const quota = new StandardQuota({
    limits: limitsOf('documented', facts, thousands),
    mode: 'documented',
    shared: null,
  });
  let refused = 0;
  for (let at = 0; at < calls * 10; at++) {
    const admission = quota.admit(promptTokens + maxTokens, ((at + 0.5) * 60_000) / calls);
    if (admission.kind === 'refused') refused++;
  }
  return refused;
}

test('standardNeed: a Standard deployment of that quota refuses nothing, whatever binds, and one of a tenth less does', () => {
  const rows: ReadonlyArray<
    readonly [model: string, calls: number, promptTokens: number, maxTokens: number, binds: string]
  > = [
    ['gpt-5.2', 1_000, 200, 20, 'tokens'],
    ['gpt-4.1', 1_200, 30, 10, 'requests'],
    ['gpt-4o', 600, 50, 20, 'requests'],
    ['o3-mini', 100, 500, 500, 'requests'],
  ];
  for (const [model, calls, promptTokens, maxTokens, binds] of rows) {
    const facts = modelFacts(model);
    const shape = { prompt: { kind: 'value', tokens: promptTokens }, answer: { kind: 'value', tokens: 1 } } as const;
    const need = standardNeed(demandOf({ ...C20, ...shape, callsPerMinute: calls, maxTokens }, facts), facts);
    assert.equal(need.binds, binds, model);
    const ask = { calls, promptTokens, maxTokens };
    assert.equal(refusedByStandard(model, ask, need.tokensPerMinute / 1_000), 0, model);
    assert.ok(refusedByStandard(model, ask, Math.floor((need.tokensPerMinute * 0.9) / 1_000)) > 0, model);
  }
});

test('isTriable: more calls than the limit are not tried', () => {
  const length = { minutes: 10, warmUpMinutes: 20 };
  assert.ok(isTriable({ workloads: [{ ...C20, callsPerMinute: TRIAL.callsMax / 30 }], ...length }));
  assert.ok(!isTriable({ workloads: [{ ...C20, callsPerMinute: TRIAL.callsMax / 30 + 1 }], ...length }));
});
