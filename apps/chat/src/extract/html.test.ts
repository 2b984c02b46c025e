import assert from 'node:assert/strict';
import test from 'node:test';
import { readHtml } from './html.ts';
import { readWith } from './testing/told.ts';

const CASES: ReadonlyArray<readonly [name: string, given: string, want: readonly string[]]> = [
  ['headings, paragraphs, lists', '<h1>A</h1><p>b <b>c</b><ul><li>d<li>e</ul>', ['h1 A', 'p b c', 'list - d\n- e']],
  ['tables', '<table><tr><th>a<th>b<tr><td>1<td>2</table>', ['table | a | b |\n| --- | --- |\n| 1 | 2 |']],
  [
    'tables without a head begin with their first row',
    '<table><tr><td>a<td>b<tr><td>1<td>2</table>',
    ['table | a | b |\n| --- | --- |\n| 1 | 2 |'],
  ],
  ['text of bare boxes', '<div>a<p>b</p>c</div>', ['p a', 'p b', 'p c']],
  [
    'scripts, styles and frames are left out',
    '<script>a()</script><style>b{}</style><iframe src="http://x.example">c</iframe><p onclick="d()">e',
    ['p e'],
  ],
  ['of pictures their words', '<p>a <img src="http://x.example/p?q=1" onerror="b()" alt="c">', ['p a c']],
  [
    'what is hidden is not read',
    '<p>a<span style="display: none">b</span><span hidden>c</span><span style="FONT-SIZE:0">d</span><span aria-hidden="true">e</span>',
    ['p a'],
  ],
  ['comments and navigation are not read', '<nav>a</nav><!-- b --><p>c', ['p c']],
  ['code', '<pre>a\n  b</pre>', ['code a\n  b']],
  ['code in colours', '<pre><code class="language-x"><b>a</b>\n  <i>b</i></code></pre>', ['code a\n  b']],
  ['elements within a line leave their words', 'a<b> b</b> <i>c</i>d <q>e</q><x-y>f</x-y><wbr>g', ['p a b cd "e"fg']],
  ['a link around blocks leaves the blocks', '<a href="x"><h2>A</h2><p>b</a>c', ['h2 A', 'p bc']],
  ['boxes that open', '<details><summary>a</summary>b</details>', ['p a', 'p b']],
  ['a picture without words is none', '<p><img src="x">a', ['p a']],
];

for (const [name, given, want] of CASES) {
  test(`readHtml: ${name}`, () => {
    assert.deepEqual(
      readWith((limits, to) => readHtml(given, limits, to)),
      want,
    );
  });
}

test('readHtml: tells title and language', () => {
  readWith((limits, to) => {
    const head = readHtml('<html lang="fi"><head><title> A\n b </title></head><p>x', limits, to);
    assert.deepEqual(head, { title: 'A b', language: 'fi' });
  });
});

test('readHtml: refuses what is nested deeper than the limit', () => {
  assert.throws(() => readWith((limits, to) => readHtml('<div>'.repeat(300), limits, to)), /deeper than 200/);
});

const CELLS: ReadonlyArray<readonly [name: string, html: string]> = [
  ['one that claims to be very wide', '<table><tr><td colspan="900000000">a</table>'],
  ['one that claims to be very high and wide', '<table><tr><td rowspan="60000" colspan="1000">a</table>'],
  ['many that do', `<table>${'<tr><td colspan="1000">a'.repeat(2_001)}</table>`],
];

for (const [name, html] of CELLS) {
  test(`readHtml: refuses cells beyond the limit before they are made: ${name}`, () => {
    assert.throws(() => readWith((limits, to) => readHtml(html, limits, to)), /has more than 2000000 cells; split it/);
  });
}
