import assert from 'node:assert/strict';
import test from 'node:test';
import { compareSeed } from '../lab/compare-seed.ts';
import { shippedScenario } from '../lab/scenario-file.ts';
import { figureSpreads, oracleRefused, spreadOf } from './figure-values.ts';

test('spreadOf: the middle one, or between the two middle ones', () => {
  const rows: ReadonlyArray<readonly [readonly number[], unknown]> = [
    [[], null],
    [[4], { median: 4, min: 4, max: 4 }],
    [[9, 1, 2], { median: 2, min: 1, max: 9 }],
    [[9, 1, 2, 4], { median: 3, min: 1, max: 9 }],
  ];
  for (const [values, want] of rows) assert.deepEqual(spreadOf(values), want, `${values}`);
});

test('figureSpreads: counts become rates, shares percent; what a run does not have is not there', () => {
  const scenario = { ...shippedScenario('full-100'), seconds: 90, warmUpSeconds: 30 };
  const seed = compareSeed({ scenario, seed: 1, strategies: ['random-in-priority'] });
  const figures = seed.strategies[0]?.figures ?? assert.fail('no figures');
  const spreads = figureSpreads([seed], 'random-in-priority');
  const median = (id: Parameters<typeof spreads.get>[0]) => spreads.get(id)?.median;
  assert.equal(median('requests'), figures.requests);
  assert.equal(median('refused'), (10_000 * figures.refused) / figures.requests);
  assert.equal(median('wasted'), (1_000 * figures.wasted) / figures.requests);
  assert.equal(median('goodput'), (100 * figures.goodput) / seed.oracle.goodput);
  assert.equal(median('provisionedMean'), undefined);
  assert.equal(figureSpreads([seed], 'headroom').size, 0, 'it was not run');
  assert.equal(oracleRefused(seed.oracle), (10_000 * seed.oracle.refused) / seed.oracle.requests);
});
