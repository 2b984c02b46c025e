import assert from 'node:assert/strict';
import test from 'node:test';
import { element, escaped, rounded } from './svg.ts';

test('element: text is escaped wherever it stands, markup goes in as it is, what is not there leaves nothing', () => {
  const rows: ReadonlyArray<readonly [string, ReturnType<typeof element>, string]> = [
    ['empty', element('path', { d: 'M0 0' }), '<path d="M0 0"/>'],
    ['text', element('text', {}, 'a<b & "c"'), '<text>a&#60;b &#38; &#34;c&#34;</text>'],
    ['attribute', element('g', { class: '"><script>' }), '<g class="&#34;&#62;&#60;script&#62;"/>'],
    ['numbers', element('rect', { x: 1.26, y: -0.01, class: undefined }), '<rect x="1.3" y="0"/>'],
    ['nested', element('g', {}, [element('a', {}, 1), null, [element('b', {})]]), '<g><a>1</a><b/></g>'],
    ['of HTML, empty', element('td', {}, ''), '<td></td>'],
  ];
  for (const [name, given, want] of rows) assert.equal(given.text, want, name);
});

test('escaped: leaves nothing that could end text or attribute', () => {
  assert.equal(/[<>&"']/.test(escaped(`<>"'`).replace(/&#\d+;/g, '')), false);
});

test('rounded: a tenth of a pixel, and never minus nothing', () => {
  assert.deepEqual([rounded(1 / 3), rounded(-0.04), rounded(12)], ['0.3', '0', '12']);
});
