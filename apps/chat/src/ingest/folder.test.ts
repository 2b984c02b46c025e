import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { listFolder, readWithin } from './folder.ts';

const LIMITS = { filesPerJobMax: 5, foldersDeepMax: 2, bytesMax: 100 };

async function folder(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'spillway-folder-'));
  t.after(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

async function list(root: string) {
  const listed = await listFolder({ root, category: 'c' }, LIMITS);
  return listed.kind === 'refused' ? listed.reason : listed;
}

test('listFolder: lists what can be read in the order of paths, and counts the rest', async (t) => {
  const root = await folder(t, {
    'b/z.md': 'z',
    'a.txt': 'a',
    'c.png': 'x',
    '.hidden.md': 'x',
    'node_modules/d.md': 'x',
  });
  const listed = await list(root);
  assert.ok(typeof listed !== 'string');
  assert.deepEqual(
    listed.sources.map(({ path, category }) => [path, category]),
    [
      ['a.txt', 'c'],
      ['b/z.md', 'c'],
    ],
  );
  assert.deepEqual([listed.ignored, listed.refused], [3, []]);
  assert.deepEqual(await listed.sources[1]?.load(), { kind: 'bytes', bytes: Uint8Array.from(Buffer.from('z')) });
});

test('listFolder: does not follow symbolic links, to files or to folders, and says so', async (t) => {
  const outside = await folder(t, { 'secret.md': 'secret' });
  const root = await folder(t, { 'a.md': 'a' });
  await symlink(join(outside, 'secret.md'), join(root, 'link.md'));
  await symlink(outside, join(root, 'folder'));
  const listed = await list(root);
  assert.ok(typeof listed !== 'string');
  assert.deepEqual(
    listed.sources.map(({ path }) => path),
    ['a.md'],
  );
  assert.deepEqual(listed.refused.map(({ path }) => path).toSorted(), ['folder', 'link.md']);
  assert.match(listed.refused[0]?.reason ?? '', /symbolic link, which is not followed; copy the file/);
});

test('listFolder: a file or folder that becomes a link after it was listed is not read', async (t) => {
  const outside = await folder(t, { 'a.md': 'secret', 'b.md': 'secret' });
  const root = await folder(t, { 'a.md': 'a', 'sub/b.md': 'b' });
  const listed = await list(root);
  assert.ok(typeof listed !== 'string');
  await rm(join(root, 'a.md'));
  await symlink(join(outside, 'a.md'), join(root, 'a.md'));
  await rename(join(root, 'sub'), join(root, 'was'));
  await symlink(outside, join(root, 'sub'));
  const loads = await Promise.all(listed.sources.map(({ load }) => load()));
  assert.deepEqual(loads, [
    { kind: 'refused', message: 'cannot be read (ELOOP)' },
    { kind: 'refused', message: 'it leads out of its folder' },
  ]);
});

test('readWithin: refuses what is too large, is no file, or is not there', async (t) => {
  const root = await folder(t, { 'a.md': 'a'.repeat(101), 'b.md/c': '' });
  assert.deepEqual(await readWithin(root, 'a.md', 100), {
    kind: 'refused',
    message: '101 bytes, above 100; split the document',
  });
  assert.equal((await readWithin(root, 'a.md', 101)).kind, 'bytes');
  assert.deepEqual(await readWithin(root, 'b.md', 100), { kind: 'refused', message: 'no ordinary file' });
  assert.deepEqual(await readWithin(root, 'd.md', 100), { kind: 'refused', message: 'cannot be read (ENOENT)' });
  assert.deepEqual(await readWithin(root, '../a.md', 100), { kind: 'refused', message: 'it leads out of its folder' });
});

const file = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`${i}.md`, 'x']));
const REFUSED: ReadonlyArray<readonly [name: string, files: Readonly<Record<string, string>>, says: RegExp]> = [
  ['more files than the limit', file(6), /more than 5 files; index its folders one by one/],
  ['folders deeper than the limit', { 'a/b/c/d.md': 'x' }, /deeper than 2/],
  ['access rules with a slip', { 'access.yaml': '- files: a', 'a.md': 'x' }, /^access\.yaml: a list of/],
];

for (const [name, files, says] of REFUSED) {
  test(`listFolder: refuses ${name}`, async (t) => {
    const reason = await list(await folder(t, files));
    assert.ok(typeof reason === 'string' && says.test(reason), String(reason));
  });
}

test('listFolder: takes as many files and folders as the limits', async (t) => {
  assert.notEqual(typeof (await list(await folder(t, file(5)))), 'string');
  assert.notEqual(typeof (await list(await folder(t, { 'a/b/c.md': 'x' }))), 'string');
});

test('listFolder: a folder that is not there is told', async (t) => {
  assert.match(String(await list(join(await folder(t, {}), 'gone'))), /cannot be read \(ENOENT\); does it exist/);
});

test('listFolder: access.yaml says who may see what, and is no document', async (t) => {
  const root = await folder(t, { 'access.yaml': '- { files: "*.pdf", access: [host] }', 'a.pdf': 'x', 'b.md': 'x' });
  const listed = await list(root);
  assert.ok(typeof listed !== 'string');
  assert.deepEqual(
    listed.sources.map(({ path, access }) => [path, access]),
    [
      ['a.pdf', { users: [], groups: ['host'] }],
      ['b.md', null],
    ],
  );
});
