import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pageOf } from './listing.ts';
import { isRefusal } from './refusals.ts';

const ITEMS = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));

type Query = Readonly<Record<string, string>>;

function page(query: Query, items = ITEMS) {
  const found = pageOf(items, (name) => query[name] ?? null);
  assert.ok(!isRefusal(found));
  return found;
}

const PAGES: ReadonlyArray<readonly [query: Query, ids: string, more: boolean]> = [
  [{}, 'edcba', false],
  [{ order: 'asc' }, 'abcde', false],
  [{ limit: '2' }, 'ed', true],
  [{ limit: '2', after: 'd' }, 'cb', true],
  [{ limit: '2', after: 'b' }, 'a', false],
  [{ limit: '2', after: 'a' }, '', false],
  [{ limit: '2', order: 'asc', before: 'd' }, 'bc', true],
  [{ limit: '3', order: 'asc', before: 'd' }, 'abc', false],
  [{ limit: '2', after: 'gone' }, 'ed', true],
  [{ limit: '', after: 'e' }, 'dcba', false],
];

test('pageOf: gives the part that was asked for, and says whether there is more', () => {
  for (const [query, ids, more] of PAGES) {
    const { data, has_more, first_id, last_id } = page(query);
    assert.deepEqual([data.map(({ id }) => id).join(''), has_more], [ids, more], JSON.stringify(query));
    assert.deepEqual([first_id, last_id], [ids[0] ?? null, ids.at(-1) ?? null]);
  }
});

const WRONG: ReadonlyArray<readonly [query: Query, code: RegExp]> = [
  [{ limit: '0' }, /integer_below_min_value/],
  [{ limit: '-5' }, /integer_below_min_value/],
  [{ limit: '101' }, /integer_above_max_value/],
  [{ limit: 'ten' }, /invalid_type/],
  [{ order: 'up' }, /'asc' and 'desc'/],
];

test('pageOf: refuses a limit or an order that there is not', () => {
  for (const [query, code] of WRONG) {
    const refusal = pageOf(ITEMS, (name) => query[name] ?? null);
    assert.ok(isRefusal(refusal));
    assert.equal(refusal.status, 400);
    assert.match(refusal.body, code);
  }
});

test('pageOf: page after page, each object comes once, in any list (seed 6)', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 7 }), fc.constantFrom('asc', 'desc'), (count, limit, order) => {
      const items = Array.from({ length: count }, (_, i) => ({ id: `id-${i}` }));
      const seen: string[] = [];
      let query: Query = { limit: String(limit), order };
      for (;;) {
        const { data, has_more, last_id } = page(query, items);
        seen.push(...data.map(({ id }) => id));
        if (!has_more) break;
        query = { ...query, after: last_id ?? '' };
      }
      const all = items.map(({ id }) => id);
      assert.deepEqual(seen, order === 'asc' ? all : all.toReversed());
    }),
    { seed: 6 },
  );
});
