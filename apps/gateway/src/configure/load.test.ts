import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Loaded, printError } from '@spillway/config';
import { loadConfig } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'spillway-load-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problems(loaded: Loaded): readonly string[] {
  return loaded.kind === 'errors' ? loaded.errors.map(printError) : [];
}

test('loadConfig: without a file the environment is the configuration', () => {
  const loaded = loadConfig({ file: null, env: { BACKEND_1_URL: 'https://openai1.example' } });
  assert.equal(loaded.kind === 'ok' && loaded.config.fleet.backends[0]?.name, 'openai1');
});

test('loadConfig: reads the file and the secrets that it names', () => {
  const secret = file('secret', 'key-from-a-file\n');
  const path = file(
    'good.yaml',
    `backends: [ { name: a, url: https://a.example, apiKey: "\${file:${secret}}" }, { name: b, url: https://b.example, apiKey: "\${KEY}" } ]`,
  );
  const loaded = loadConfig({ file: path, env: { KEY: 'key-from-the-environment' } });
  assert.deepEqual(problems(loaded), []);
  const backends = loaded.kind === 'ok' ? loaded.config.fleet.backends : [];
  const keys = backends.map(({ credential }) => (credential.kind === 'key' ? credential.key : null));
  assert.deepEqual(keys, ['key-from-a-file', 'key-from-the-environment']);
});

test('loadConfig: a secret that cannot be read is an error that names it', () => {
  mkdirSync(join(folder, 'not-a-file'));
  for (const name of ['missing', 'not-a-file']) {
    const secret = join(folder, name);
    const path = file(
      'secretless.yaml',
      `backends: [ { name: a, url: https://a.example, apiKey: "\${file:${secret}}" } ]`,
    );
    const [problem = '', ...others] = problems(loadConfig({ file: path, env: {} }));
    assert.deepEqual(others, []);
    assert.match(
      problem,
      /secretless\.yaml:1:56 backends\[0\]\.apiKey: .* names the file ".*", which cannot be read; /,
    );
  }
});

test('loadConfig: a file that is not there, or a folder, is one error that says so', () => {
  const missing = join(folder, 'missing.yaml');
  assert.deepEqual(problems(loadConfig({ file: missing, env: {} })), [
    `${missing}: does not exist; check the path given with --config; without it the environment is the configuration`,
  ]);
  assert.deepEqual(problems(loadConfig({ file: folder, env: {} })), [`${folder}: is a directory; name the file in it`]);
});

const FAILURES: ReadonlyArray<readonly [code: string, want: RegExp]> = [
  ['EACCES', /^a\.yaml: may not be read by this user; /],
  ['EIO', /^a\.yaml: cannot be read \(EIO\); /],
  ['ERR_STRING_TOO_LONG', /^a\.yaml: cannot be read \(ERR_STRING_TOO_LONG\); /],
];

for (const [code, want] of FAILURES) {
  test(`loadConfig: tells of ${code}`, () => {
    const readFile = () => {
      throw Object.assign(new Error('message of the system'), { code });
    };
    assert.match(problems(loadConfig({ file: 'a.yaml', env: {}, readFile }))[0] ?? '', want);
  });
}
