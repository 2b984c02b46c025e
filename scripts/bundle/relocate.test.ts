import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relocate, scriptName } from './relocate.ts';

const PATH = 'apps/planner/src/lab/compare.ts';

const CASES: ReadonlyArray<
  readonly [name: string, given: string, text: string, assets: readonly string[], workers: readonly string[]]
> = [
  ['nothing', 'const a = 1;', 'const a = 1;', [], []],
  [
    'a folder beside the sources',
    "new URL('../../scenarios/', import.meta.url)",
    "new URL('./apps/planner/scenarios/', import.meta.url)",
    ['apps/planner/scenarios/'],
    [],
  ],
  [
    'code for a thread',
    "new Worker(new URL('./worker.ts', import.meta.url))",
    "new Worker(new URL('./planner-lab-worker.mjs', import.meta.url))",
    [],
    ['apps/planner/src/lab/worker.ts'],
  ],
  [
    'its own folder',
    "join(import.meta.dirname, 'client')",
    "join((import.meta.dirname + '/apps/planner/src/lab'), 'client')",
    ['apps/planner/src/lab'],
    [],
  ],
  [
    'a search for a package',
    'findPackageJSON(name, import.meta.url)',
    'findPackageJSON(name, import.meta.url)',
    [],
    [],
  ],
];

for (const [name, given, text, assets, workers] of CASES) {
  test(`relocate: ${name}`, () => assert.deepEqual(relocate(PATH, given), { text, assets, workers }));
}

for (const given of [
  'readFileSync(new URL(name, import.meta.url))',
  'import.meta.filename',
  "import.meta.resolve('x')",
]) {
  test(`relocate: refuses ${given}, which it cannot follow`, () => {
    assert.throws(() => relocate(PATH, given), /compare\.ts: .*does not know what to make of/);
  });
}

test('scriptName: tells threads of all apps apart', () => {
  assert.equal(scriptName('apps/chat/src/store/local/thread.ts'), 'chat-store-local-thread');
});
