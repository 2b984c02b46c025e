import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEBIAN_PACKAGES } from '../tool.ts';
import { ci } from './ci.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('ci: that of this tree agrees with the tests and with README.md', () => {
  assertTidy(ci(THIS_TREE, Object.values(DEBIAN_PACKAGES)), 1);
});

test('ci: .ci/run can be executed', () => {
  const { mode } = statSync(join(import.meta.dirname, '../../.ci/run'));
  assert.equal(mode & 0o111, 0o111);
});

const BEGIN = '<!-- .ci/run: begin -->';
const END = '<!-- .ci/run: end -->';
const RUN = `packages=(nginx-light)\n${BEGIN} ${END}`;
const README = `# x\n${BEGIN}\n\`\`\`sh\nnpm ci && npm test\n\`\`\`\n${END}\n`;

const CASES: ReadonlyArray<readonly [name: string, run: string, readme: string, want: readonly RegExp[]]> = [
  ['what agrees', RUN, README, []],
  [
    'a program not installed',
    RUN.replace('nginx-light', 'redis-server nginx-light'),
    README,
    [/installs redis-server/],
  ],
  ['a program not looked for', RUN.replace('nginx-light', ''), README, [/does not install nginx-light/, /installs ,/]],
  ['markers not looked for', 'packages=(nginx-light)', README, [/look for <!-- .*begin/, /look for <!-- .*end/]],
  ['a README without the block', RUN, '# x\nnpm ci && npm test\n', [/README\.md: needs the test command once/]],
  ['a README with two', RUN, README + README, [/README\.md: needs the test command once/]],
  ['a README with an empty block', RUN, `${BEGIN}\n${END}\n`, [/README\.md: needs the test command once/]],
];

for (const [name, run, readme, want] of CASES) {
  test(`ci: ${want.length === 0 ? 'allows' : 'reports'} ${name}`, () => {
    assertFindings(ci(treeOf({ '.ci/run': run, 'README.md': readme }), ['nginx-light']), want);
  });
}

test('ci: reports a missing .ci/run', () => assertFindings(ci(treeOf({}), []), [/\.ci\/run: is missing/]));
