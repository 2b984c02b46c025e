import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from './run/command.ts';
import { sampleTree } from './run/sample-tree.ts';

const tree = sampleTree({
  'good.test.ts': "import { test } from 'node:test'; test('a', () => {}); test('b', { skip: 'no nginx' }, () => {});",
  'bad.test.ts': "import { test } from 'node:test'; test('c', () => { throw new Error('c failed'); });",
  'skipped.test.ts': "import { test } from 'node:test'; test('d', { skip: 'no nginx' }, () => {});",
});
after(tree.remove);

/** The program as people and machines start it. */
function npmTest(...paths: string[]) {
  const args = [join(import.meta.dirname, 'test.ts'), ...paths];
  return runCommand({ file: process.execPath, args, folder: tree.root, env: process.env, limitMs: 60_000 });
}

const CASES: ReadonlyArray<readonly [args: string[], code: number, lastLine: string]> = [
  [['good.test.ts'], 0, '1 passed, 0 failed, 1 skipped'],
  [['good.test.ts', 'bad.test.ts'], 1, '1 passed, 1 failed, 1 skipped'],
  [['skipped.test.ts'], 1, '0 passed, 1 failed, 1 skipped'],
  [['.'], 1, '1 passed, 1 failed, 2 skipped'],
];

for (const [args, code, lastLine] of CASES) {
  test(`npm test -- ${args.join(' ')}: ends with "${lastLine}" and exit code ${code}`, async () => {
    const { ending, output } = await npmTest(...args);
    const lines = output.trimEnd().split('\n');
    assert.deepEqual([ending, lines.at(-1)], [{ kind: 'exit', code }, lastLine], output);
    assert.match(lines.at(-2) ?? '', /^\d+\.\d seconds$/);
  });
}

test('npm test -- absent: is wrong use, exit code 2', async () => {
  const { ending, output } = await npmTest('absent');
  assert.deepEqual(ending, { kind: 'exit', code: 2 });
  assert.match(output, /^absent: no such file or folder/);
});
