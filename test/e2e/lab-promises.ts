/** What the product promises of its routing, in every shipped scenario: the same checks that `npm run lab` prints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type PromiseSpread,
  runLab,
  SEEDS_PROMISED,
  shippedNames,
  shippedScenario,
  strategiesNeeded,
} from '@spillway/planner';

/** Fixed, so that a promise is kept or broken by a change, and not by chance. */
const FIRST_SEED = 1;
const SEEDS = SEEDS_PROMISED;

/** Halves of the list, so that each file is done in its time on a busy machine as well. */
export type Half = 'first' | 'second';

export function testPromises(half: Half): void {
  const names = shippedNames();
  const middle = Math.ceil(names.length / 2);
  for (const name of half === 'first' ? names.slice(0, middle) : names.slice(middle)) testPromisesOf(name);
}

/** All seeds together keep to the limit of their median as well, so that an exception says nothing. */
function isKeptWithout({ limit, pooled, pooledLimit }: PromiseSpread): boolean {
  return limit !== null && pooled !== null && pooledLimit !== null && pooled <= limit;
}

function testPromisesOf(name: string): void {
  const scenario = shippedScenario(name);
  if (scenario.promises.length === 0) return;
  test(`lab: ${name} keeps its promises over ${SEEDS} seeds`, async (t) => {
    // Others cost as much time as ours, so they are run only where they are compared to.
    const strategies = strategiesNeeded(scenario);
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
    t.diagnostic(promises.map((one) => `${one.promise}: ${one.name}: ${one.told}, ${one.wanted}`).join('; '));
    const looked = new Set(promises.map(({ promise }) => promise));
    assert.deepEqual([...looked].sort(), [...scenario.promises].sort(), 'each promise is looked at');
    assert.deepEqual(
      promises.filter(({ holds }) => !holds).map((one) => `${one.name}: ${one.told}, wanted ${one.wanted}`),
      [],
    );
    const idle = promises.filter(({ spread }) => scenario.pooledMost !== null && isKeptWithout(spread));
    assert.deepEqual(
      idle.map(({ told }) => `${name}.yaml: pooledMost is not needed: ${told}; remove it`),
      [],
    );
  });
}
