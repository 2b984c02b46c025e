import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printError } from '@spillway/config';
import { loadSimulatorFile } from './load.ts';

function failing(code: string): () => string {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

test('loadSimulatorFile: reads the file and the secrets that it names', () => {
  const files = new Map([
    ['sim.yaml', `resources: [{ name: a, key: "\${file:/run/a}" }]`],
    ['/run/a', 'key-of-a\n'],
  ]);
  const loaded = loadSimulatorFile({ file: 'sim.yaml', env: {}, readFile: (path) => files.get(path) ?? '' });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  assert.equal(loaded.options.resources?.[0]?.key, 'key-of-a');
});

test('loadSimulatorFile: a secret that cannot be read is an error of its place', () => {
  const readFile = (path: string) =>
    path === 'sim.yaml' ? `resources: [{ name: a, key: "\${file:/run/a}" }]` : failing('EACCES')();
  const loaded = loadSimulatorFile({ file: 'sim.yaml', env: {}, readFile });
  assert.ok(loaded.kind === 'errors');
  assert.match(
    loaded.errors.map(printError).join(),
    /resources\[0\]\.key: .*"\/run\/a", which cannot be read; .* the simulator may read it/,
  );
});

for (const [code, want] of [
  ['ENOENT', 'sim.yaml: does not exist; check the path given with --config; without it there are three resources'],
  ['EISDIR', 'sim.yaml: is a directory; name the file in it'],
  ['EIO', 'sim.yaml: cannot be read (EIO); check the path and the disk'],
] as const) {
  test(`loadSimulatorFile: a file that cannot be read for ${code} is told with a way out`, () => {
    const loaded = loadSimulatorFile({ file: 'sim.yaml', env: {}, readFile: failing(code) });
    assert.deepEqual(loaded.kind === 'errors' && loaded.errors.map(printError), [want]);
  });
}
