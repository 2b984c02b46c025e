import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHARS_MAX, CONTAINERS_MAX, parsed } from './blocks.ts';
import type { Block } from './nodes.ts';
import { formByLibrary, formOf } from './testing/forms.ts';

/** Read as the standard says: the library that reads documents is held to its examples. */
const AS_STANDARD: readonly string[] = [
  'Hello *world*, **bold** and ***both***.',
  '*a **b** c*',
  '**a *b* c**',
  '**a*b**',
  '*a**b*',
  '***a** b*',
  '***a* b**',
  'a*b*c',
  'a_b_c',
  '_a_ __b__',
  'foo__bar__',
  '5 * 3 * 2',
  '2*3*4',
  '**bold**text',
  '\\*a\\*',
  '~~gone~~ x',
  '`code` and ``a ` b``',
  '`open',
  '*a `*` b*',
  '* a\n* b',
  '- a\n- b\n\n- c',
  '- a\n  - b\n    - c\n- d',
  '1. a\n2. b\n   - x\n   - y\n3. c',
  '1. a\n\n   more\n\n2. b',
  '3) a\n4) b',
  '- a\nlazy\n- b',
  '> a\nb\n> c',
  '> - a\n> - b\n\ntext',
  '> a\n\n> b',
  '> > deep',
  '# H\ntext\n## H2 ##\n####### no',
  'Title\n===\nSub\n---',
  'a\n\n---\n\nb',
  '***',
  '```js\nlet a;\n\n  b\n```\nafter',
  '~~~\n```\n~~~',
  '- item\n  ```\n  code\n  ```\n- next',
  '    indented\n    code\n\ntext',
  '| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 |\n\nafter',
  'a | b\n:-: | ---\nc | `d` \\| e',
  'text\n| a | b |\n|---|---|\n| 1 | 2 |',
  '[a](https://x.example/)',
  '[a](https://x.example/ "t")',
  '[a](<https://x.example/b c>)',
  '[a](https://x.example/a_(b)) c',
  '[a *b*](https://x.example/) *c*',
  '*a [b*](https://x.example/)',
  '<https://x.example/y>',
  'see https://x.example/a?b=c.',
  '(https://x.example/a)',
  'www.x.example/a, b',
  'mail a.b@x.example now',
  '[https://x.example/](https://x.example/)',
  '![pic](https://x.example/p.png)',
  '[![pic](https://x.example/p.png)](https://x.example/)',
  '[not a link]',
  '[a](b c)',
  'a  \nb',
  'a\\\nb',
  'a\nb',
  '&amp; &lt; &#65; &#x42; &copy;',
  '- [ ] todo\n- [x] done',
  '1. a\n- b',
  'para\n- list',
  'para\n1. list',
  'para\n2. not',
  '- \n  a',
  '-\n\n  a',
  '- a\n\n\n- b\n\n\ntext',
  '- a\n\n  b\n- c',
  '* a\n\n    code?',
  '1.  two spaces\n    more',
  '- a\n\tb',
  '10. a\n11. b',
  '**Note:** text\n\n**"q"** x',
  '# `code` *em*',
  '#no',
  '- a\n***\n- b',
  '> ```\n> code\nnot',
  '* * *',
  '- - a',
  '1. - a',
  'a\n    b',
  '**a\nb**',
  '*a\n\nb*',
  '**a**:**b**',
  '*(a)*',
  '**(a)**b',
  'x **y** *z*.',
  '| a |\n|---|\n| b |\n- x',
  '|a|b|\n|-|\n|c|',
  '| `a|b` |\n|---|\n| x |',
  '[a [b](https://x.example/) c](https://y.example/)',
  '* a\n  b\nc',
  'Steps:\n1. one\n2. two\n\nDone',
  '- a\n\n- b\n  - c\n\n    d\n- e',
  '`` ` ``',
  '` a `',
  '`  `',
  '\\`a`',
  'a\\b',
  '*a*b*c*',
  '**a**b**c**',
  '****a****',
  '** a **',
  '*a *b* c*',
  '__a_',
  '_a__b_',
  '~~a~~~',
  '- a\n    - b',
  '- a\n - b\n  - c',
  '  - a\n  - b',
  '1. a\n  - b',
  '```\nunclosed\n\n',
  '> # h\n> text',
  '- # h',
  '- > q\n  > r',
  '&nbsp;x',
  '* a\n1) b\n+ c',
  '[x](https://a.example) [y](https://b.example)',
  '“**quoted**”, he',
  'foo*“bar”*',
  '**“foo”** bar',
  '[*a](https://x.example/)*',
  ' *a*',
  '- a\n\n      code',
  '-     code',
  '> \n> a',
  '>',
  '- a\n>b',
  '![a *b* c](https://x.example)',
  '[a](https://x.example/%20b)',
  'http://x.example/~a_b_c',
  'https://x.example/a*b*c',
  '**https://x.example**',
  'a@b',
  '1986\\. x',
  '1986. A year',
  '+1',
  '-1',
  '- 1\n-2',
  'A\n=\n\na\n-',
  'a\n=',
  '***bold** em*',
  '**bold *em***',
  '*a**b**c*',
  '|a|\n|-|',
  '| a | b |\n| - | - |\n| x \\\\| y |',
];

test('parsed, inlineOf: texts are read as by a library that follows the standard', () => {
  for (const text of AS_STANDARD) assert.equal(formOf(text), formByLibrary(text), JSON.stringify(text));
});

const OTHERWISE: ReadonlyArray<readonly [name: string, text: string, form: string]> = [
  [
    'an address from elsewhere in the text',
    '[a][r], [r] and [b]\n\n[R]: https://r.example/',
    'p(a(https://r.example/ a), a(https://r.example/ r) and [b])',
  ],
  ['a line that looks like one and leads nowhere', '[1]: see-below', 'p([1]: see-below)'],
  ['raw HTML is text', '<div>\n*a*\n</div>', 'p(<div>\nem(a)\n</div>)'],
  ['but for line ends', 'a<br>b<br />c', 'p(a⏎b⏎c)'],
  ['one wave is none', '~5 to ~10', 'p(~5 to ~10)'],
  ['code over a line end', '`a\nb`', 'p(code(a b))'],
  ['tabs', '-\ta\n\n\tb', 'ul!(li(p(a) p(b)))'],
  ['line ends of other systems', 'a\r\n\r\nb\rc', 'p(a) p(b\nc)'],
  ['nothing', '', ''],
];

for (const [name, text, form] of OTHERWISE) {
  test(`parsed, inlineOf: ${name}`, () => assert.equal(formOf(text), form));
}

test('parsed: what each block was written as is kept, so that it is known again when more is written', () => {
  const { blocks } = parsed('# a\n\n- b\n- c\n\n\nd\ne\n');
  assert.deepEqual(
    blocks.map(({ raw }) => raw),
    ['# a', '- b\n- c', 'd\ne'],
  );
});

function depthOf(blocks: readonly Block[]): number {
  const inside = blocks.map((block) => (block.kind === 'quote' ? 1 + depthOf(block.blocks) : 0));
  return Math.max(0, ...inside);
}

test('parsed: containers stand in one another to a limit; what is deeper is text', () => {
  const { blocks } = parsed(`${'>'.repeat(CONTAINERS_MAX + 2)} a`);
  assert.equal(depthOf(blocks.map(({ block }) => block)), CONTAINERS_MAX);
  assert.match(formOf(`${'>'.repeat(CONTAINERS_MAX + 2)} a`), /p\(>> a\)/);
});

test('parsed: what is behind the limit is given back as it was written, from the beginning of a line', () => {
  const lines = 'abc\n'.repeat(CHARS_MAX / 4);
  assert.equal(parsed(lines).rest, '');
  assert.equal(parsed(`${lines}*d*\n`).rest, '*d*\n');
  assert.equal(parsed(`${lines.slice(0, -2)}*d*\ne`).rest, 'ab*d*\ne');
  assert.equal(parsed('a'.repeat(CHARS_MAX + 1)).rest, 'a');
});

/*
 * Texts that make a reader do more than they are long. Nothing here asserts a time: each takes a fraction of a second, and the test's own end
 * comes some hundred times later.
 */
const FLOODS: readonly string[] = [
  ...[
    '- a\n',
    '- a\n  - b\n',
    '> a\n\n',
    '>',
    '1. a\n',
    '- [ ] a\n',
    '# a\n',
    'a\n===\n',
    '```\n',
    'a\n',
    '\n',
    '\t',
    '|',
  ],
  ...[
    '*',
    '_',
    '*a ',
    '*a **b ',
    'a**b',
    '*_',
    '~~a',
    '[',
    ']',
    '![',
    '[](',
    '[a](b',
    '[a][b]',
    '[](a "',
    '` ',
    '\\',
    '&#1',
    '<aa:',
    '<',
  ],
  ...[
    'https://',
    'https://a.b/ ',
    'a@b.',
    'a',
    '<br>',
    '\uE002a\uE003 \uE0001\uE001',
    '|a|b|\n|-|-|\n',
    '[a]: https://a.b\n',
  ],
].map((piece) => piece.repeat(Math.floor(CHARS_MAX / piece.length)));
const LONGER: readonly string[] = [
  Array.from({ length: 440 }, (_, i) => '`'.repeat(i + 1)).join(' '),
  Array.from({ length: 440 }, (_, i) => `${' '.repeat(i)}- a`).join('\n'),
  `# ${'#'.repeat(CHARS_MAX - 10)} x`,
  `${'|a'.repeat(2_000)}\n${'|-'.repeat(2_000)}\n${'a\n'.repeat(20_000)}`,
  `https://a.example/${'.'.repeat(CHARS_MAX - 100)}`,
  `${'['.repeat(CHARS_MAX / 4)}${'](https://a.b)'.repeat(CHARS_MAX / 20)}`,
  `> a\n${'a\n'.repeat(CHARS_MAX / 2 - 10)}`,
  `- a${'\n'.repeat(CHARS_MAX - 10)}  b`,
];

for (const text of [...FLOODS, ...LONGER]) {
  test(`parsed, inlineOf: ${text.length} characters of ${JSON.stringify(text.slice(0, 12))} are read to their end`, () => {
    assert.equal(typeof formOf(text), 'string');
  });
}

const TOKENS = [
  'a',
  'b ',
  '*',
  '**',
  '_',
  '`',
  '``',
  ' ',
  '\n',
  '\n\n',
  '- ',
  '    ',
  '1. ',
  '> ',
  '# ',
  '|',
  '|-|\n',
  '[',
  '](',
  ')',
  '!',
  '```\n',
  '~~',
  '\\',
  '<',
  '[ ] ',
];

test('parsed, inlineOf: whatever is written, no letter of it is lost, and none is said twice', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }), (tokens) => {
      const text = tokens.join('').replaceAll(/[ab]/g, 'Ω');
      // Not shown are cells beyond the head of their table, addresses of links, and the language of code.
      fc.pre(!text.includes('-|') && !text.includes('](') && !/```[^\n]/.test(text));
      assert.equal(formOf(text).split('Ω').length, text.split('Ω').length);
    }),
    { seed: 20261122, numRuns: 2_000 },
  );
});
