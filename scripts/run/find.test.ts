import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { findTests } from './find.ts';
import { sampleTree } from './sample-tree.ts';

const tree = sampleTree({
  'packages/a/src/one.test.ts': '',
  'packages/a/src/deep/two.test.ts': '',
  'packages/a/src/one.ts': '',
  'packages/a/src/test.ts': '',
  'packages/a/node_modules/x/x.test.ts': '',
  'packages/a/.hidden/x.test.ts': '',
  'apps/b/src/three.test.ts': '',
  'other/four.test.ts': '',
});
after(tree.remove);

test('findTests: finds test files below the folders, sorted, and none of others', () => {
  assert.deepEqual(findTests(tree.root, ['packages', 'apps', 'absent']), [
    'apps/b/src/three.test.ts',
    'packages/a/src/deep/two.test.ts',
    'packages/a/src/one.test.ts',
  ]);
});

test('findTests: a place may be a file', () => {
  const places = ['other/four.test.ts', 'packages/a/src/one.ts'];
  assert.deepEqual(findTests(tree.root, places), ['other/four.test.ts']);
});
