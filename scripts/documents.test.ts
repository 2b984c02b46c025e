import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOCUMENTS } from './documents.ts';

test('DOCUMENTS: each is written below docs, once, and ends its last line', () => {
  const paths = DOCUMENTS.map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  for (const { path, content } of DOCUMENTS) {
    assert.match(path, /^docs\/[a-z.-]+$/);
    assert.match(content(), /[^\n]\n$/);
  }
});

test('DOCUMENTS: say the same each time', () => {
  for (const { path, content } of DOCUMENTS) assert.equal(content(), content(), path);
});
