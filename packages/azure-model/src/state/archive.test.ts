import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCHIVE_CHARS_MAX, Archive } from './archive.ts';
import { OBJECTS_MAX, Store } from './store.ts';

interface Note {
  readonly text: string;
  /** Said to be so long. */
  readonly chars: number;
}

function archive(store = new Store(), gone: string[] = []): Archive<Note> {
  return new Archive<Note>(store, {
    kind: 'note',
    retentionMs: 1000,
    read: (value) =>
      typeof value === 'object' && value !== null && 'text' in value ? { text: String(value.text), chars: 1 } : null,
    charsOf: ({ chars }) => chars,
    gone: (id) => gone.push(id),
  });
}

function note(text: string, chars = 1): Note {
  return { text, chars };
}

test('Archive: gives back what was put, with the time at which it was put first', () => {
  const store = new Store();
  const notes = archive(store);
  notes.put('a', note('one'), 10);
  notes.put('a', note('two'), 20);
  assert.deepEqual(notes.get('a', 30), { id: 'a', value: note('two'), createdMs: 10 });
  assert.deepEqual(
    [...notes.all(30)].map(({ id }) => id),
    ['a'],
  );
  assert.equal(notes.get('b', 30), null);
  assert.deepEqual(store.get('note', 'a')?.value, note('two'));
});

test('Archive: what is too old goes, here and in the store', () => {
  const [store, gone]: [Store, string[]] = [new Store(), []];
  const notes = archive(store, gone);
  notes.put('a', note('one'), 10);
  notes.put('b', note('two'), 500);
  assert.notEqual(notes.get('a', 1009), null);
  assert.equal(notes.get('a', 1010), null);
  assert.equal(store.get('note', 'a'), null);
  assert.deepEqual(gone, ['a']);
  assert.notEqual(notes.get('b', 1010), null);
});

test('Archive: one object too many takes the place of the oldest; one in the place of another takes none', () => {
  const [store, gone]: [Store, string[]] = [new Store(), []];
  const notes = archive(store, gone);
  for (let i = 0; i < OBJECTS_MAX; i++) notes.put(`n${i}`, note(''), 0);
  notes.put('n5', note('again'), 1);
  assert.deepEqual(gone, []);
  notes.put('more', note(''), 1);
  assert.deepEqual(gone, ['n0']);
  assert.equal(store.list('note').length, OBJECTS_MAX);
});

test('Archive: the oldest make room for a long one, and what is longer than all is still kept alone', () => {
  const gone: string[] = [];
  const notes = archive(new Store(), gone);
  notes.put('a', note('', ARCHIVE_CHARS_MAX - 1), 0);
  notes.put('b', note('', 1), 0);
  assert.deepEqual(gone, []);
  notes.put('c', note('', 1), 0);
  assert.deepEqual(gone, ['a']);
  notes.put('d', note('', ARCHIVE_CHARS_MAX + 1), 0);
  assert.deepEqual(gone, ['a', 'b', 'c']);
  assert.notEqual(notes.get('d', 0), null);
  notes.put('e', note('', 1), 0);
  assert.deepEqual(gone, ['a', 'b', 'c', 'd']);
});

test('Archive: an object that grows never drops itself', () => {
  const gone: string[] = [];
  const notes = archive(new Store(), gone);
  notes.put('a', note('', 1), 0);
  notes.put('b', note('', ARCHIVE_CHARS_MAX - 1), 0);
  notes.put('a', note('longer', 2), 0);
  assert.deepEqual(gone, ['b']);
  assert.equal(notes.get('a', 0)?.value.text, 'longer');
});

test('Archive: takes over what a store brings back, and passes over what is none of its own', () => {
  const store = new Store();
  store.put('note', 'a', { text: 'kept' }, 10);
  store.put('note', 'b', 'a text', 20);
  const notes = archive(store);
  assert.deepEqual(
    [...notes.all(30)].map(({ id, createdMs }) => [id, createdMs]),
    [['a', 10]],
  );
  assert.equal(notes.remove('a'), true);
  assert.equal(notes.remove('a'), false);
  assert.equal(store.get('note', 'a'), null);
});
