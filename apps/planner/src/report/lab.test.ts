import assert from 'node:assert/strict';
import test from 'node:test';
import { compareSeed } from '../lab/compare-seed.ts';
import { checkPromises } from '../lab/promises.ts';
import { shippedScenario } from '../lab/scenario-file.ts';
import { labJson, scenarioView } from './lab.ts';

/** A short run of a real scenario with provisioned units, in this thread. */
function result() {
  const scenario = { ...shippedScenario('ptu-first'), seconds: 90, warmUpSeconds: 30, pooledMost: null };
  const seeds = [1, 2].map((seed) => compareSeed({ scenario, seed, strategies: ['headroom', 'weighted'] }));
  return { scenario, seeds, promises: checkPromises(scenario, seeds), unchecked: [] };
}

test('scenarioView: each strategy that was run has the figures that make sense here, in the order asked for', () => {
  const view = scenarioView(result(), ['weighted', 'headroom']);
  assert.deepEqual(
    view.strategies.map(({ name }) => name),
    ['weighted', 'headroom'],
  );
  for (const { figures } of view.strategies) {
    for (const id of ['requests', 'refused', 'goodput', 'wasted', 'provisionedMean'] as const) {
      const spread = figures.get(id) ?? assert.fail(id);
      assert.ok(spread.min <= spread.median && spread.median <= spread.max, id);
    }
    assert.equal(figures.get('honest'), undefined, 'nobody comes back');
  }
  assert.ok((view.oracle?.ofBound ?? 0) > 0 && (view.oracle?.ofBound ?? 2) <= 1);
});

test('labJson: a promise is told in words and in numbers, with each seed alone', () => {
  const view = { firstSeed: 1, seeds: 2, scenarios: [{ ...scenarioView(result(), ['headroom']), run: null }] };
  const { scenarios } = JSON.parse(labJson(view));
  const [{ promise, wanted, told, spread }] = scenarios[0].promises;
  assert.deepEqual([promise, wanted], ['no429', 'at most 1']);
  assert.match(told, /^median [\d.]+ · pooled [\d.]+ · \S+ of 2 seeds over \(worst seed [12]: [\d.]+\)$/);
  assert.deepEqual([spread.limit, spread.pooledLimit, spread.seeds.length], [1, 1, 2]);
});

test('labJson: every figure, with its spread', () => {
  const view = { firstSeed: 1, seeds: 2, scenarios: [{ ...scenarioView(result(), ['headroom']), run: null }] };
  const { scenarios } = JSON.parse(labJson(view));
  assert.deepEqual(Object.keys(scenarios[0].strategies[0].figures.goodput), ['median', 'min', 'max']);
});
