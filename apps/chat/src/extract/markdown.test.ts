import assert from 'node:assert/strict';
import test from 'node:test';
import { readMarkdown } from './markdown.ts';
import { readWith } from './testing/told.ts';

const CASES: ReadonlyArray<readonly [name: string, given: string, want: readonly string[]]> = [
  ['headings and paragraphs', '# A\n\nB\nc\n\n### D', ['h1 A', 'p B c', 'h3 D']],
  [
    'links and pictures leave their words, not where they lead',
    '[a](http://x.example) ![b](http://y.example/?q)',
    ['p a b'],
  ],
  ['lists with their marks, in depth', '- a\n  - b\n- c\n\n3. d\n4. e', ['list - a\n  - b\n- c', 'list 3. d\n4. e']],
  ['tables', '| a | b |\n|---|--:|\n| 1 | 2 \\| 3 |', ['table | a | b |\n| --- | --- |\n| 1 | 2 \\| 3 |']],
  ['code as it is', '```\na  b\n  c\n```', ['code a  b\n  c']],
  [
    'HTML is left out, what is scripted with it',
    'a <script>steal()</script> <b>c</b>\n\n<div onclick="x()">d</div>',
    ['p a c'],
  ],
  ['quotes are text', '> a\n>\n> - b', ['p a', 'list - b']],
  ['a rule is no front matter in the middle', 'a\n\n---\n\nb', ['p a', 'p b']],
  ['a break is a blank', 'a  \nb\\\nc', ['p a b c']],
];

for (const [name, given, want] of CASES) {
  test(`readMarkdown: ${name}`, () => {
    assert.deepEqual(
      readWith((limits, to) => readMarkdown(given, limits, to)),
      want,
    );
  });
}

test('readMarkdown: front matter is told, and is no text', () => {
  const blocks = readWith((limits, to) => {
    assert.equal(readMarkdown('---\ntitle: T\n---\nx', limits, to).title, 'T');
  });
  assert.deepEqual(blocks, ['p x']);
});

test('readMarkdown: refuses what is nested deeper than the limit', () => {
  assert.throws(() => readWith((limits, to) => readMarkdown(`${'>'.repeat(300)} a`, limits, to)), /deeper than 200/);
});
