import { test } from 'node:test';
import { arrows } from './arrows.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('arrows: this tree keeps them', () => assertTidy(arrows(THIS_TREE), 60));

const APPS = { 'apps/cli/package.json': '', 'apps/gateway/package.json': '', 'apps/simulator/package.json': '' };

const CASES: ReadonlyArray<readonly [path: string, text: string, want: RegExp | null]> = [
  ['packages/policy/src/a.ts', "import '@spillway/protocol';", null],
  [
    'packages/policy/src/a.ts',
    "import { x } from '@spillway/azure-model';",
    /a\.ts:1: imports @spillway\/azure-model: .*protocol/,
  ],
  [
    'packages/azure-model/src/a.ts',
    "\nimport type { X } from '@spillway/policy';",
    /a\.ts:2: imports @spillway\/policy/,
  ],
  ['packages/protocol/src/a.ts', "export * from '@spillway/clock';", /ours: nothing/],
  ['packages/clock/src/a.ts', "const x = await import('@spillway/protocol');", /ours: nothing/],
  ['packages/config/src/a.ts', "import '@spillway/policy'; import 'zod'; import 'zod/v4'; import 'yaml';", null],
  ['packages/config/src/a.ts', "import 'zodiac';", /libraries: zod, yaml/],
  ['packages/config/src/a.ts', "import { x } from '@spillway/protocol';", /ours: policy/],
  ['packages/policy/src/a.ts', "import { readFileSync } from 'node:fs';", /imports node:fs: .*libraries: none/],
  ['packages/policy/src/a.ts', 'await import(`${x}`);', /imports \(computed\)/],
  ['packages/policy/src/a.ts', "let x: import('@spillway/gateway').Gateway;", /imports @spillway\/gateway/],
  ['packages/policy/src/a.ts', "import x = require('fs');", /imports fs/],
  ['packages/policy/src/a.ts', "import '../../protocol/src/index.ts';", /stays within its package/],
  ['packages/policy/src/a.ts', "import '@spillway/protocol/src/index.ts';", /by its name alone/],
  ['packages/newcomer/src/a.ts', "import '@spillway/protocol';", /packages\/newcomer may import of ours: nothing/],
  ['packages/policy/src/a.test.ts', "import 'node:test'; import 'fast-check'; import '@spillway/clock';", null],
  ['packages/policy/src/a.test.ts', "import '@spillway/azure-model';", /imports @spillway\/azure-model/],
  ['apps/gateway/src/a.ts', "import '@spillway/policy'; import 'undici'; import 'node:fs';", null],
  ['apps/gateway/src/a.ts', "import '@spillway/simulator';", /an app never imports an app/],
  ['apps/gateway/src/a.test.ts', "import '@spillway/simulator';", /an app never imports an app/],
  ['apps/gateway/src/a.ts', "import 'spillway';", /an app never imports an app/],
  ['apps/gateway/src/a.ts', "import '../../simulator/src/index.ts';", /stays within its package/],
  ['apps/cli/src/a.ts', "import '@spillway/simulator'; import '@spillway/gateway';", null],
  ['apps/cli/bin/a.mjs', "import '../../gateway/src/main.ts';", /stays within its package/],
];

for (const [path, text, want] of CASES) {
  test(`arrows: ${want === null ? 'allows' : 'reports'} in ${path}: ${text.trim()}`, () => {
    assertFindings(arrows(treeOf({ ...APPS, [path]: text })), want === null ? [] : [want]);
  });
}
