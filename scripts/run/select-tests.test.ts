import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sampleTree } from './sample-tree.ts';
import { type Selection, selectTests } from './select-tests.ts';

const tree = sampleTree({
  'packages/a/src/one.test.ts': '',
  'scripts/generate.ts': '',
  'test/tidy/tidy.test.ts': '',
  'test/e2e/two.test.ts': '',
  'test/tool.test.ts': '',
  'test/tool.ts': '',
});
after(tree.remove);

function names(selection: Selection): string[] {
  return selection.kind === 'jobs' ? selection.jobs.map((job) => job.name) : [selection.text];
}

test('selectTests: without arguments the check comes first, then all tests below test/, each file once', () => {
  const files = names(selectTests(tree.root, tree.root, [])).filter((name) => name.includes('.test.ts'));
  assert.deepEqual(files, ['packages/a/src/one.test.ts and 1 more', 'test/e2e/two.test.ts', 'test/tool.test.ts']);
});

test('selectTests: what takes longest begins before the others of its folder, and after the folders before', (t) => {
  const slow = sampleTree({
    'packages/a/src/one.test.ts': '',
    'test/browser/page.test.ts': '',
    'test/e2e/lab-sockets.test.ts': '',
    'test/e2e/bench.test.ts': '',
  });
  t.after(slow.remove);
  const files = names(selectTests(slow.root, slow.root, [])).filter((name) => name.startsWith('test/'));
  assert.deepEqual(files, ['test/browser/page.test.ts', 'test/e2e/lab-sockets.test.ts', 'test/e2e/bench.test.ts']);
});

test('selectTests: without arguments every step of the check is there', () => {
  const all = names(selectTests(tree.root, tree.root, [])).join('\n');
  for (const step of ['format and lint', 'types of', 'dead code', 'generated documents'])
    assert.match(all, new RegExp(step));
});

test('selectTests: with paths only those, from the root or from where the caller stands', () => {
  assert.deepEqual(names(selectTests(tree.root, tree.root, ['test/e2e'])), ['test/e2e/two.test.ts']);
  assert.deepEqual(names(selectTests(tree.root, `${tree.root}/test`, ['tool.test.ts'])), ['test/tool.test.ts']);
  assert.deepEqual(names(selectTests(tree.root, '/', ['packages', 'test/tidy'])), [
    'packages/a/src/one.test.ts',
    'test/tidy/tidy.test.ts',
  ]);
});

for (const arg of ['test/absent', '--verbose']) {
  test(`selectTests: ${arg} is wrong use, told in one line`, () => {
    const selection = selectTests(tree.root, tree.root, ['test/e2e', arg]);
    assert.equal(selection.kind, 'usage');
    assert.match(names(selection).join(), new RegExp(`^${arg}: no such file or folder`));
  });
}

test('selectTests: a folder without tests is a failure, not silence', async () => {
  const selection = selectTests(tree.root, tree.root, ['scripts']);
  const reports = selection.kind === 'jobs' ? await Promise.all(selection.jobs.map((job) => job.run())) : [];
  assert.deepEqual(
    reports.map((report) => report.failures),
    [['no file named *.test.ts below scripts']],
  );
});
