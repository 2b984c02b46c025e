/** `spillway chat index` with a folder that changed. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from '../testing/command.ts';

test('chat index: tells what is no longer in its folder, removes it with --prune alone, and nothing of another folder', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'spillway-prune-'));
  t.after(() => rmSync(path, { recursive: true }));
  const [one, two] = [join(path, 'one'), join(path, 'two')];
  for (const folder of [one, two]) mkdirSync(folder);
  for (const name of ['a.md', 'b.md']) writeFileSync(join(one, name), `# ${name}\n\nText.\n`);
  writeFileSync(join(two, 'c.md'), '# C\n\nText.\n');
  const env = {
    AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1',
    USE_VECTORS: 'false',
    SPILLWAY_CHAT_FILE: join(path, 'chat.sqlite'),
  };
  const run = (...args: string[]) => new Command(['chat', 'index', ...args], env).ended;
  assert.equal((await run(two)).code, 0);
  assert.match((await run(one)).stdout, /^2 indexed .* of 2 files\n$/);
  rmSync(join(one, 'b.md'));
  const told = await run(one);
  assert.match(told.stdout, /^1 in the index that are no longer in the folder; --prune removes them$/m);
  assert.equal(told.code, 0);
  const { vanished, pruned } = JSON.parse((await run(one, '--json', '--prune')).stdout);
  assert.deepEqual([vanished, pruned], [1, 1]);
  assert.match((await run(one, '--prune')).stdout, /^0 indexed .* 1 unchanged, 0 failed, of 1 files\n$/);
  rmSync(join(one, 'a.md'));
  const empty = await run(one, '--prune');
  assert.match(empty.stderr, /not looked for vanished files: the folder holds no document at all/);
  assert.equal((await run('--prune')).code, 2);
  assert.equal((await run('--prune', '--remove-all')).code, 2);
  assert.match((await run('--remove-all')).stdout, /^2 removed$/m, 'a.md of the empty folder, c.md of the other');
});
