import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openLocal } from '../store/local/local.ts';
import { documentNamed } from '../store/samples.ts';
import type { DocumentStore } from '../store/store.ts';
import { listFolder } from './folder.ts';
import { vanishedFrom } from './vanished.ts';

const LIMITS = { filesPerJobMax: 2_000, foldersDeepMax: 2, bytesMax: 100 };

async function folder(t: TestContext, ...names: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'spillway-vanished-'));
  t.after(() => rm(root, { recursive: true }));
  await Promise.all(names.map((name) => writeFile(join(root, name), 'x')));
  return root;
}

function store(t: TestContext): DocumentStore {
  const { documents, conversations } = openLocal(':memory:');
  t.after(() => Promise.all([documents.close(), conversations.close()]));
  return documents;
}

/** As the queue does: put, then noted as of that folder. */
async function indexed(documents: DocumentStore, root: string, paths: readonly string[], owner: string | null = null) {
  const listed = await listFolder({ root, category: null }, LIMITS);
  assert.ok(listed.kind === 'listed');
  const ids: string[] = [];
  for (const path of paths) ids.push(await documents.put(documentNamed(path, ['x'], { owner }, null), null));
  await documents.claim(listed.folder, ids);
}

async function vanished(documents: DocumentStore, root: string): Promise<readonly string[] | string> {
  const found = await vanishedFrom(documents, { root, category: null }, LIMITS);
  return found.kind === 'refused' ? found.reason : found.documents.map(({ path }) => path);
}

test('vanishedFrom: tells what was in the folder and is not, beyond one page, and nothing of others', async (t) => {
  const [documents, root, other] = [store(t), await folder(t, 'a.md', 'link.txt'), await folder(t, 'b.md')];
  const gone = Array.from({ length: 1_001 }, (_, i) => `gone-${String(i).padStart(4, '0')}.md`);
  await indexed(documents, other, ['b.md', 'c.md']);
  await indexed(documents, root, ['a.md', ...gone, 'link.md']);
  await indexed(documents, root, ['uploads/ann/a.md'], 'ann');
  await documents.put(documentNamed('of-no-folder.md', ['x'], {}, null), null);
  await symlink(join(root, 'link.txt'), join(root, 'link.md'));
  assert.deepEqual(await vanished(documents, root), gone, 'link.md is refused, but there');
  assert.deepEqual(await vanished(documents, other), ['c.md']);
});

test('vanishedFrom: a document that another folder brought since is that folder’s', async (t) => {
  const [documents, one, two] = [store(t), await folder(t, 'x.md'), await folder(t, 'a.md')];
  await indexed(documents, one, ['a.md']);
  assert.deepEqual(await vanished(documents, one), ['a.md']);
  await indexed(documents, two, ['a.md']);
  assert.deepEqual(await vanished(documents, one), []);
});

test('vanishedFrom: a folder that is empty, or not there, makes nothing vanish', async (t) => {
  const [documents, root] = [store(t), await folder(t, 'a.md')];
  await indexed(documents, root, ['a.md']);
  await rm(join(root, 'a.md'));
  assert.match(String(await vanished(documents, root)), /no document at all, as one that is not mounted; --remove-all/);
  assert.match(String(await vanished(documents, join(root, 'gone'))), /cannot be read \(ENOENT\)/);
  assert.deepEqual(await vanished(documents, await folder(t)), [], 'of an empty folder that never had one');
});
