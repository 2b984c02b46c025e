import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Loaded } from '@spillway/config';
import { POLL_MS, SETTLE_LOOKS_MAX, SETTLE_MS } from './stamp-watch.ts';
import { type Files, nodeFiles, watchConfig } from './watch.ts';

const root = mkdtempSync(join(tmpdir(), 'spillway-watch-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

function newFolder(): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  return folder;
}

const textFor = (host: string): string => `backends: [ { name: a, url: https://${host}.example } ]\n`;

function outcome(loaded: Loaded): string {
  if (loaded.kind === 'errors') return loaded.errors.map((error) => error.rule).join(', ');
  return loaded.config.fleet.backends
    .map(({ url, credential }) => url + (credential.kind === 'key' ? credential.key : ''))
    .join(', ');
}

/** No events unless a test asks for them: then only the poll sees changes. */
const silent: Files = { ...nodeFiles, watch: () => () => {} };

function watching(file: string, files: Files = silent) {
  const clock = new FakeClock();
  const outcomes: string[] = [];
  const watch = watchConfig({ file, env: {}, clock, files, onLoaded: (loaded) => outcomes.push(outcome(loaded)) });
  return {
    clock,
    outcomes,
    watch,
    /** Moves time on in steps, each time until the look that began has ended and set its next timer. */
    async pass(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += SETTLE_MS) {
        clock.advance(SETTLE_MS);
        for (let turns = 0; clock.pending === 0; turns++) {
          assert.ok(turns < 1_000_000, 'the look never ends');
          await new Promise(setImmediate);
        }
      }
    },
  };
}

const ROUND_MS = POLL_MS + 4 * SETTLE_MS;

test('watchConfig: tells of a changed text, once, and of nothing while it stays', async () => {
  const file = join(newFolder(), 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  const { outcomes, pass, watch } = watching(file);
  await pass(ROUND_MS);
  assert.deepEqual(outcomes, []);
  writeFileSync(file, textFor('two'));
  await pass(3 * ROUND_MS);
  assert.deepEqual(outcomes, ['https://two.example']);
  watch.close();
});

test('watchConfig: a file that is touched, or replaced by its equal, has not changed', async () => {
  const file = join(newFolder(), 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  const { outcomes, pass, watch } = watching(file);
  await pass(ROUND_MS);
  utimesSync(file, 1, 1);
  await pass(ROUND_MS);
  writeFileSync(`${file}.new`, textFor('one'));
  renameSync(`${file}.new`, file);
  await pass(ROUND_MS);
  assert.deepEqual(outcomes, []);
  watch.close();
});

test('watchConfig: sees a change between loadConfig and its own first look', async () => {
  const file = join(newFolder(), 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  const { outcomes, pass, watch } = watching(file);
  writeFileSync(file, textFor('two'));
  await pass(3 * SETTLE_MS);
  assert.deepEqual(outcomes, ['https://two.example']);
  watch.close();
});

test('watchConfig: tells of a bad text, of a file that is gone, and of the good one that comes back', async () => {
  const file = join(newFolder(), 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  const { outcomes, pass, watch } = watching(file);
  for (const change of [
    () => writeFileSync(file, 'backends: []\n'),
    () => rmSync(file),
    () => writeFileSync(file, textFor('one')),
  ]) {
    change();
    await pass(ROUND_MS);
  }
  assert.deepEqual(outcomes, ['is an empty list', 'does not exist', 'https://one.example']);
  watch.close();
});

test('watchConfig: sees the symlink swap of a mounted ConfigMap', async () => {
  const folder = newFolder();
  for (const [version, host] of [
    ['..1', 'one'],
    ['..2', 'two'],
  ] as const) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'spillway.yaml'), textFor(host));
    utimesSync(join(folder, version, 'spillway.yaml'), 1, 1);
  }
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/spillway.yaml', join(folder, 'spillway.yaml'));
  const { outcomes, pass, watch } = watching(join(folder, 'spillway.yaml'));
  await pass(ROUND_MS);
  symlinkSync('..2', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  await pass(ROUND_MS);
  assert.deepEqual(outcomes, ['https://two.example']);
  watch.close();
});

test('watchConfig: a secret that is renewed, or comes late, is a change', async () => {
  const folder = newFolder();
  const [file, secret] = [join(folder, 'spillway.yaml'), join(newFolder(), 'key')];
  writeFileSync(file, `backends: [ { name: a, url: https://a.example, apiKey: "\${file:${secret}}" } ]\n`);
  const { outcomes, pass, watch } = watching(file);
  for (const key of ['-first', '-second']) {
    writeFileSync(secret, key);
    await pass(ROUND_MS);
  }
  assert.deepEqual(outcomes, ['https://a.example-first', 'https://a.example-second']);
  watch.close();
});

test('watchConfig: does not read a file that is still being written', async () => {
  const file = join(newFolder(), 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  const { outcomes, pass, watch } = watching(file);
  await pass(ROUND_MS);
  const half = textFor('two').slice(0, 30);
  for (let written = 0; written < POLL_MS / SETTLE_MS + 5; written++) {
    writeFileSync(file, half + ' '.repeat(written));
    await pass(SETTLE_MS);
  }
  writeFileSync(file, textFor('two'));
  await pass(ROUND_MS);
  assert.deepEqual(outcomes, ['https://two.example'], 'never the half');
  watch.close();
});

test('watchConfig: reads a file that never stands still after so many looks', async () => {
  const file = join(newFolder(), 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  let stamps = 0;
  const { outcomes, pass, watch } = watching(file, { ...silent, stamp: async () => String(stamps++) });
  writeFileSync(file, textFor('two'));
  await pass((SETTLE_LOOKS_MAX - 1) * SETTLE_MS);
  assert.deepEqual(outcomes, []);
  await pass(SETTLE_MS);
  assert.deepEqual(outcomes, ['https://two.example']);
  watch.close();
});

test('watchConfig: an event in the folder brings the look forward', { timeout: 30_000 }, async () => {
  const folder = newFolder();
  const file = join(folder, 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  const event = Promise.withResolvers<void>();
  const noisy: Files = {
    ...nodeFiles,
    watch: (path, onChange) =>
      nodeFiles.watch(path, () => {
        onChange();
        event.resolve();
      }),
  };
  const { outcomes, pass, watch } = watching(file, noisy);
  await pass(2 * SETTLE_MS);
  writeFileSync(`${file}.new`, textFor('two'));
  renameSync(`${file}.new`, file);
  await event.promise;
  await pass(2 * SETTLE_MS);
  assert.deepEqual(outcomes, ['https://two.example'], `within ${2 * SETTLE_MS} ms, not ${POLL_MS}`);
  watch.close();
});

test('watchConfig: after close nothing is told, and no timer is left', async () => {
  const file = join(newFolder(), 'spillway.yaml');
  writeFileSync(file, textFor('one'));
  const look = Promise.withResolvers<string>();
  let looks = 0;
  const stamp = () => (looks++ === 0 ? Promise.resolve('new') : look.promise);
  const { clock, outcomes, pass, watch } = watching(file, { ...silent, stamp });
  writeFileSync(file, textFor('two'));
  await pass(SETTLE_MS);
  clock.advance(SETTLE_MS);
  watch.close();
  look.resolve('new');
  await new Promise(setImmediate);
  assert.equal(clock.pending, 0);
  clock.advance(10 * POLL_MS);
  assert.deepEqual(outcomes, []);
});

test('watchConfig: a folder that cannot be watched is polled', async () => {
  const file = join(root, 'no-such-folder', 'spillway.yaml');
  const { outcomes, pass, watch } = watching(file, nodeFiles);
  mkdirSync(join(root, 'no-such-folder'));
  writeFileSync(file, textFor('one'));
  await pass(ROUND_MS);
  assert.deepEqual(outcomes, ['https://one.example']);
  watch.close();
});

test('watchConfig: what is no plain file, such as a pipe, is not read a second time', () => {
  const { clock, watch } = watching('/dev/null', { ...silent, read: () => assert.fail('read') });
  assert.equal(clock.pending, 0);
  watch.close();
});
