import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Spool, type SpoolFile } from './spool.ts';

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function opened(spool: Spool, folder: string): Promise<SpoolFile> {
  return new Promise((resolve, reject) => {
    spool.open(folder, (error, file) => (file === null ? reject(error) : resolve(file)));
  });
}

function written(file: SpoolFile, text: string, position = 0): Promise<string | null> {
  return new Promise((resolve) => file.write(Buffer.from(text), position, (error) => resolve(error?.code ?? null)));
}

function read(file: SpoolFile, position: number, length: number): Promise<string | null> {
  const into = Buffer.alloc(length);
  return new Promise((resolve) => {
    file.read(into, position, (error, bytes) => resolve(error?.code ?? into.toString('utf8', 0, bytes)));
  });
}

test('Spool: a file has no name once it is open, and gives back what was written', async (t) => {
  const folder = folderFor(t);
  const spool = new Spool();
  const file = await opened(spool, folder);
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(await written(file, 'hello '), null);
  assert.equal(await written(file, 'you', 6), null);
  assert.equal(await read(file, 4, 100), 'o you');
  assert.equal(await read(file, 9, 100), '');
  assert.equal(spool.files, 1);
  file.release();
  assert.equal(spool.files, 0);
});

test('Spool: what is released is neither read nor written, and closes after those who are at it', async (t) => {
  const spool = new Spool();
  const file = await opened(spool, folderFor(t));
  await written(file, 'hello');
  const late = read(file, 0, 5);
  file.release();
  file.release();
  assert.equal(spool.files, 1, 'somebody reads');
  assert.equal(await late, 'hello');
  assert.equal(spool.files, 0);
  assert.deepEqual([await read(file, 0, 5), await written(file, 'x')], ['ECANCELED', 'ECANCELED']);
});

test('Spool: what would pass the limit of all files is not reserved', () => {
  const spool = new Spool();
  assert.deepEqual([spool.reserve(6, 10), spool.reserve(5, 10), spool.reserve(4, 10)], [true, false, true]);
  spool.free(6);
  assert.equal(spool.bytes, 4);
  assert.equal(spool.reserve(6, 10), true);
});

test('Spool: a folder that is not there fails with its reason', async (t) => {
  const folder = join(folderFor(t), 'missing');
  await assert.rejects(opened(new Spool(), folder), { code: 'ENOENT' });
});

test('sweep: takes away what a process left, makes the folder for its owner alone, and touches nothing else', (t) => {
  const folder = join(folderFor(t), 'spool');
  const spool = new Spool();
  spool.sweep(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const left = 'spillway-body-0d6f5a1e-9d0c-4f3e-8f39-2d4a2b1c7e55';
  const others = ['spillway-body-mine', 'a-spillway-body-0d6f5a1e-9d0c-4f3e-8f39-2d4a2b1c7e55', 'x.txt'];
  for (const name of [left, ...others]) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, left.replace('55', '66')));
  spool.sweep(folder);
  assert.equal(existsSync(join(folder, left)), false);
  for (const name of others) assert.ok(existsSync(join(folder, name)), name);
});

test('lookInTurn: one after the other', () => {
  const spool = new Spool();
  const log: string[] = [];
  const ends: (() => void)[] = [];
  for (const name of ['a', 'b', 'c']) {
    spool.lookInTurn((finished) => {
      log.push(name);
      ends.push(finished);
    });
  }
  assert.deepEqual(log, ['a']);
  ends[0]?.();
  assert.deepEqual(log, ['a', 'b']);
  ends[1]?.();
  ends[2]?.();
  assert.deepEqual(log, ['a', 'b', 'c']);
});
