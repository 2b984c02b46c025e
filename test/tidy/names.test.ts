import { test } from 'node:test';
import { names } from './names.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('names: those in the documents of this tree exist', () => assertTidy(names(THIS_TREE), 40));

const REST = {
  'CONTRIBUTING.md': 'nothing in backticks',
  'packages/policy/src/pick.ts': "export function pickOne() {}\nexport const HEADER = 'x-spillway-explain';",
  'package.json': '{ "name": "spillway-workspace", "scripts": { "check": "node scripts/check.ts" } }',
  'docs/other.md': 'onlyInMarkdown',
  'test/tidy/names.test.ts': 'onlyInTidy',
};

const CASES: ReadonlyArray<readonly [text: string, want: RegExp | null]> = [
  ['`packages/policy/src/pick.ts` `packages/policy/` `pick.ts` `policy/src` `packages/*` `*.ts`', null],
  ['`pickOne` `pickOne()` `x-spillway-explain` `npm run check` `npm ci` `spillway-workspace`', null],
  ['```\nnoSuchThing\n```\nno backticks: noSuchThing', null],
  ['text\n`packages/policy/src/choose.ts`', /ARCHITECTURE\.md:2: `packages\/policy\/src\/choose\.ts` is neither/],
  ['`pickO` is no whole word', /`pickO` is neither/],
  ['`onlyInMarkdown`', /`onlyInMarkdown`/],
  ['`onlyInTidy`', /`onlyInTidy`/],
  ['`npx node --test packages/policy/src/pick.ts` `npx spillway gateway`', null],
  ['`npx node --test packages/policy/src/gone.ts`', /gone\.ts/],
  ['`npm run gone`', /`npm run gone`/],
  ['`apps/*`', /`apps\/\*`/],
];

for (const [text, want] of CASES) {
  test(`names: ${want === null ? 'allows' : 'reports'} ${JSON.stringify(text)}`, () => {
    assertFindings(names(treeOf({ ...REST, 'ARCHITECTURE.md': text })), want === null ? [] : [want]);
  });
}

test('names: a missing document is reported, not passed over', () => {
  assertFindings(names(treeOf({})), [/ARCHITECTURE\.md: is missing/, /CONTRIBUTING\.md: is missing/]);
});

test('names: a foreign name needs a reason, and a reason a foreign name', () => {
  const tree = treeOf({ ...REST, 'ARCHITECTURE.md': '`elsewhere`' });
  assertFindings(names(tree, { elsewhere: 'a reason' }), []);
  assertFindings(names(tree, { elsewhere: 'a reason', pickOne: 'stale' }), [/FOREIGN: pickOne needs no exception/]);
});
