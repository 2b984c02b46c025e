import assert from 'node:assert/strict';
import test from 'node:test';
import { type Attributes, attributesOf, FILTER_DEPTH_MAX, filterOf } from './attributes.ts';
import { isRefusal } from './refusals.ts';

const OWN: Attributes = { topic: 'bees', year: 2024, draft: false };

function eq(key: string, value: unknown) {
  return { type: 'eq', key, value };
}

const FILTERS: ReadonlyArray<readonly [filter: unknown, passes: boolean]> = [
  [undefined, true],
  [eq('topic', 'bees'), true],
  [eq('topic', 'ships'), false],
  [eq('nothing', 'bees'), false],
  [{ type: 'ne', key: 'topic', value: 'ships' }, true],
  [{ type: 'ne', key: 'nothing', value: 'ships' }, true],
  [{ type: 'gt', key: 'year', value: 2023 }, true],
  [{ type: 'gt', key: 'year', value: 2024 }, false],
  [{ type: 'gte', key: 'year', value: 2024 }, true],
  [{ type: 'lt', key: 'year', value: 2024 }, false],
  [{ type: 'lte', key: 'year', value: 2024 }, true],
  [{ type: 'lte', key: 'nothing', value: 2024 }, false],
  [{ type: 'in', key: 'topic', value: ['ships', 'bees'] }, true],
  [{ type: 'nin', key: 'topic', value: ['ships', 'bees'] }, false],
  [{ type: 'and', filters: [eq('topic', 'bees'), eq('draft', true)] }, false],
  [{ type: 'or', filters: [eq('topic', 'bees'), eq('draft', true)] }, true],
];

test('filterOf: lets pass what fits', () => {
  for (const [given, passes] of FILTERS) {
    const filter = filterOf(given);
    assert.ok(typeof filter === 'function', JSON.stringify(given));
    assert.equal(filter(OWN), passes, JSON.stringify(given));
  }
});

test('filterOf: refuses what is no filter, and one that is too deep', () => {
  const nested = (depth: number): unknown =>
    depth <= 1 ? eq('topic', 'bees') : { type: 'and', filters: [nested(depth - 1)] };
  assert.equal(typeof filterOf(nested(FILTER_DEPTH_MAX)), 'function');
  for (const given of [nested(FILTER_DEPTH_MAX + 1), 'all', { type: 'gt', key: 'year', value: '2' }, { type: 'and' }]) {
    const refusal = filterOf(given);
    assert.ok(typeof refusal === 'object' && refusal.status === 400, JSON.stringify(given));
  }
});

test('attributesOf: takes texts, numbers and booleans, sixteen of them', () => {
  assert.deepEqual(attributesOf(OWN), OWN);
  assert.equal(attributesOf(null), null);
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, i]));
  assert.deepEqual(attributesOf(many(16)), many(16));
  for (const given of [many(17), { a: {} }, { a: 'x'.repeat(513) }, { ['k'.repeat(65)]: 1 }, 'text']) {
    const refusal = attributesOf(given);
    assert.ok(refusal !== null && isRefusal(refusal), JSON.stringify(given).slice(0, 60));
  }
});
