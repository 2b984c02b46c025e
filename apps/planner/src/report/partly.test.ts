import assert from 'node:assert/strict';
import test from 'node:test';
import { partlyChecked } from './partly.ts';
import { madeUpScenario } from './testing/made-up.ts';

const NEEDS = { promise: 'wasted10x', name: 'wasted sends', needs: ['weighted', 'latency'] };

function told(seeds: number, uncheckedIn: readonly string[]): readonly string[] {
  const scenarios = uncheckedIn.map((name) => ({ ...madeUpScenario(name), unchecked: [NEEDS] }));
  return partlyChecked({ firstSeed: 1, seeds, scenarios: [madeUpScenario('all'), ...scenarios] });
}

test('partlyChecked: says nothing where all that is promised was looked at, or nothing is promised', () => {
  assert.deepEqual(told(20, []), []);
  const free = { ...madeUpScenario('free'), promises: [] };
  assert.deepEqual(partlyChecked({ firstSeed: 1, seeds: 1, scenarios: [free] }), []);
});

test('partlyChecked: says that seeds are too few', () => {
  assert.match(told(3, [])[0] ?? '', /^3 seeds were run of the 20 that promises are about/);
  assert.match(told(1, [])[0] ?? '', /^1 seed was run of the 20/);
});

test('partlyChecked: names what took strategies that were not run, once for all scenarios', () => {
  const rest = 'wasted10x: wasted sends, which takes weighted, latency.';
  assert.deepEqual(told(20, ['a', 'b']), [`Not checked in a, b: ${rest}`]);
  assert.deepEqual(told(20, ['a', 'b', 'c', 'd']), [`Not checked in a, b, c, d: ${rest}`]);
  assert.deepEqual(told(20, ['a', 'b', 'c', 'd', 'e']), [`Not checked in a, b, c and 2 more: ${rest}`]);
});
