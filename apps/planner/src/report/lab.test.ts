import assert from 'node:assert/strict';
import test from 'node:test';
import { compareSeed } from '../lab/compare-seed.ts';
import { shippedScenario } from '../lab/scenario-file.ts';
import { labJson, scenarioView } from './lab.ts';

/** A short run of a real scenario with provisioned units, in this thread. */
function result() {
  const scenario = { ...shippedScenario('ptu-first'), seconds: 90, warmUpSeconds: 30 };
  const seeds = [1, 2].map((seed) => compareSeed({ scenario, seed, strategies: ['headroom', 'weighted'] }));
  const check = { promise: 'no429', name: '429s', sense: 'atMost', wanted: 1 } as const;
  const promises = [
    { ...check, measured: 0.1234, holds: true },
    { ...check, measured: Number.NaN, holds: false },
  ];
  return { scenario, seeds, promises };
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

test('scenarioView: a promise says what was measured and wanted, and what was not measured', () => {
  const [held, missed] = scenarioView(result(), ['headroom']).promises;
  assert.deepEqual([held?.measured, held?.wanted, held?.holds], ['0.123', 'at most 1', true]);
  assert.deepEqual([missed?.measured, missed?.holds], ['not measured', false]);
});

test('labJson: every figure, with its spread', () => {
  const view = { firstSeed: 1, seeds: 2, scenarios: [{ ...scenarioView(result(), ['headroom']), run: null }] };
  const { scenarios } = JSON.parse(labJson(view));
  assert.deepEqual(Object.keys(scenarios[0].strategies[0].figures.goodput), ['median', 'min', 'max']);
});
