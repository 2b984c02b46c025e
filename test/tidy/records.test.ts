import { test } from 'node:test';
import { records } from './records.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('records: those of this tree have one form', () => assertTidy(records(THIS_TREE), 9));

const TEXT = '# 3. Title\n\n## Context\n\n## Decision\n\n## Consequences\n\n## How to reverse\n';
const FILE = 'docs/adr/0003-some-words.md';
const INDEX = '[3](0003-some-words.md)';

const CASES: ReadonlyArray<readonly [name: string, file: string, text: string, index: string, want: RegExp | null]> = [
  ['the form', FILE, TEXT, INDEX, null],
  ['another title', FILE, TEXT.replace('3.', '4.'), INDEX, /0003-some-words\.md: its title is not "# 3\. …"/],
  ['a missing section', FILE, TEXT.replace('## Consequences\n', ''), INDEX, /its sections are not Context/],
  ['another order', FILE, TEXT.replace('Context', 'Decision'), INDEX, /its sections are not/],
  ['two pages', FILE, TEXT + '\n'.repeat(60), INDEX, /longer than a page/],
  ['a name without a number', 'docs/adr/words.md', TEXT, '[x](words.md)', /not named NNNN/],
  ['a record the index leaves out', FILE, TEXT, 'nothing', /README\.md: does not link to 0003-some-words\.md/],
];

for (const [name, file, text, index, want] of CASES) {
  test(`records: ${want === null ? 'allows' : 'reports'} ${name}`, () => {
    const tree = treeOf({ [file]: text, 'docs/adr/README.md': index });
    assertFindings(records(tree), want === null ? [] : [want]);
  });
}
