/** docs/containers.md: its commands are run where that needs no Docker, and what it names is there. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { startSimulator } from '@spillway/simulator';
import { runCommand } from '../../scripts/run/command.ts';
import { blocksOf, commandsOf, pageOf, ROOT } from './documents.ts';

const DOCUMENT = pageOf('docs/containers.md');
const COMMANDS = blocksOf('docs/containers.md').flatMap(commandsOf);

/** The one command of the document that holds the text. */
function command(text: string): string {
  const found = COMMANDS.filter((each) => each.includes(text));
  assert.equal(found.length, 1, `${text}: ${found.length} commands`);
  return found[0] ?? '';
}

async function shell(text: string, folder: string): Promise<string> {
  const path = `${join(process.execPath, '..')}:${process.env.PATH}`;
  const args = ['-ec', text];
  const { ending, output } = await runCommand({ file: 'sh', args, folder, env: { PATH: path }, limitMs: 20_000 });
  assert.deepEqual(ending, { kind: 'exit', code: 0 }, output);
  return output;
}

test('containers.md: its command for keys makes those that compose asks for, each another, for nobody else to read', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'deploy'));
  await shell(command('openssl rand -hex 24)"; done'), folder);
  const file = join(folder, 'deploy/.env');
  const keys = parseEnv(readFileSync(file, 'utf8'));
  const wanted = new Set([...pageOf('deploy/compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
  assert.deepEqual(Object.keys(keys).sort(), [...wanted].sort());
  assert.equal(new Set(Object.values(keys)).size, wanted.size);
  for (const key of Object.values(keys)) assert.match(key ?? '', /^[0-9a-f]{48}$/);
  assert.equal(statSync(file).mode & 0o077, 0);
});

test('containers.md: its command for failover throttles the first resource', async (t) => {
  const simulator = await startSimulator({ host: '127.0.0.1', port: 0, seed: 1 });
  t.after(() => simulator.close());
  const [, script = ''] = /exec simulator (node -e .*)$/.exec(command('/throttle')) ?? [];
  assert.ok(script.includes('http://127.0.0.1:9000/'));
  await shell(script.replace('http://127.0.0.1:9000', simulator.adminUrl), ROOT);
  const [first] = simulator.resources;
  const answer = await fetch(`${first?.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': first?.key ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.equal(answer.status, 429);
});

test('containers.md: names the package by the version that it has', () => {
  const { version } = JSON.parse(pageOf('apps/cli/package.json'));
  for (const [name] of DOCUMENT.matchAll(/spillway-\d[\w.]*\.tgz/g)) assert.equal(name, `spillway-${version}.tgz`);
});

test('containers.md: runs the image as image and compose have it', () => {
  const run = command('docker run');
  assert.match(run, /--tmpfs \/data /);
  assert.match(pageOf('deploy/Dockerfile'), /mkdir --mode=1777 \/data /);
  assert.match(pageOf('deploy/compose.yaml'), /tmpfs: \[\/data\]/);
  assert.match(run, / spillway:local$/);
});

test('containers.md: names only files and variables that there are', () => {
  const files = [...DOCUMENT.matchAll(/(?:--file |`)((?:deploy|apps|test|scripts|\.devcontainer)[\w./-]*)/g)].map(
    ([, file]) => file ?? '',
  );
  assert.ok(files.length > 8, `${files.length}`);
  for (const file of files.filter((each) => each !== 'deploy/.env')) assert.ok(existsSync(join(ROOT, file)), file);
  const ours = [
    'deploy/compose.yaml',
    'deploy/Dockerfile',
    'docs/chat-settings.md',
    'test/deploy/dockerfile-image.test.ts',
    'scripts/bundle/executable/place.ts',
  ];
  const known = `${ours.map(pageOf).join('\n')}${'config host port admin-host admin-key'
    .split(' ')
    .map((flag) => `SPILLWAY_${flag.replace('-', '_').toUpperCase()}`)
    .join(' ')}`;
  const names = [...DOCUMENT.matchAll(/\b(?:SPILLWAY|BACKEND|CLIENT)_\w*[A-Z]\b/g)].map(([name]) => name);
  assert.ok(names.length > 15, `${names.length}`);
  for (const name of names) assert.match(known, new RegExp(`\\b${name}\\b`));
});
