import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type Progress } from './compare.ts';
import { compareSeed } from './compare-seed.ts';
import { isOverLimit } from './over-limit.ts';
import { labDeployment, labScenario } from './testing.ts';

const SHORT = labScenario({
  name: 'short',
  seconds: 30,
  warmUpSeconds: 5,
  fleet: [labDeployment({ capacity: 30 })],
  promises: ['no429'],
});
const OTHERS = { kind: 'others', tokensPerMinute: 9_000, requestTokens: 500 } as const;
const SHARED = labScenario({
  ...SHORT,
  name: 'shared',
  faults: [{ deployment: 'east/chat', fromMs: 0, toMs: 30_000, fault: OTHERS }],
});

test('compare: gives in threads what it gives without, in the order of scenarios and seeds, and tells of its progress', async () => {
  const told: Progress[] = [];
  const strategies = ['headroom', 'weighted'] as const;
  const results = await compare({
    scenarios: [SHORT, SHARED],
    strategies,
    firstSeed: 3,
    seeds: 2,
    threads: 2,
    onProgress: (progress) => told.push(progress),
  });
  for (const [i, scenario] of [SHORT, SHARED].entries()) {
    const want = [3, 4].map((seed) => compareSeed({ scenario, seed, strategies }));
    assert.deepEqual(results[i]?.seeds, want);
    assert.equal(results[i]?.promises.length, 1);
  }
  assert.deepEqual(
    told.map(({ done, total }) => [done, total]),
    [1, 2, 3, 4].map((done) => [done, 4]),
  );
});

test('compare: what fails in a thread is told with its scenario and seed', async () => {
  const broken: typeof SHORT = JSON.parse(JSON.stringify({ ...SHORT, faults: null }));
  const failing = compare({ scenarios: [broken], strategies: ['headroom'], firstSeed: 1, seeds: 1 });
  await assert.rejects(failing, /lab: short, seed 1: /);
});

test('compare: a scenario that asks for more than a run may take is told so by the limit alone', async () => {
  const { traffic } = SHORT;
  const fleet = Array.from({ length: 64 }, (_, i) => labDeployment({ id: `east${i}/chat`, capacity: 100_000 }));
  const huge = { ...SHORT, fleet, traffic: { ...traffic, load: 20 } };
  const failing = compare({ scenarios: [huge], strategies: ['headroom'], firstSeed: 1, seeds: 1 });
  await assert.rejects(
    failing,
    (error: unknown) => isOverLimit(error) && /^short: a load of 20 is \d+ requests/.test(error.message),
  );
});

test('compareSeed: beside the traffic of others it runs the same load without it', () => {
  const [shared] = compareSeed({ scenario: SHARED, seed: 1, strategies: ['headroom'] }).strategies;
  const [alone] = compareSeed({ scenario: { ...SHARED, faults: [] }, seed: 1, strategies: ['headroom'] }).strategies;
  assert.deepEqual(shared?.alone, alone?.figures);
  assert.equal(alone?.alone, null);
});
