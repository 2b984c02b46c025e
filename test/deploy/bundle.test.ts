/**
 * The package as npm makes it, installed without network into an empty folder and run there: nothing of the checkout is in reach.
 * `UPDATE=1 node --test test/deploy/bundle.test.ts` writes the list of its files anew; read the difference.
 */
import assert from 'node:assert/strict';
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { Command, type Ended } from '../../apps/cli/src/testing/command.ts';
import { CARRIED } from '../../scripts/bundle/carried.ts';
import { runCommand } from '../../scripts/run/command.ts';

const ROOT = join(import.meta.dirname, '../..');
const GOLDEN = new URL('golden/package-files.txt', import.meta.url);

/** The image may add 30 MB to its base (docs/containers.md), and this is all that it adds. */
const BYTES_MAX = 30_000_000;
/** Licences that let us hand the code on with their text beside it. */
const LICENCES = [
  '(MIT AND Zlib)',
  '(MIT OR GPL-3.0-or-later)',
  '(MPL-2.0 OR Apache-2.0)',
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
];

const scratch = mkdtempSync(join(tmpdir(), 'spillway-bundle-'));
const bundle = join(scratch, 'bundle');
const empty = join(scratch, 'empty');
const bin = join(empty, 'node_modules/spillway/bin/spillway.mjs');
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: ReadonlyArray<{ readonly path: string }>;
}
let packed: Packed;

before(
  async () => {
    mkdirSync(empty);
    writeFileSync(join(empty, 'package.json'), '{"private":true}');
    await must('node', [join(ROOT, 'scripts/bundle.ts'), bundle], ROOT);
    const said = await must('npm', ['pack', bundle, '--json', '--pack-destination', scratch], scratch);
    [packed] = JSON.parse(said.slice(said.indexOf('[\n')));
    const alone = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await must('npm', ['install', join(scratch, packed.filename), ...alone], empty);
  },
  { timeout: 180_000 },
);

async function must(program: string, args: readonly string[], folder: string): Promise<string> {
  const file = program === 'node' ? process.execPath : join(dirname(process.execPath), program);
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const found = program === 'node' ? file : program;
  const env = { ...process.env, PATH: path };
  const { ending, output } = await runCommand({ file: found, args, folder, env, limitMs: 120_000 });
  assert.deepEqual(ending, { kind: 'exit', code: 0 }, output);
  return output;
}

/** The installed command, ended when the test is. */
function start(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}): Command {
  const command = new Command(args, env, { bin, folder: empty });
  t.after(() => command.kill('SIGKILL'));
  return command;
}

async function done(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = await start(t, args, env).ended;
  assert.equal(ended.code, 0, ended.stderr + ended.stdout);
  return ended;
}

/** Of the document's first example (docs/capacity.md). */
const CAPACITY = [
  'plan',
  'capacity',
  '--model',
  'gpt-5.2',
  '--calls',
  '1000',
  '--prompt-tokens',
  '200',
  '--answer-tokens',
  '20',
];

/** What `render` writes, and one file of it. */
const RENDERED: ReadonlyArray<readonly [target: string, file: string]> = [
  ['apim', 'infra/main.json'],
  ['helm', 'values.yaml'],
];

/** Pieces have names that change with what is in them. */
const PIECE = /^lib\/.*-[0-9A-Z]{8}\.mjs$/;

test('bundle: holds the files that are listed, and pieces of code', () => {
  const paths = packed.files.map(({ path }) => path);
  const got = `${paths
    .filter((path) => !PIECE.test(path))
    .sort()
    .join('\n')}\n`;
  if (process.env.UPDATE === '1') writeFileSync(GOLDEN, got);
  assert.equal(got, readFileSync(GOLDEN, 'utf8'));
  assert.ok(paths.some((path) => PIECE.test(path)));
});

test('bundle: adds less to an image than it may', () => {
  assert.ok(packed.unpackedSize > 1_000_000 && packed.unpackedSize < BYTES_MAX, `${packed.unpackedSize} bytes`);
});

test('bundle: has no dependencies and no scripts, so that installing it runs and fetches nothing', () => {
  const manifest = JSON.parse(readFileSync(join(bundle, 'package.json'), 'utf8'));
  const keys = ['bin', 'description', 'engines', 'keywords', 'license', 'name', 'type', 'version'];
  assert.deepEqual(Object.keys(manifest).sort(), keys);
});

test('bundle: names each library inside, with a licence that allows it and its text', () => {
  const text = readFileSync(join(bundle, 'THIRD-PARTY.txt'), 'utf8');
  const licences = [...text.matchAll(/^Licence: (.*)$/gm)].map(([, licence]) => licence ?? '');
  assert.ok(licences.length > 50, `${licences.length} libraries`);
  assert.deepEqual(
    licences.filter((licence) => !LICENCES.includes(licence)),
    [],
  );
  for (const name of ['undici', 'preact', 'zod', '@azure/identity', 'gpt-tokenizer']) {
    assert.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+`, 'm'));
  }
  const { components } = JSON.parse(readFileSync(join(bundle, 'sbom.cdx.json'), 'utf8'));
  assert.equal(components.length + CARRIED.length, licences.length);
});

test('bundle: its command may be run as it is, by the Node that is found, with the flags that it wants', () => {
  accessSync(bin, constants.X_OK);
  const [first] = readFileSync(bin, 'utf8').split('\n');
  assert.equal(first, '#!/usr/bin/env -S node --max-semi-space-size=8');
});

/** Stands in for an older Node: the script asks for nothing but this. */
const OLD_NODE =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})';

test('bundle: on an older Node says what to do, in one line', async () => {
  const args = ['--import', OLD_NODE, bin, 'demo'];
  const ran = { file: process.execPath, args, folder: empty, env: { PATH: process.env.PATH }, limitMs: 20_000 };
  const { ending, output } = await runCommand(ran);
  assert.deepEqual(ending, { kind: 'exit', code: 2 });
  assert.equal(output, 'spillway needs Node 24 or newer, and this is 20.20.2: install it from https://nodejs.org.\n');
});

test('bundle: names no folder of the machine that made it', () => {
  for (const { path } of packed.files) {
    assert.ok(!readFileSync(join(bundle, path)).includes(ROOT), path);
  }
});

test('spillway --version: from the package alone', async (t) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'apps/cli/package.json'), 'utf8'));
  assert.equal((await done(t, ['--version'])).stdout, `${version}\n`);
});

test('spillway demo --once: from the package alone', { timeout: 60_000 }, async (t) => {
  const { stdout } = await done(t, ['demo', '--once', '--json', '--port', '0']);
  assert.equal(JSON.parse(stdout).verdict, 'passed');
});

test('npx spillway --version: without network, from the folder that it was installed into', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'apps/cli/package.json'), 'utf8'));
  assert.equal(await must('npx', ['--offline', '--loglevel=error', 'spillway', '--version'], empty), `${version}\n`);
});

/** One line of what each says: its own help or figures, not another's. */
const TOLD: ReadonlyArray<readonly [args: readonly string[], want: RegExp]> = [
  [['--help'], /^Usage: spillway /],
  [['gateway', '--help'], /^Usage: spillway gateway /],
  [['simulate', '--help'], /^Usage: spillway simulate /],
  [['chat', '--help'], /^Usage: spillway chat /],
  [['bench', '--help'], /^Usage: spillway bench /],
  [['deployments', '--help'], /^Usage: spillway deployments /],
  [['explain', '--help'], /^Usage: spillway explain /],
  [CAPACITY, /\bPTU/],
];

for (const [args, want] of TOLD) {
  test(`spillway ${args.join(' ')}: from the package alone`, async (t) => {
    assert.match((await done(t, args)).stdout, want);
  });
}

test('spillway check, render: read a file and write what is deployed, from the package alone', async (t) => {
  const config = join(ROOT, 'deploy/api-management/spillway.yaml');
  await done(t, ['check', '--config', config], { CHAT_APP_KEY: 'a-key-for-tests-0123456789' });
  for (const [target, file] of RENDERED) {
    const out = join(scratch, `rendered-${target}`);
    await done(t, ['render', target, '--config', config, '--out', out]);
    assert.ok(readFileSync(join(out, file), 'utf8').length > 100, file);
  }
});

test('spillway plan lab --quick: reads its scenarios and starts its threads', { timeout: 60_000 }, async (t) => {
  const { stdout } = await done(t, ['plan', 'lab', '--quick', '--scenario', 'steady-95', '--minutes', '1']);
  assert.match(stdout, /steady-95/);
  const list = await done(t, ['plan', 'lab', '--list']);
  assert.ok(list.stdout.split('\n').length > 30);
});

for (const [model, tokens] of [
  ['gpt-4o', 5],
  ['gpt-4', 5],
] as const) {
  test(`spillway bench tokenize: has the tables of ${model}`, async (t) => {
    const { stdout } = await done(t, ['bench', 'tokenize', '-m', model, 'Grüße an alle']);
    assert.match(stdout, new RegExp(`tokens: ${tokens}\\b`));
  });
}

/** One of each kind; all of them together would exhaust the quota of the one resource, and wait. */
const DOCUMENTS = [
  'leaflet-merrow-bay.pdf',
  'Deposit rules 2025 (replaced).docx',
  'office-and-people.html',
  'pets.md',
  'flats.csv',
  'suppliers.json',
];

test('simulate, gateway, bench, chat: talk to each other from the package alone', { timeout: 60_000 }, async (t) => {
  const simulator = start(t, ['simulate', '--port', '0', '--seed', '1']);
  const [, admin = ''] = await simulator.sees(/here or at (http:\/\/127\.0\.0\.1:\d+)\//);
  const [, resource = ''] = await simulator.sees(/openai1\s+(http:\/\/127\.0\.0\.1:\d+)/);
  for (const path of ['/ui/', '/ui/page.js', '/ui/page.css', '/ui/icon.svg']) await serves(admin + path);

  const backend = { BACKEND_1_NAME: 'openai1', BACKEND_1_URL: resource, BACKEND_1_APIKEY: 'simulated-key-1' };
  const gateway = start(t, ['gateway', '--port', '0', '--admin-port', '0'], backend);
  const [, url = ''] = await gateway.sees(/listens on (http:\/\/127\.0\.0\.1:\d+)/);

  const load = await done(t, ['bench', 'load', url, '-e', 'chat', '--no-key', '--rate', '240', '--duration', '1']);
  assert.match(load.stdout, /completed: 4 /);

  const documents = join(scratch, 'documents');
  for (const name of DOCUMENTS) cpSync(join(bundle, 'lib/apps/chat/corpus/documents', name), join(documents, name));
  const models = { OPENAI_HOST: 'azure_custom', AZURE_OPENAI_CUSTOM_URL: url, SPILLWAY_CHAT_FILE: ':memory:' };
  const chat = start(t, ['chat', 'serve', '--port', '0', '--index', documents], models);
  const [, page = ''] = await chat.sees(/listens on (http:\/\/127\.0\.0\.1:\d+)/);
  const html = await serves(`${page}/`);
  for (const [, path = ''] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) await serves(page + path);
  await serves(`${page}/widget.js`);
  await serves(`${page}/ui/words/de.json`);
  await stops(chat);
  await stops(gateway);
  await stops(simulator);
});

async function serves(url: string): Promise<string> {
  const answer = await fetch(url);
  const text = await answer.text();
  assert.equal(answer.status, 200, `${url}: ${text}`);
  assert.ok(text.length > 100, url);
  return text;
}

/** As a platform stops it. */
async function stops(command: Command): Promise<void> {
  command.kill('SIGTERM');
  const { code, stderr } = await command.ended;
  assert.equal(code, 0, stderr);
}
