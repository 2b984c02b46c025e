import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STRATEGY_NAMES } from '@spillway/policy';
import { drawOf } from './draw.ts';
import { run } from './run.ts';
import { labArrival, labClient, labDeployment, labDraw, labScenario } from './testing.ts';
import { traceOf } from './traffic.ts';
import type { Arrival, LabFault, RunSpec, Scenario } from './types.ts';

const EAST: LabFault = {
  deployment: 'east/chat',
  fromMs: 40_000,
  toMs: 60_000,
  fault: { kind: 'outage', status: 503 },
};

/** Small, and with some of everything: units before a quota, comebacks, an outage, more than fits. */
const MIXED = labScenario({
  seconds: 120,
  warmUpSeconds: 20,
  fleet: [
    labDeployment({ id: 'units/chat', type: 'GlobalProvisionedManaged', capacity: 15 }),
    labDeployment({ capacity: 30, priority: 2 }),
    labDeployment({ id: 'west/chat', capacity: 30, priority: 2 }),
  ],
  faults: [EAST],
  traffic: {
    load: 1.3,
    clients: [
      labClient({ class: 'interactive', count: 2, comebacks: { share: 0.5, times: 2 } }),
      labClient({
        name: 'nightly',
        class: 'batch',
        conversation: { turns: 4, thinkSeconds: 3 },
        instructionsTokens: 1_200,
      }),
    ],
  },
});

function specOf(scenario: Scenario, seed: number, strategy: RunSpec['strategy']): RunSpec {
  const draw = drawOf(seed);
  return { scenario, draw, seed, strategy, trace: traceOf(scenario, draw, seed) };
}

for (const strategy of STRATEGY_NAMES) {
  test(`run: with ${strategy}, each arrival has one fate, and each comeback one more (seeds 1 to 3)`, () => {
    for (const seed of [1, 2, 3]) {
      const spec = specOf(MIXED, seed, strategy);
      const { fates } = run(spec);
      const firsts = fates.filter(({ isComeback }) => !isComeback);
      assert.deepEqual(new Set(firsts.map(({ arrival }) => arrival)), new Set(spec.trace));
      assert.equal(firsts.length, spec.trace.length);
      const told = fates.filter(({ toldMs, comebacks, arrival }) => toldMs !== null && comebacks < arrival.comebacks);
      assert.equal(fates.length - firsts.length, told.length, `seed ${seed}`);
    }
  });

  test(`run: with ${strategy}, tries and refusals add up, by fate and by deployment (seed 4)`, () => {
    const { fates, samples } = run(specOf(MIXED, 4, strategy));
    // Samples end with the scenario; what is under way then is left out on both sides.
    const early = fates.filter(({ answeredMs }) => answeredMs < MIXED.seconds * 1000);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const refused = sum(samples.map((sample) => sample.refused));
    const wasted = sum(early.map((fate) => fate.wasted));
    assert.ok(refused >= wasted && refused - wasted <= 60, `${refused} refused, ${wasted} of them in fates`);
    for (const fate of fates) {
      assert.ok(fate.wasted <= fate.sends);
      assert.ok(fate.answeredMs >= fate.enteredMs + fate.waitedMs);
      assert.equal(fate.servedBy !== null, fate.status === 200);
    }
  });
}

test('run: the same arguments give the same fates, another seed or strategy others', () => {
  const digests = (strategy: RunSpec['strategy'], seed: number) => run(specOf(MIXED, seed, strategy)).digest;
  assert.equal(digests('headroom', 5), digests('headroom', 5));
  const others = [digests('headroom', 6), digests('random-in-priority', 5), digests('headroom', 5)];
  assert.equal(new Set(others).size, 3);
});

test('run: nobody waits longer than the bound of his class, and strategies that do not foresee never wait (seeds 1 to 3)', () => {
  const waitMsMax = { interactive: 700, standard: 0, batch: 3_000 };
  for (const seed of [1, 2, 3]) {
    for (const { arrival, waitedMs } of run(specOf({ ...MIXED, waitMsMax }, seed, 'headroom')).fates) {
      assert.ok(waitedMs <= waitMsMax[arrival.class] + 1e-6, `${arrival.class} waited ${waitedMs} ms`);
    }
    const { fates } = run(specOf({ ...MIXED, waitMsMax }, seed, 'random-in-priority'));
    assert.ok(fates.every(({ waitedMs }) => waitedMs === 0));
  }
});

/** One deployment that takes one such request in each slice of 10 s. */
function single(trace: readonly Arrival[], draw = labDraw({ requestSliceMs: 10_000 })): RunSpec {
  const scenario = labScenario({ seconds: 60, warmUpSeconds: 0, fleet: [labDeployment({ capacity: 1 })] });
  return { scenario, trace, draw, seed: 1, strategy: 'random-in-priority' };
}

test('run: a client that comes back does so when it was told to', () => {
  const small = { promptTokens: 4, answerTokensMax: 1, answerTokens: 1 };
  const trace = [labArrival(small), labArrival({ ...small, atMs: 1_000, client: 'other', comebacks: 1 })];
  const { fates } = run(single(trace));
  const [served, refused, comeback] = fates;
  assert.ok(served && refused && comeback && refused.toldMs !== null);
  assert.deepEqual([served.status, refused.status, comeback.status], [200, 429, 200]);
  assert.equal(comeback.enteredMs, refused.answeredMs + refused.toldMs);
  assert.deepEqual([refused.isComeback, comeback.isComeback, fates.length], [false, true, 3]);
});

test('run: ten minutes at 30 requests a second take no longer than they take a reader to notice', () => {
  const scenario = labScenario({ fleet: [1, 2, 3, 4].map((n) => labDeployment({ id: `r${n}/chat`, capacity: 450 })) });
  const spec = specOf(scenario, 1, 'headroom');
  const beganMs = performance.now();
  run(spec);
  const perArrivalMs = (performance.now() - beganMs) / spec.trace.length;
  // Some 16 µs when nothing else runs; the bound leaves room for a busy machine.
  assert.ok(perArrivalMs < 0.3, `${perArrivalMs} ms for each of ${spec.trace.length} arrivals`);
});

test('run: one that has more events than the limit ends, and says with what to change it', () => {
  assert.throws(
    () => run(specOf(MIXED, 1, 'headroom'), 100),
    /^RangeError: a test: with headroom and seed 1, more than 100 events until \d+ s; lower the load, the comebacks or the time$/,
  );
});
