import { test } from 'node:test';
import { manifests } from './manifests.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('manifests: what those of this tree name exists', () => assertTidy(manifests(THIS_TREE), 12));

const CASES: ReadonlyArray<readonly [manifest: object, want: RegExp | null]> = [
  [{ scripts: { a: 'node scripts/a.ts --check' }, bin: { x: 'bin/x.mjs' }, exports: './src/index.ts' }, null],
  [{ scripts: { a: 'biome check . && node scripts/a.ts' }, devDependencies: { '@biomejs/biome': '1' } }, null],
  [{ scripts: { a: 'node scripts/gone.ts' } }, /package\.json: script a names scripts\/gone\.ts, which does not exist/],
  [{ scripts: { a: 'node bench/bench.mjs demo' } }, /script a names bench\/bench\.mjs/],
  [{ bin: { x: 'bin/gone.mjs' } }, /bin x names bin\/gone\.mjs/],
  [{ bin: './gone.js' }, /bin bin names/],
  [{ exports: './src/gone.ts' }, /exports names \.\/src\/gone\.ts/],
  [{ scripts: { a: 'node scripts/a.ts; biome check .' } }, /script a starts biome, which no devDependency/],
  [{ scripts: { a: 'make all' }, devDependencies: { knip: '1' } }, /script a starts make/],
];

for (const [manifest, want] of CASES) {
  test(`manifests: ${want === null ? 'allows' : 'reports'} ${JSON.stringify(manifest)}`, () => {
    const files = { 'scripts/a.ts': '', 'bin/x.mjs': '', 'src/index.ts': '', 'package.json': JSON.stringify(manifest) };
    assertFindings(manifests(treeOf(files)), want === null ? [] : [want]);
  });
}

test('manifests: paths are meant from the package', () => {
  const files = { 'packages/a/package.json': '{ "exports": "./src/index.ts" }', 'src/index.ts': '' };
  assertFindings(manifests(treeOf(files)), [/packages\/a\/package\.json: exports names/]);
});
