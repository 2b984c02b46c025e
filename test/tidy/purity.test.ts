import { test } from 'node:test';
import { purity } from './purity.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('purity: this tree keeps it', () => assertTidy(purity(THIS_TREE), 40));

const CASES: ReadonlyArray<readonly [text: string, want: RegExp | null]> = [
  ['const at = Date.now();', /a\.ts:1: Date in a pure package; take nowMs/],
  ['\nfunction f(at: Date) {}', /a\.ts:2: Date in a pure package/],
  ['const x = Math.random();', /Math\.random/],
  ["const x = Math['random']();", /Math\.random/],
  ['const x = performance.now();', /performance/],
  ['setTimeout(f, 1);', /setTimeout/],
  ["fetch('x');", /fetch/],
  ['const { env } = process;', /process/],
  ['globalThis.setTimeout(f, 1);', /globalThis/],
  ['const x = crypto.randomUUID();', /crypto/],
  ['const x = answer.Date; const y = Math.max(1, 2); const z = { Date: 1, process() {} };', null],
  ["// Date, fetch\nconst x = 'Date' + `process`;", null],
];

for (const [text, want] of CASES) {
  test(`purity: ${want === null ? 'allows' : 'reports'} ${text.trim()}`, () => {
    assertFindings(purity(treeOf({ 'packages/policy/src/a.ts': text })), want === null ? [] : [want]);
  });
}

test('purity: tests, clock and apps are free', () => {
  const paths = ['packages/policy/src/a.test.ts', 'packages/clock/src/a.ts', 'apps/gateway/src/a.ts'];
  const free = treeOf(Object.fromEntries(paths.map((path) => [path, 'Date.now();'])));
  assertFindings(purity(free), []);
});
