import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_USAGE } from '@spillway/protocol';
import { type Figures, figuresOf, mean, quantile } from './figures.ts';
import type { Run, Sample } from './run-log.ts';
import { labArrival, labDraw, labScenario } from './testing.ts';
import type { Arrival, Fate, LabFault } from './types.ts';

function fate(told: Partial<Fate> & { readonly of?: Partial<Arrival> } = {}): Fate {
  const { of, ...rest } = told;
  const enteredMs = rest.enteredMs ?? 10_000;
  return {
    arrival: labArrival({ atMs: enteredMs, ...of }),
    status: 200,
    servedBy: 'east/chat',
    sends: 1,
    wasted: 0,
    enteredMs,
    answeredMs: enteredMs + 300,
    waitedMs: 0,
    toldMs: null,
    isComeback: false,
    comebacks: 0,
    usage: { ...NO_USAGE, promptTokens: 100, completionTokens: 20, cachedTokens: 0 },
    charged: 150,
    ...rest,
  };
}

function sample(told: Partial<Sample>): Sample {
  return {
    atMs: 10_000,
    deployment: 'east/chat',
    isProvisioned: false,
    utilisation: 0,
    believedUtilisation: null,
    leftTokens: 500,
    believedLeftTokens: null,
    errorTokens: null,
    limitTokens: 1_000,
    sent: 0,
    refused: 0,
    ...told,
  };
}

function figures(run: Partial<Run>, faults: readonly LabFault[] = []): Figures {
  const scenario = labScenario({ seconds: 200, warmUpSeconds: 5, faults });
  return figuresOf({ fates: [], samples: [], spills: [], digest: '', ...run }, { scenario, draw: labDraw() });
}

const BACK = { isComeback: true, comebacks: 1 };

test('figuresOf: counts requests once, and what clients saw', () => {
  const found = figures({
    fates: [
      fate({ enteredMs: 4_999 }),
      fate(),
      fate({ status: 429, sends: 2, wasted: 2, of: { class: 'interactive' } }),
      fate({ ...BACK, status: 429, sends: 1, wasted: 1 }),
      fate({ ...BACK, comebacks: 2 }),
      fate({ status: 503, sends: 2, wasted: 1 }),
      fate({ enteredMs: 200_001 }),
    ],
  });
  const { requests, interactive, refused, refusedInteractive, refusedAgain, failed, sends, wasted, goodput } = found;
  assert.deepEqual([requests, interactive, refused, refusedInteractive, refusedAgain, failed], [3, 1, 1, 1, 1, 1]);
  assert.deepEqual([sends, wasted, goodput], [7, 4, 300]);
});

test('figuresOf: fairness is that of the shares which clients got of what they asked', () => {
  const of = (client: string, status: number) => fate({ status, of: { client } });
  assert.equal(
    figures({ fates: [of('a', 200), of('b', 200), of('b', 429), of('b', 429)] }).fairness.toFixed(3),
    '0.800',
  );
  assert.equal(figures({ fates: [of('a', 200), of('b', 200), of('b', 200)] }).fairness, 1);
  assert.equal(figures({ fates: [] }).fairness, 1);
});

test('figuresOf: waits are those of who was served', () => {
  const fates = [1, 2, 3, 4].map((n) => fate({ waitedMs: n * 100 }));
  const { waitP50Ms, waitP99Ms } = figures({ fates: [...fates, fate({ status: 429, waitedMs: 9_000 })] });
  assert.deepEqual([waitP50Ms, waitP99Ms], [300, 400]);
});

test('figuresOf: honest times are told by the first comeback alone', () => {
  const { honest, comebacks } = figures({
    fates: [fate(BACK), fate(BACK), fate(BACK), fate({ ...BACK, status: 429 }), fate({ ...BACK, comebacks: 2 })],
  });
  assert.deepEqual([honest, comebacks], [0.75, 4]);
  assert.equal(figures({ fates: [fate()] }).honest, null);
});

test('figuresOf: the best share of cached tokens is that of one deployment for all, warm-up included', () => {
  const turn = { cacheKey: 1, promptTokens: 2_048, sharedTokens: 1_024 };
  const usage = { ...NO_USAGE, promptTokens: 2_048, cachedTokens: 512 };
  const { cachedShare, cachedShareBest } = figures({
    fates: [fate({ enteredMs: 1_000, of: turn }), fate({ of: turn, usage }), fate({ of: turn, usage })],
  });
  assert.deepEqual([cachedShare, cachedShareBest], [0.25, 0.5]);
});

test('figuresOf: errors are those of belief against truth', () => {
  const found = figures({
    samples: [
      sample({ isProvisioned: true, utilisation: 0.9, believedUtilisation: 0.92 }),
      sample({ isProvisioned: true, utilisation: 0.7, believedUtilisation: 0.66 }),
      sample({ leftTokens: 500, believedLeftTokens: 450, errorTokens: 20 }),
      sample({ atMs: 1_000, errorTokens: 999, believedLeftTokens: 0 }),
    ],
  });
  assert.equal(found.utilisationErrorMean?.toFixed(6), '3.000000');
  assert.equal(found.utilisationErrorP95?.toFixed(6), '4.000000');
  assert.deepEqual([found.forecastErrorTokens, found.forecastErrorShare, found.remainingErrorShare], [20, 0.02, 0.05]);
  assert.equal(found.provisionedMean, 0.8);
});

test('figuresOf: utilisation at spills is the true one of those moments, after the warm-up', () => {
  const spill = (atMs: number, utilisation: number) => ({ atMs, utilisation, class: 'batch' as const });
  const found = figures({ spills: [spill(1_000, 0), spill(10_000, 0.9), spill(11_000, 1)] });
  assert.deepEqual([found.spills, found.provisionedAtSpill, found.provisionedAtSpillP5], [2, 0.95, 0.9]);
});

test('figuresOf: goodput under a lowered limit begins a minute after it fell and ends when it rises', () => {
  const fault = { kind: 'lowered', share: 0.5, told: false } as const;
  const lowered: LabFault = { deployment: 'east/chat', fromMs: 20_000, toMs: 150_000, fault };
  const fates = [10_000, 79_999, 80_000, 150_000, 150_001].map((enteredMs) => fate({ enteredMs }));
  assert.equal(figures({ fates }, [lowered]).goodputLowered, 300);
  assert.equal(figures({ fates }).goodputLowered, null);
});

test('mean, quantile: of nothing there is none', () => {
  assert.deepEqual([mean([]), quantile([], 0.5)], [null, null]);
  assert.deepEqual([quantile([3, 1, 2], 0), quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 1)], [1, 2, 3]);
});
