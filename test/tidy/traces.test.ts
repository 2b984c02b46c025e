import { test } from 'node:test';
import { traces } from './traces.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('traces: this tree names nobody’s machine', () => assertTidy(traces(THIS_TREE), 100));

/** Put together here, so that this file holds none of them. */
function path(...parts: string[]): string {
  return ['', ...parts].join('/');
}

const PATHS = [
  path('work', 'x'),
  path('root', '.npmrc'),
  path('home', 'me'),
  path('Users', 'me'),
  path('tmp', 'bash_jobs'),
];
const HOSTS = [['registry', 'npmjs', 'org'].join('.'), `https://me.${'jfrog'}.io/npm`, `http://localhost:4873/${'x'}`];

for (const text of [
  ...PATHS,
  `"${PATHS[0]}"`,
  `see ${PATHS[1]}`,
  `file://${PATHS[2]}`.slice(7),
  ['C:', 'Users', 'me'].join('\\'),
]) {
  test(`traces: reports the path ${text}`, () => {
    assertFindings(traces(treeOf({ 'docs/a.md': `one\ntwo ${text}` })), [
      /docs\/a\.md:2: .* is a path of somebody's machine/,
    ]);
  });
}

for (const host of HOSTS.slice(0, 2)) {
  test(`traces: reports the host ${host}`, () => {
    assertFindings(traces(treeOf({ a: host })), [/a:1: .* is the host of a package registry/]);
  });
}

for (const text of [
  'bench/.work/',
  'https://example.com/home/x',
  './work/x',
  'docs/work/x',
  '/work',
  'a registry. Of names',
  'registry.properties.loginServer',
  'x-root/y',
]) {
  test(`traces: allows ${text}`, () => assertFindings(traces(treeOf({ a: text })), []));
}
