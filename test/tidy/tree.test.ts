import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignoredBy, pathsOf, THIS_TREE, treeOf } from './tree.ts';

test('ignoredBy: names count at any depth, paths from the root', () => {
  const ignored = ignoredBy('node_modules/\n*.log\n# a comment\n\n.env\nbench/.work/\n');
  for (const path of ['node_modules', 'apps/x/node_modules', 'a.log', 'b/c.log', '.env', 'bench/.work', '.git']) {
    assert.ok(ignored(path), path);
  }
  for (const path of ['node_modules.ts', 'log', '.gitignore', 'x/bench/.work', '.envrc', 'b/.ci/run']) {
    assert.ok(!ignored(path), path);
  }
});

for (const line of ['!keep.log', '/rooted', 'a/**/b', '[ab].ts', 'with space']) {
  test(`ignoredBy: throws on ${line} rather than misread it`, () => {
    assert.throws(() => ignoredBy(line), /test\/tidy reads only names and plain paths/);
  });
}

test('pathsOf: finds by glob, sorted, each once', () => {
  const tree = treeOf({ 'b.ts': '', 'a/c.ts': '', 'a/b/d.ts': '', 'a/e.md': '' });
  assert.deepEqual(pathsOf(tree, 'a/**/*.ts', '**/*.ts'), ['a/b/d.ts', 'a/c.ts', 'b.ts']);
});

test('readTree: reads this repository, hidden files too, and nothing that is ignored', () => {
  for (const path of ['package.json', '.gitignore', 'test/tidy/tree.ts', 'packages/policy/src/index.ts']) {
    assert.ok((THIS_TREE.get(path) ?? '').length > 10, path);
  }
  assert.deepEqual(pathsOf(THIS_TREE, '**/node_modules/**', '.git/**'), []);
});
