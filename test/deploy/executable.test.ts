/** The one file that needs no Node, in a folder that holds nothing, with an environment that names nothing. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeExecutable, NO_EXECUTABLE } from '../../scripts/bundle/executable/make.ts';
import { makeBundle } from '../../scripts/bundle/make.ts';
import { runCommand } from '../../scripts/run/command.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Node itself has some 130 MB. */
const BYTES_MAX = 160_000_000;

const scratch = mkdtempSync(join(tmpdir(), 'spillway-alone-'));
const file = join(scratch, 'spillway');
const home = join(scratch, 'home');
const empty = join(scratch, 'empty');
const { version }: { readonly version: string } = JSON.parse(readFileSync(join(ROOT, 'apps/cli/package.json'), 'utf8'));
let bytes = 0;
after(() => rmSync(scratch, { recursive: true }));

before(
  async () => {
    if (NO_EXECUTABLE !== false) return;
    for (const folder of [home, empty]) mkdirSync(folder);
    await makeBundle(ROOT, join(scratch, 'bundle'));
    bytes = await makeExecutable(join(scratch, 'bundle'), file);
    // What it brings along is inside of it: the folder that it was made of is gone.
    rmSync(join(scratch, 'bundle'), { recursive: true });
  },
  { timeout: 120_000 },
);

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly [number, string]> {
  const { ending, output } = await runCommand({
    file,
    args,
    folder: empty,
    env: { HOME: home, ...env },
    limitMs: 90_000,
  });
  return ending.kind === 'exit' ? [ending.code, output] : assert.fail(`${ending.kind}: ${output}`);
}

test('executable: tells its version without Node, and unpacks once', { skip: NO_EXECUTABLE }, async () => {
  assert.ok(bytes > 50_000_000 && bytes < BYTES_MAX, `${bytes} bytes`);
  assert.deepEqual(await run(['--version']), [0, `${version}\n`]);
  assert.deepEqual(await run(['--version']), [0, `${version}\n`]);
  const cache = readdirSync(join(home, '.cache/spillway'));
  assert.equal(cache.length, 1);
  const [folder = ''] = cache;
  assert.match(folder.replace(version, ''), /^-[0-9a-f]{16}$/);
  for (const name of ['LICENSE', 'THIRD-PARTY.txt', 'NODE-LICENSE.txt']) {
    assert.ok(existsSync(join(home, '.cache/spillway', folder, name)), name);
  }
});

test('executable: demo --once: threads, pages and documents are found inside', {
  skip: NO_EXECUTABLE,
  timeout: 120_000,
}, async () => {
  const [code, output] = await run(['demo', '--once', '--json', '--port', '0']);
  assert.equal(code, 0, output);
  assert.match(output, /"verdict": "passed"/);
  assert.deepEqual(readdirSync(empty), []);
});

test('executable: plan lab: scenarios are found inside', { skip: NO_EXECUTABLE, timeout: 60_000 }, async () => {
  const [code, output] = await run(['plan', 'lab', '--quick', '--scenario', 'steady-95', '--minutes', '1']);
  assert.equal(code, 0, output);
  assert.match(output, /steady-95/);
});

test('executable: exit codes are those of the command', { skip: NO_EXECUTABLE }, async () => {
  const [code, output] = await run(['gateway', '--host', '0.0.0.0'], { BACKEND_1_URL: 'http://127.0.0.1:9' });
  assert.equal(code, 2, output);
});

test('executable: where it may write nowhere, says so in one line', { skip: NO_EXECUTABLE }, async () => {
  const [code, output] = await run(['--version'], { SPILLWAY_UNPACK_FOLDER: '/dev/null/nowhere' });
  assert.equal(code, 2);
  assert.match(
    output,
    /^spillway: cannot unpack: \/dev\/null\/nowhere: ENOTDIR.*; set SPILLWAY_UNPACK_FOLDER to .*\n$/,
  );
});
