import assert from 'node:assert/strict';
import test from 'node:test';
import type { DocumentRow } from '../store.ts';
import { type FilePlaces, Places } from './samples-places.ts';

function placesOf(path: string, count: number): FilePlaces {
  const row: DocumentRow = {
    ...{ id: path, path, title: path, category: null, language: null, hash: '', mediaType: '', bytes: 0, pages: null },
    ...{ chunks: count, owner: null, access: { users: [], groups: [] }, indexedMs: 0 },
  };
  const at = Array.from(
    { length: count },
    (_, index) => [`${index}`, { index, start: 0, end: 1, page: null }] as const,
  );
  return { row, at: new Map(at) };
}

test('Places: beyond its limit forgets the files that were asked for longest ago', () => {
  const places = new Places(6);
  const known = () => ['a', 'b', 'c', 'd'].filter((name) => places.get(name, () => true) !== null);
  for (const name of ['a', 'b', 'c']) places.set(name, placesOf(name, 2));
  assert.deepEqual(known(), ['a', 'b', 'c']);
  places.get('a', () => true);
  places.set('d', placesOf('d', 2));
  assert.deepEqual(known(), ['a', 'c', 'd']);
  places.set('d', placesOf('d', 1));
  places.set('b', placesOf('b', 1));
  assert.deepEqual(known(), ['a', 'b', 'c', 'd']);
});

test('Places: what does not hold any more is forgotten', () => {
  const places = new Places();
  places.set('a', placesOf('a', 1));
  assert.equal(
    places.get('a', () => false),
    null,
  );
  assert.equal(
    places.get('a', () => true),
    null,
  );
});
