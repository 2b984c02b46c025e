import assert from 'node:assert/strict';
import test from 'node:test';
import { atMost, CHUNKS_MAX, checked, DIMENSIONS_MAX, documentId, guarded } from './checks.ts';
import { documentNamed } from './samples.ts';
import { StoreError } from './store.ts';

test('checked: a document at the limits is taken, one above is refused with the way out', () => {
  const [chunk] = documentNamed('a.md', ['x'], {}, null).chunks;
  const of = (count: number) =>
    documentNamed('a.md', [], { chunks: Array.from({ length: count }, () => chunk ?? assert.fail()) });
  assert.equal(checked('local', of(CHUNKS_MAX), null), null);
  assert.throws(
    () => checked('local', of(CHUNKS_MAX + 1), null),
    /^StoreError: local: a\.md: 100001 chunks are above 100000; split/,
  );
  const sized = (dimensions: number) => documentNamed('a.md', ['x'], {}, dimensions);
  assert.deepEqual(checked('local', sized(DIMENSIONS_MAX), 'm'), { model: 'm', dimensions: DIMENSIONS_MAX });
  for (const size of [0, DIMENSIONS_MAX + 1])
    assert.throws(() => checked('local', sized(size), 'm'), /1 to 16000 numbers, not/);
});

test('atMost: a whole number from 1 to the limit, whatever is asked for', () => {
  const table: ReadonlyArray<readonly [number, number]> = [
    [5, 5],
    [0, 1],
    [-3, 1],
    [2.9, 2],
    [1e9, 100],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 100],
  ];
  for (const [wanted, got] of table) assert.equal(atMost(wanted, 100), got, String(wanted));
});

test('documentId: the same for the same path for ever, so that citations find their document again', () => {
  assert.equal(documentId('rules/house.md'), '8078014a4c97f4a7ead35504dda1c3d3');
});

test('guarded: whatever is thrown becomes a StoreError; one that is one stays as it is', async () => {
  for (const thrown of [new Error('disk full'), 'disk full']) {
    const failing = guarded('store: put', 'make room', () => Promise.reject(thrown));
    await assert.rejects(failing, /^StoreError: store: put failed \(disk full\); make room$/);
  }
  const own = new StoreError('own');
  await assert.rejects(
    guarded('a', 'b', () => Promise.reject(own)),
    (error) => error === own,
  );
});
