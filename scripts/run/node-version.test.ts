import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remedyForNode } from './node-version.ts';

for (const version of ['24.0.0', '24.21.0', '26.1.0', '100.0.0']) {
  test(`remedyForNode: Node ${version} will do`, () => assert.equal(remedyForNode(version, 'check'), null));
}

for (const version of ['22.18.0', '23.11.1']) {
  test(`remedyForNode: for Node ${version} says in one line what to do`, () => {
    const remedy = remedyForNode(version, 'check') ?? '';
    assert.match(remedy, new RegExp(`^Node ${version} is too old.*npm run check.*Node 24.*npm ci`));
    assert.ok(!remedy.includes('\n'));
  });
}
