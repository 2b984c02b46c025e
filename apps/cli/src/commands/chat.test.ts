/** `spillway chat` as a person runs it: settings refused, a folder indexed, the app served. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from '../testing/command.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'spillway-chat-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function environment(path: string): Readonly<Record<string, string>> {
  return {
    AZURE_OPENAI_CUSTOM_URL: 'http://127.0.0.1:1',
    USE_VECTORS: 'false',
    SPILLWAY_CHAT_FILE: join(path, 'chat.sqlite'),
  };
}

test('chat: every wrong setting is told, and the exit says that it was used wrongly', async () => {
  const { code, stderr } = await new Command(['chat', 'serve'], { OPENAI_HOST: 'azur', SPILLWAY_CHAT_TOP: 'x' }).ended;
  assert.equal(code, 2);
  assert.match(stderr, /OPENAI_HOST: "azur"/);
  assert.match(stderr, /SPILLWAY_CHAT_TOP: "x"/);
});

test('chat: a folder is indexed, unchanged files are skipped, one and all are removed', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a.md'), '# A\n\nText of A.\n');
  writeFileSync(join(path, 'b.md'), '# B\n\nText of B.\n');
  const env = environment(path);
  const run = (...args: string[]) => new Command(['chat', 'index', ...args], env).ended;
  assert.match((await run(path)).stdout, /^2 indexed \(2 passages\), 0 unchanged, 0 failed, of 2 files$/m);
  const again = await run(path, '--json');
  assert.deepEqual([JSON.parse(again.stdout).skipped, again.code], [2, 0]);
  assert.match((await run('--remove', 'a.md')).stdout, /^1 removed$/m);
  assert.equal((await run('--remove', 'a.md')).code, 1);
  assert.match((await run('--remove-all')).stdout, /^1 removed$/m);
  assert.equal((await run()).code, 2);
  assert.equal((await run(path, '--remove-all')).code, 2);
});

test('chat: serves after its folder is indexed, says where, and ends cleanly', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a.md'), '# A\n\nText of A.\n');
  const running = new Command(['chat', 'serve', '--port', '0', '--index', path], environment(path));
  const [, url] = await running.sees(/listens on (http:\S+)/);
  await running.sees(/1 indexed/);
  const found = await fetch(`${url}/api/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"text"}',
  });
  assert.equal((await found.json()).sources[0].path, 'a.md');
  running.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});

test('chat: a host beyond this machine is refused without sign-in', async (t) => {
  const { code, stderr } = await new Command(['chat', 'serve', '--host', '0.0.0.0'], environment(folder(t))).ended;
  assert.equal(code, 2);
  assert.match(stderr, /SPILLWAY_CHAT_AUTH/);
});
