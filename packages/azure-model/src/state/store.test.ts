import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GROWTH_CHARS_MAX,
  type Keeper,
  type Kept,
  OBJECTS_MAX,
  STORED_BYTES_MAX,
  STORED_CHARS_MAX,
  Store,
} from './store.ts';

/** Length alone matters: it is never read. */
const HUGE = new Proxy(new Uint8Array(0), {
  get: (target, name) => (name === 'length' ? STORED_BYTES_MAX : Reflect.get(target, name)),
});

test('Store: gives back what was put, by kind and id, oldest first', () => {
  const store = new Store();
  store.put('file', 'file-1', { name: 'a' }, 10, { bytes: new Uint8Array([1, 2]) });
  store.put('file', 'file-2', { name: 'b' }, 20);
  store.put('batch', 'file-1', { name: 'c' }, 30);
  assert.deepEqual(
    store.list('file').map(({ id }) => id),
    ['file-1', 'file-2'],
  );
  assert.deepEqual(store.get('batch', 'file-1')?.value, { name: 'c' });
  assert.equal(store.get('batch', 'file-2'), null);
  assert.deepEqual(store.list('nothing'), []);
});

test('Store: what is put again keeps its place, its time and, unless given, its contents', () => {
  const store = new Store();
  store.put('file', 'file-1', { status: 'pending' }, 10, { bytes: new Uint8Array([1]) });
  store.put('file', 'file-2', {}, 20);
  store.put('file', 'file-1', { status: 'processed' }, 30);
  const [first] = store.list('file');
  assert.deepEqual([first?.id, first?.createdMs, first?.value], ['file-1', 10, { status: 'processed' }]);
  assert.deepEqual(first?.bytes, new Uint8Array([1]));
  store.put('file', 'file-1', {}, 40, { bytes: null });
  assert.equal(store.get('file', 'file-1')?.bytes, null);
});

test('Store: what was removed is gone, once', () => {
  const store = new Store();
  store.put('file', 'file-1', {}, 10);
  assert.equal(store.remove('file', 'file-1'), true);
  assert.equal(store.remove('file', 'file-1'), false);
  assert.equal(store.remove('nothing', 'file-1'), false);
  assert.equal(store.get('file', 'file-1'), null);
});

test('Store: one object too many is refused, or takes the place of the oldest', () => {
  const store = new Store();
  for (let i = 0; i < OBJECTS_MAX; i++) assert.equal(store.put('response', `resp_${i}`, {}, i), 'kept');
  assert.equal(store.put('response', 'resp_more', {}, 1), 'full');
  assert.equal(store.put('response', 'resp_5', { again: true }, 1), 'kept', 'a change needs no room');
  assert.equal(store.put('file', 'file-1', {}, 1), 'kept', 'each kind has its own room');
  assert.equal(store.put('response', 'resp_more', {}, 1, { whenFull: 'dropOldest' }), 'kept');
  assert.equal(store.get('response', 'resp_0'), null);
  assert.equal(store.list('response').length, OBJECTS_MAX);
});

test('Store: contents beyond the limit are refused until others are gone', () => {
  const store = new Store();
  assert.equal(store.put('file', 'file-1', {}, 1, { bytes: HUGE }), 'kept');
  assert.equal(store.put('file', 'file-2', {}, 1, { bytes: new Uint8Array(1) }), 'full');
  assert.equal(store.put('file', 'file-1', {}, 1, { bytes: null }), 'kept');
  assert.equal(store.put('file', 'file-2', {}, 1, { bytes: new Uint8Array(1) }), 'kept');
});

test('Store: begins with what its keeper kept, and writes each change through', () => {
  const told: string[] = [];
  const before: Kept & { readonly kind: string } = { kind: 'file', id: 'file-0', createdMs: 5, value: {}, bytes: null };
  const keeper: Keeper = {
    load: () => [before],
    put: (kind, { id, createdMs }) => told.push(`put ${kind} ${id} ${createdMs}`),
    remove: (kind, id) => told.push(`remove ${kind} ${id}`),
  };
  const store = new Store(keeper);
  assert.equal(store.get('file', 'file-0')?.createdMs, 5);
  store.put('file', 'file-0', { changed: true }, 7);
  store.put('batch', 'batch_1', {}, 8);
  store.remove('file', 'file-0');
  assert.deepEqual(told, ['put file file-0 5', 'put batch batch_1 8', 'remove file file-0']);
});

test('Store: what objects say beyond the limit is refused until others are gone, but for the little that ends them', () => {
  const store = new Store();
  const half = { text: 'x'.repeat(STORED_CHARS_MAX / 2 - 100) };
  assert.equal(store.put('assistant', 'one', half, 1), 'kept');
  assert.equal(store.put('assistant', 'two', half, 1), 'kept');
  assert.equal(store.put('assistant', 'three', { text: 'x'.repeat(500) }, 1), 'full');
  const grown = (chars: number) => ({ ...half, more: 'x'.repeat(chars) });
  assert.equal(store.put('assistant', 'two', grown(GROWTH_CHARS_MAX - 100), 1), 'kept');
  assert.equal(store.put('assistant', 'one', grown(GROWTH_CHARS_MAX + 1), 1), 'full');
  assert.equal(store.put('response', 'resp_1', half, 1, { whenFull: 'dropOldest' }), 'kept', 'bounded elsewhere');
  for (const [kind, id] of [
    ['assistant', 'one'],
    ['response', 'resp_1'],
  ] as const)
    store.remove(kind, id);
  assert.equal(store.put('assistant', 'three', { text: 'x'.repeat(500) }, 1), 'kept');
});
