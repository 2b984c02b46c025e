/** What the product promises of its routing, in every shipped scenario: the same checks that `npm run lab` prints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLab, type Scenario, shippedNames, shippedScenario } from '@spillway/planner';
import { STRATEGY_NAMES, type StrategyName } from '@spillway/policy';

/** Fixed, so that a promise is kept or broken by a change, and not by chance. */
const FIRST_SEED = 1;
const SEEDS = 20;

/** Others cost as much time as ours, so they are run only where they are compared to. */
function strategiesFor({ promises }: Scenario): readonly StrategyName[] {
  if (promises.includes('wasted10x')) return STRATEGY_NAMES;
  return promises.includes('noWait429') ? ['headroom', 'random-in-priority'] : ['headroom'];
}

/** Halves of the list, so that each file is done in its time on a busy machine as well. */
export type Half = 'first' | 'second';

export function testPromises(half: Half): void {
  const names = shippedNames();
  const middle = Math.ceil(names.length / 2);
  for (const name of half === 'first' ? names.slice(0, middle) : names.slice(middle)) testPromisesOf(name);
}

function testPromisesOf(name: string): void {
  const scenario = shippedScenario(name);
  if (scenario.promises.length === 0) return;
  test(`lab: ${name} keeps its promises, in the median of ${SEEDS} seeds`, async (t) => {
    const strategies = strategiesFor(scenario);
    const onProgress = () => {};
    const view = await runLab({
      scenarios: [scenario],
      strategies,
      firstSeed: FIRST_SEED,
      seeds: SEEDS,
      isDrawn: false,
      onProgress,
    });
    const promises = view.scenarios.flatMap((one) => one.promises);
    t.diagnostic(promises.map((one) => `${one.promise}: ${one.name}: ${one.measured}, ${one.wanted}`).join('; '));
    const looked = new Set(promises.map(({ promise }) => promise));
    assert.deepEqual([...looked].sort(), [...scenario.promises].sort(), 'each promise is looked at');
    assert.deepEqual(
      promises.filter(({ holds }) => !holds).map((one) => `${one.name}: ${one.measured}, wanted ${one.wanted}`),
      [],
    );
  });
}
