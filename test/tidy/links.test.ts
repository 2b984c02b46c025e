import { test } from 'node:test';
import { links } from './links.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('links: those of this tree lead somewhere', () => assertTidy(links(THIS_TREE), 10));

const REST = { 'docs/b.md': '# The Heading: one\n# Twice\n# Twice\n', 'packages/p/src/x.ts': '', LICENSE: '' };
const CASES: ReadonlyArray<readonly [text: string, want: RegExp | null]> = [
  ['[b](b.md), [up](../LICENSE), ![x](/packages/p/src/x.ts), [folder](../packages/p/)', null],
  ['[b](b.md#the-heading-one) [t](b.md#twice-1) [here](#here)\n# Here', null],
  ['[site](https://example.com/no.md) [mail](mailto:a@b.example)', null],
  ['`[code](no.md)`\n```\n[block](no.md)\n```\n', null],
  ['see\n[b](c.md "title")', /docs\/a\.md:2: link to c\.md: there is no such file/],
  ['[b](<c.md>)', /link to c\.md/],
  ['[b]\n\n[b]: c.md', /docs\/a\.md:3: link to c\.md/],
  ['[b](b.md#heading)', /b\.md has no heading for #heading/],
  ['[here](#nowhere)', /a\.md has no heading for #nowhere/],
  ['[up](../../LICENSE)', /there is no such file/],
];

for (const [text, want] of CASES) {
  test(`links: ${want === null ? 'allows' : 'reports'} ${JSON.stringify(text)}`, () => {
    assertFindings(links(treeOf({ ...REST, 'docs/a.md': text })), want === null ? [] : [want]);
  });
}
