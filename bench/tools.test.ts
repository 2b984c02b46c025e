import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTool, missing } from './tools.ts';

test('findTool: looks along the path, and says null for what is nowhere', () => {
  assert.equal(findTool('sh', '/nowhere:/bin'), '/bin/sh');
  assert.equal(findTool('no-such-tool-anywhere', '/bin'), null);
});

test('missing: another system than Linux is one clear line', () => {
  const lines = missing('darwin', 8, '/bin');
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /Linux, not on darwin/);
});

test('missing: a single CPU cannot hold proxy and load', () => {
  assert.ok(missing('linux', 1, process.env.PATH ?? '').some((line) => line.startsWith('1 CPU is not enough')));
});

test('missing: each absent tool comes with its Debian package', () => {
  const lines = missing('linux', 2, '/nowhere').filter((line) => line.startsWith('cc '));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /apt-get install gcc/);
});
