import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorsOf, backtickedIn, linksOf } from './markdown.ts';

test('linksOf: finds inline, titled, bracketed and referenced targets with their lines', () => {
  const text = '[a](b.md)\n![i](c.png "t") and [d](<e.md>)\n\n[ref]: f.md\n';
  assert.deepEqual(linksOf(text), [
    { text: 'b.md', line: 1 },
    { text: 'c.png', line: 2 },
    { text: 'e.md', line: 2 },
    { text: 'f.md', line: 4 },
  ]);
});

test('linksOf: leaves code alone', () => {
  assert.deepEqual(linksOf('`[a](b)` ``[`a`](b)``\n```ts\n[a](b)\n```\n~~~\n[a](b)\n~~~\n'), []);
});

test('backtickedIn: finds what stands between single backticks, outside of blocks', () => {
  const text = 'a `b` and `c d`\n```sh\n`e`\n```\n`f`';
  assert.deepEqual(backtickedIn(text), [
    { text: 'b', line: 1 },
    { text: 'c d', line: 1 },
    { text: 'f', line: 5 },
  ]);
});

test('anchorsOf: makes anchors as GitHub does', () => {
  const text = '# Code map\n## `check`: what, and why?\n## Überlauf\n## Twice\n## Twice\n```\n# not this\n```\n';
  assert.deepEqual([...anchorsOf(text)], ['code-map', 'check-what-and-why', 'überlauf', 'twice', 'twice-1']);
});
