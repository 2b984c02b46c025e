import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Store } from '@spillway/azure-model';
import { StateFile } from './state-file.ts';

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-state-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state.sqlite');
}

test('StateFile: what was kept is there after a restart, in its order, with its contents', (t) => {
  const path = pathFor(t);
  const before = new StateFile(path);
  const store = new Store(before.keeperOf('openai1'));
  store.put('file', 'file-1', { name: 'a' }, 1.5, { bytes: new Uint8Array([0, 255]) });
  store.put('file', 'file-2', { name: 'b' }, 2);
  store.put('file', 'file-1', { name: 'changed' }, 3);
  store.put('file', 'file-3', {}, 4);
  store.remove('file', 'file-3');
  before.close();

  const after = new StateFile(path);
  t.after(() => after.close());
  const again = new Store(after.keeperOf('openai1'));
  assert.deepEqual(
    again.list('file').map(({ id, createdMs, value }) => [id, createdMs, value]),
    [
      ['file-1', 1.5, { name: 'changed' }],
      ['file-2', 2, { name: 'b' }],
    ],
  );
  assert.deepEqual(Array.from(again.get('file', 'file-1')?.bytes ?? []), [0, 255]);
});

test('StateFile: resources do not see what others keep', (t) => {
  const file = new StateFile(pathFor(t));
  t.after(() => file.close());
  new Store(file.keeperOf('openai1')).put('file', 'file-1', {}, 1);
  assert.deepEqual(new Store(file.keeperOf('openai2')).list('file'), []);
});

test('StateFile: a file of something else is named and left as it is', (t) => {
  const path = pathFor(t);
  writeFileSync(path, 'no database, and longer than the head of one would be '.repeat(20));
  assert.throws(() => new StateFile(path), /stateFile: .*state\.sqlite cannot be used \(.*\); name a new file/);
  const other = join(path, '..', 'other.sqlite');
  const database = new DatabaseSync(other);
  database.exec('CREATE TABLE theirs (x)');
  database.close();
  assert.throws(() => new StateFile(other), /its layout is number 0, not 1/);
  const pretending = new DatabaseSync(other);
  pretending.exec('CREATE TABLE objects (x); PRAGMA user_version = 1');
  pretending.close();
  assert.throws(() => new StateFile(other), /stateFile: .*other\.sqlite cannot be used \(no such column: resource\)/);
});

test('StateFile: a file that one simulator has open is refused to another, and free once that has ended', (t) => {
  const path = pathFor(t);
  const first = new StateFile(path);
  assert.throws(() => new StateFile(path), /stateFile: .* cannot be used \(another simulator has it open\)/);
  new Store(first.keeperOf('openai1')).put('file', 'file-1', {}, 1);
  first.close();
  const second = new StateFile(path);
  assert.equal(new Store(second.keeperOf('openai1')).list('file').length, 1);
  second.close();
});

test('StateFile: what cannot be read in it is told with its name', (t) => {
  const path = pathFor(t);
  const first = new StateFile(path);
  const keeper = first.keeperOf('openai1');
  keeper.put('file', { id: 'file-1', createdMs: 1, value: {}, bytes: null });
  first.close();
  const database = new DatabaseSync(path);
  database.exec('UPDATE objects SET value = \'{"a":\'');
  database.close();
  const second = new StateFile(path);
  t.after(() => second.close());
  assert.throws(
    () => new Store(second.keeperOf('openai1')),
    /^Error: stateFile: .*state\.sqlite cannot be read \(.*JSON.*\); name a new file, or a copy from before$/,
  );
});
