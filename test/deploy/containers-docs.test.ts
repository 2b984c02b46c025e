/**
 * docs/containers.md: each of its blocks, run as it is printed. Bundle, package and executable for real, in a folder with nothing but the
 * scripts; what needs Docker or Debian's packages with stand-ins (for real: dockerfile-image.test.ts, docs/to-run-with-azure.md).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { NO_EXECUTABLE } from '../../scripts/bundle/executable/make.ts';
import { type Block, blocksOf, commandsOf, pageOf, ROOT } from './documents.ts';
import { runShell } from './shell.ts';

const BLOCKS = blocksOf('docs/containers.md');

/** The one block that holds the text. */
function block(text: string): Block {
  const [found, ...more] = BLOCKS.filter((each) => each.text.includes(text));
  assert.ok(found !== undefined && more.length === 0, text);
  return found;
}

const scratch = mkdtempSync(join(tmpdir(), 'spillway-containers-'));
after(() => rmSync(scratch, { recursive: true }));
symlinkSync(join(ROOT, 'scripts'), join(scratch, 'scripts'));
// What is installed is the checkout's, and stays as it is; all else is npm's own.
writeFileSync(
  join(scratch, 'npm'),
  `#!/bin/sh\n[ "$*" = ci ] && exit 0\nPATH=$(echo "$PATH" | cut -d : -f 2-)\nexec npm "$@"\n`,
  { mode: 0o755 },
);

/** Runs the block until it has said the last thing, or has ended; @returns what it said. */
function runUntil(t: TestContext, { text }: Block, last: RegExp): Promise<string> {
  const path = [scratch, dirname(process.execPath), process.env.PATH].join(':');
  const env = { PATH: path, HOME: scratch, npm_config_offline: 'true' };
  const child = spawn('sh', ['-ec', text], { cwd: scratch, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => endGroup(child.pid));
  return new Promise((resolve, reject) => {
    let said = '';
    const add = (piece: unknown): void => {
      said += String(piece);
      if (last.test(said)) resolve(said);
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', add);
    child.on('close', (code) => reject(new Error(`ended with ${code} before ${last}:\n${said}`)));
  });
}

/** The shell, npx and what they started. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

const DEMO = /The same chat requests go two ways/;

test('containers.md: bundles and packs', { timeout: 90_000 }, async (t) => {
  const said = await runUntil(t, block('npm pack'), /^spillway-.*\.tgz$/m);
  assert.match(said, /^\d+ files, \d+\.\d MB, \d+ libraries inside\n\d+\.\d+\.\d+\n/);
});

test('containers.md: runs the demo from the packed package', { timeout: 60_000 }, async (t) => {
  await runUntil(t, block('.tgz demo'), DEMO);
});

test('containers.md: makes the executable and runs it', { skip: NO_EXECUTABLE, timeout: 90_000 }, async (t) => {
  assert.match(await runUntil(t, block('--executable'), DEMO), /^spillway-alone: 1\d\d\.\d MB, with Node 24\./m);
});

/** Refuses files that are not there and variables that are not set, as Docker does. */
const DOCKER = `
while [ $# -gt 0 ]; do
  case "$1" in
    --file) test -f "$2" || { echo "no such file: $2" >&2; exit 1; } ;;
    --env) case "$2" in *=*) ;; *) printenv "$2" > /dev/null || { echo "not set: $2" >&2; exit 1; } ;; esac ;;
  esac
  shift
done
`;

const compose: { readonly services: Readonly<Record<string, { readonly profiles?: readonly string[] }>> } = parse(
  pageOf('deploy/compose.yaml'),
);

for (const text of ['docker build', 'docker run', 'openssl rand -hex 24)"; done', '/throttle', '--profile']) {
  test(`containers.md: the block with ${text} asks Docker for what is there`, (t) => {
    const { status, stderr, calls } = runShell(t, block(text).text, {
      programs: { docker: DOCKER },
      copies: ['deploy'],
    });
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(calls.length, commandsOf(block(text)).filter((line) => line.startsWith('docker')).length);
    for (const call of calls) {
      const [, service] = /(?:exec|--follow) (\w+)/.exec(call) ?? [];
      assert.ok(service === undefined || Object.hasOwn(compose.services, service), call);
      const [, profile] = /--profile (\w+)/.exec(call) ?? [];
      const profiles = Object.values(compose.services).flatMap((each) => each.profiles ?? []);
      assert.ok(profile === undefined || profiles.includes(profile), call);
    }
  });
}

test('containers.md: without Docker, installs the programs that the test of the image names, and runs it', (t) => {
  const given = { programs: { 'apt-get': '', node: 'test -f "$2" && test "$SPILLWAY_TEST_IMAGE" = 1' } };
  const { status, stderr, calls } = runShell(t, block('apt-get').text, { ...given, copies: ['test/deploy'] });
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(calls.at(-1), 'node --test test/deploy/dockerfile-image.test.ts');
  const [, named = ''] = /\(root, (.*)\)/.exec(pageOf('test/deploy/dockerfile-image.test.ts')) ?? [];
  assert.equal(calls[0]?.replace('apt-get install --yes ', ''), named.replaceAll(',', ''));
});
