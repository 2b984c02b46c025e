import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Report } from './report.ts';
import { sampleTree } from './sample-tree.ts';
import { testGroupJob } from './test-group.ts';

const GOOD = `import { test } from 'node:test'; test('good: one', () => {}); test('good: skipped', { skip: 'no nginx' }, () => {});`;
const BAD = `import { test } from 'node:test'; test('bad: fails', () => { throw new Error('broken'); });`;
const SETS = `import { test } from 'node:test'; test('sets: leaves something', () => { globalThis.left = true; });`;
const MINDS = `import { test } from 'node:test'; test('minds: what is left', () => { if (globalThis.left) throw new Error('left'); });`;

const tree = sampleTree({
  'package.json': '{"type":"module"}',
  'one.test.ts': GOOD,
  'two.test.ts': GOOD,
  'bad.test.ts': BAD,
  'empty.test.ts': '',
  'sets.test.ts': SETS,
  'then-minds.test.ts': MINDS,
});
after(tree.remove);

function run(...paths: readonly string[]): Promise<Report> {
  return testGroupJob({ paths, root: tree.root, limitMs: 30_000 }).run();
}

test('testGroupJob: counts what files in one process did, and lists their skips with place and reason', async () => {
  const { tally, failures, skips } = await run('one.test.ts', 'two.test.ts');
  assert.deepEqual([tally.passed, tally.failed, tally.skipped, failures], [2, 0, 2, []]);
  assert.match(skips.join('\n'), /one\.test\.ts.*no nginx/);
});

test('testGroupJob: where one fails, it is told as exactly as alone, and the others count', async () => {
  const { tally, failures } = await run('one.test.ts', 'bad.test.ts');
  assert.deepEqual([tally.passed, tally.failed], [1, 1]);
  assert.match(failures.join('\n'), /^bad\.test\.ts:1: bad: fails/);
});

test('testGroupJob: a file without tests fails, though the others pass', async () => {
  const { failures } = await run('one.test.ts', 'empty.test.ts');
  assert.match(failures.join('\n'), /empty\.test\.ts: holds no test/);
});

test('testGroupJob: files that pass alone and not together are told of', async () => {
  const { failures } = await run('sets.test.ts', 'then-minds.test.ts');
  assert.match(failures.join('\n'), /each passes alone, and not all do in one process/);
});
