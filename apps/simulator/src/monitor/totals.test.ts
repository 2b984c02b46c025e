import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentOf, ended, NINE_MS } from './testing.ts';
import { OTHER, TOTALS_MAX, Totals } from './totals.ts';

test('Totals: counts every request by status, and tokens of answers alone', () => {
  const totals = new Totals();
  const deployment = deploymentOf();
  const tokens = { promptTokens: 100, cachedTokens: 40, completionTokens: 7 };
  totals.add(ended({ deployment, startMs: NINE_MS, endMs: NINE_MS + 200, ...tokens }));
  totals.add(ended({ deployment, startMs: NINE_MS, status: 499, ...tokens }));
  totals.add(ended({ deployment, startMs: NINE_MS, status: 429, ...tokens }));
  totals.add(ended({ deployment, startMs: NINE_MS, spilledFrom: 'elsewhere' }));
  const [one, ...others] = totals.list();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [...(one?.statuses ?? [])],
    [
      [200, 2],
      [499, 1],
      [429, 1],
    ],
  );
  assert.deepEqual(one?.tokens, { prompt: 200, completion: 14, cached: 80 });
  assert.equal(one?.spilledOver, 1);
  assert.deepEqual([one?.durations.cumulative().at(-1), one?.firstBytes.cumulative().at(-1)], [4, 3]);
  assert.equal(one?.durations.sumSeconds, 0.2);
});

test('Totals: counts together what goes beyond its limit', () => {
  const totals = new Totals();
  for (let i = 0; i < TOTALS_MAX + 3; i++) {
    totals.add(ended({ deployment: deploymentOf({ name: `d${i}` }), startMs: NINE_MS }));
  }
  const all = [...totals.list()];
  assert.equal(all.length, TOTALS_MAX + 1);
  assert.deepEqual([all.at(-1)?.deployment, all.at(-1)?.statuses.get(200)], [OTHER, 3]);
});
