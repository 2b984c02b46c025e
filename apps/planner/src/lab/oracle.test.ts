import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOf } from './draw.ts';
import { figuresOf } from './figures.ts';
import { oracleRun } from './oracle.ts';
import { run } from './run.ts';
import { labArrival, labClient, labDeployment, labDraw, labScenario } from './testing.ts';
import { traceOf } from './traffic.ts';
import type { Arrival, Draw, Scenario } from './types.ts';

const WAITS = { interactive: 2_000, standard: 2_000, batch: 2_000 };

/** One deployment of 1,000 tokens a minute, whose minute ends after 1.5 s; requests cost 150. */
function small(trace: readonly Arrival[], waitMsMax: Scenario['waitMsMax'] = WAITS, draw: Partial<Draw> = {}) {
  const fleet = [labDeployment({ capacity: 1 })];
  const scenario = labScenario({ seconds: 60, warmUpSeconds: 0, fleet, waitMsMax });
  return { scenario, trace, draw: labDraw({ phaseMs: 58_500, ...draw }), seed: 1 };
}

function arrivals(count: number, told: Partial<Arrival> = {}): readonly Arrival[] {
  return Array.from({ length: count }, (_, i) => labArrival({ atMs: i, ...told }));
}

test('oracleRun: serves what fits at once, has the others wait until the minute is over, and sends nothing in vain', () => {
  const { fates } = oracleRun(small(arrivals(8)));
  assert.deepEqual(
    fates.map(({ status, waitedMs, sends }) => [status, waitedMs, sends]),
    [...Array.from({ length: 6 }, () => [200, 0, 1]), [200, 1_494, 1], [200, 1_493, 1]],
  );
});

test('oracleRun: refuses at the end of the wait, and tells when it would have fitted', () => {
  const { fates } = oracleRun(small(arrivals(7), { ...WAITS, standard: 1_000 }));
  const last = fates.at(-1);
  assert.deepEqual([last?.status, last?.waitedMs, last?.toldMs, last?.sends], [429, 1_000, 494, 0]);
});

test('oracleRun: classes go in their order, and within each whoever came first', () => {
  const trace = [
    ...arrivals(6),
    labArrival({ atMs: 10, class: 'batch', client: 'batch' }),
    ...[11, 12, 13, 14, 15].map((atMs) => labArrival({ atMs, client: `standard ${atMs}` })),
    labArrival({ atMs: 20, class: 'interactive', client: 'interactive' }),
  ];
  const { fates } = oracleRun(small(trace));
  const waited = fates
    .filter(({ waitedMs, status }) => waitedMs > 0 && status === 200)
    .map(({ arrival }) => arrival.client);
  assert.deepEqual(waited, ['interactive', ...[11, 12, 13, 14, 15].map((ms) => `standard ${ms}`)]);
});

test('oracleRun: goes past a deployment that is out, and past one that holds no such prompt', () => {
  const fleet = [
    labDeployment(),
    labDeployment({ id: 'short/chat', promptTokensMax: 50 }),
    labDeployment({ id: 'west/chat', priority: 2 }),
  ];
  const faults = [
    { deployment: 'east/chat', fromMs: 0, toMs: 60_000, fault: { kind: 'outage', status: 500 } as const },
  ];
  const scenario = labScenario({ fleet, faults });
  const { fates } = oracleRun({ scenario, trace: arrivals(3), draw: labDraw(), seed: 1 });
  assert.deepEqual(
    fates.map(({ servedBy }) => servedBy),
    ['west/chat', 'west/chat', 'west/chat'],
  );
});

test('oracleRun: a conversation stays with the provisioned deployment that has read it', () => {
  const units = { type: 'GlobalProvisionedManaged', capacity: 15 } as const;
  const fleet = [labDeployment(units), labDeployment({ ...units, id: 'west/chat' })];
  const trace = Array.from({ length: 6 }, (_, i) =>
    labArrival({ atMs: i * 1_000, cacheKey: i % 2, promptTokens: 2_000, sharedTokens: i < 2 ? 0 : 2_000 }),
  );
  const { fates } = oracleRun({ scenario: labScenario({ fleet }), trace, draw: labDraw(), seed: 1 });
  const homes = fates.map(({ servedBy }) => servedBy);
  assert.deepEqual(homes, ['east/chat', 'west/chat', 'east/chat', 'west/chat', 'east/chat', 'west/chat']);
});

/** Above the limit which requests are served is a matter of luck: large ones weigh more on one side than on the other. */
const LUCK = 1.1;

/** Standard and provisioned, at their limit and above. */
const FULL: readonly Scenario[] = [0.95, 1.2, 2].map((load) =>
  labScenario({
    name: `load ${load}`,
    seconds: 180,
    warmUpSeconds: 60,
    fleet: [
      labDeployment({ id: 'units/chat', type: 'GlobalProvisionedManaged', capacity: 15 }),
      labDeployment({ capacity: 60, priority: 2 }),
      labDeployment({ id: 'west/chat', capacity: 60, priority: 2 }),
    ],
    traffic: { load, clients: [labClient(), labClient({ name: 'other', class: 'interactive', bound: 200 })] },
  }),
);

for (const scenario of FULL) {
  test(`oracleRun: no strategy gets more answered than by luck, at ${scenario.name} (seeds 1 to 6)`, () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const draw = drawOf(seed);
      const spec = { scenario, draw, seed, trace: traceOf(scenario, draw, seed) };
      const oracle = figuresOf(oracleRun(spec), spec);
      assert.equal(oracle.wasted, 0);
      for (const strategy of ['headroom', 'weighted', 'random-in-priority'] as const) {
        const { goodput } = figuresOf(run({ ...spec, strategy }), spec);
        assert.ok(goodput <= oracle.goodput * LUCK, `seed ${seed}: ${strategy} ${goodput}, oracle ${oracle.goodput}`);
      }
    }
  });
}
