import { test } from 'node:test';
import { FILE_LINES_MAX, FUNCTION_LINES_MAX, sizes, TEST_FILE_LINES_MAX } from './sizes.ts';
import { THIS_TREE, treeOf } from './tree.ts';
import { assertFindings, assertTidy } from './verdict.ts';

test('sizes: those of this tree are within bounds', () => assertTidy(sizes(THIS_TREE), 80));

const PATH = 'packages/policy/src/a.ts';

function functionOf(head: string, lines: number, tail = ''): string {
  return `${head} {${'\n'.repeat(lines - 1)}}${tail}\n`;
}

test('sizes: a file may have the lines of the limit and not one more', () => {
  assertFindings(sizes(treeOf({ [PATH]: '\n'.repeat(FILE_LINES_MAX) }), {}, {}), []);
  const over = treeOf({ [PATH]: '\n'.repeat(FILE_LINES_MAX + 1) });
  assertFindings(sizes(over, {}, {}), [/a\.ts: 401 lines, above 400/]);
});

const HEADS: ReadonlyArray<readonly [head: string, tail: string, name: string]> = [
  ['function first()', '', 'first'],
  ['export default function ()', '', 'a function'],
  ['const second = () =>', '', 'second'],
  ['class C { third()', '}', 'third'],
  ['class C { #fourth = () =>', '}', 'a function'],
  ['test("x", async () =>', ')', 'a function'],
];

for (const [head, tail, name] of HEADS) {
  test(`sizes: ${head} may have the lines of the limit and not one more`, () => {
    const fits = treeOf({ [PATH]: functionOf(head, FUNCTION_LINES_MAX, tail) });
    assertFindings(sizes(fits, {}, {}), []);
    const over = treeOf({ [PATH]: `\n${functionOf(head, FUNCTION_LINES_MAX + 1, tail)}` });
    assertFindings(sizes(over, {}, {}), [new RegExp(`a\\.ts:2: ${name} has 71 lines, above 70`)]);
  });
}

test('sizes: in tests only the file counts, and it may be longer', () => {
  const test600 = functionOf('function f()', TEST_FILE_LINES_MAX);
  assertFindings(sizes(treeOf({ 'packages/policy/src/a.test.ts': test600 }), {}, {}), []);
  const over = treeOf({ 'packages/policy/src/a.test.ts': `\n${test600}` });
  assertFindings(sizes(over, {}, {}), [/601 lines, above 600/]);
});

test('sizes: an exception with a reason is allowed, one without need is reported', () => {
  const tree = treeOf({ [PATH]: functionOf('function f()', FUNCTION_LINES_MAX + 1) });
  const key = `${PATH}: f`;
  assertFindings(sizes(tree, {}, { [key]: 'tells the whole story' }), []);
  assertFindings(sizes(tree, { [PATH]: 'stale' }, { [key]: 'a reason' }), [
    /sizes: packages\/policy\/src\/a\.ts needs no/,
  ]);
});
