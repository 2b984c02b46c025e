import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADDRESS_CHARS_MAX, hrefOf } from './addresses.ts';
import { EMPHASIS_MAX } from './emphasis.ts';
import { inlineOf, LABEL_CHARS_MAX, PARENTHESES_MAX } from './inline.ts';
import type { Inline } from './nodes.ts';

const read = (text: string): readonly Inline[] =>
  inlineOf(text, new Map([['a'.repeat(LABEL_CHARS_MAX), 'https://a.example/']]));
const text = (written: string): readonly Inline[] => [{ kind: 'text', text: written }];

function depthOf(nodes: readonly Inline[]): number {
  return Math.max(0, ...nodes.map((node) => ('inside' in node ? 1 + depthOf(node.inside) : 0)));
}

test('inlineOf: emphasis stands in emphasis to a limit; what is deeper shows its marks', () => {
  const deep = (times: number): string => `${'*a **b '.repeat(times)}c${'** *'.repeat(times).replaceAll(' ', '')}`;
  assert.equal(depthOf(read(deep(EMPHASIS_MAX / 2))), EMPHASIS_MAX);
  assert.equal(depthOf(read(deep(EMPHASIS_MAX))), EMPHASIS_MAX);
  assert.match(JSON.stringify(read(deep(EMPHASIS_MAX))), /\*a \*\*b/);
});

const LONG = 'a'.repeat(LABEL_CHARS_MAX);

test('inlineOf: a label, an address and what is nested in it have their limits', () => {
  assert.deepEqual(read(`[${LONG}]`), [{ kind: 'link', href: 'https://a.example/', inside: text(LONG) }]);
  assert.deepEqual(read(`[${LONG}a]`), text(`[${LONG}a]`));
  const nested = (depth: number): string => `[x](https://a.example/${'('.repeat(depth)}${')'.repeat(depth)})`;
  assert.equal(read(nested(PARENTHESES_MAX))[0]?.kind, 'link');
  assert.equal(read(nested(PARENTHESES_MAX + 1))[0]?.kind, 'text');
  const long = (length: number): string => `https://a.example/${'a'.repeat(length - 18)}`;
  assert.equal(read(`[x](${long(ADDRESS_CHARS_MAX)})`)[0]?.kind, 'link');
  assert.deepEqual(read(`[x](<${long(ADDRESS_CHARS_MAX + 1)}>)`)[0]?.kind, 'text');
  assert.equal(read(`[x](${long(ADDRESS_CHARS_MAX + 2)})`)[0]?.kind, 'text');
});

const ADDRESSES: ReadonlyArray<readonly [address: string, href: string | null]> = [
  ['https://a.example', 'https://a.example/'],
  ['HTTP://A.example/b', 'http://a.example/b'],
  ['mailto:a@b.example', 'mailto:a@b.example'],
  ['https://a.example/\uE0001\uE001b', 'https://a.example/b'],
  ['https://\u0430.example/', 'https://xn--80a.example/'],
  ['javascript:alert(1)', null],
  ['java\tscript:alert(1)', null],
  [' javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['blob:https://a.example/1', null],
  ['ftp://a.example/', null],
  ['/api/sign-out', null],
  ['//a.example/', null],
  ['#a', null],
  ['https://', null],
  ['', null],
];

for (const [address, href] of ADDRESSES) {
  test(`hrefOf: ${JSON.stringify(address)}`, () => assert.equal(hrefOf(address), href));
}

test('hrefOf: a longer address is not followed', () => {
  const [begin, more] = ['https://a.example/', 'a'.repeat(ADDRESS_CHARS_MAX - 18)];
  assert.equal(hrefOf(begin + more), begin + more);
  assert.equal(hrefOf(`${begin}${more}a`), null);
});
