import { test } from 'node:test';
import { stages } from './stages.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('stages: this tree keeps them apart', () => assertTidy(stages(THIS_TREE), 25));

const ROOT = 'apps/gateway/src';
const SEAMS = { 'listen/inbound.ts': 'a seam' };
const STORIES = { 'main.ts': 'the story' };
const MAIN = { [`${ROOT}/main.ts`]: "import './listen/inbound.ts'; import './route/a.ts'; import './reply/b.ts';" };

const CASES: ReadonlyArray<readonly [file: string, text: string, want: RegExp | null]> = [
  ['route/a.ts', "import './b.ts'; import '../reply/c.ts';", null],
  ['route/a.ts', "import '../listen/inbound.ts'; import '../reply/c.ts';", null],
  ['route/a.ts', "import '../credential/x.ts'; import '../reply/c.ts'; import '@spillway/policy';", null],
  [
    'route/a.ts',
    "import '../listen/node-http.ts'; import type { C } from '../reply/c.ts';",
    /route\/a\.ts: knows the stages listen, reply/,
  ],
  ['other.ts', "import './forward/a.ts'; import './state/b.ts';", /other\.ts: knows the stages forward, state/],
  ['route/a.test.ts', "import '../forward/a.ts'; import '../state/b.ts';", null],
];

for (const [file, text, want] of CASES) {
  test(`stages: ${want === null ? 'allows' : 'reports'} in ${file}: ${text}`, () => {
    const tree = treeOf({ ...MAIN, [`${ROOT}/${file}`]: text });
    assertFindings(stages(tree, SEAMS, STORIES), want === null ? [] : [want]);
  });
}

test('stages: reports exceptions that nothing needs any more', () => {
  const tree = treeOf({ [`${ROOT}/main.ts`]: "import './route/a.ts';" });
  assertFindings(stages(tree, SEAMS, STORIES), [/SEAMS: listen\/inbound\.ts needs no/, /STORIES: main\.ts needs no/]);
});
