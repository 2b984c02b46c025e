import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { delimiterOf, parseCsv, readCsv } from './csv.ts';
import { readWith } from './testing/told.ts';

const CASES: ReadonlyArray<readonly [name: string, given: string, want: readonly (readonly string[])[]]> = [
  [
    'rows and fields',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'no line feed at the end',
    'a,b\r\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['a delimiter, a line feed and quotes within quotes', '"a,b","c\nd","e""f"', [['a,b', 'c\nd', 'e"f']]],
  ['a quote within a field is text', 'a 5" disk,b', [['a 5" disk', 'b']]],
  ['text behind a closing quote is kept', '"a" b,c', [['a b', 'c']]],
  ['a quote that never closes loses nothing', 'a,"b,c\nd', [['a', 'b,c\nd']]],
  ['empty fields stay, empty rows go', 'a,,c\n\n,,\n', [['a', '', 'c']]],
  ['nothing', '', []],
];

for (const [name, given, want] of CASES) {
  test(`parseCsv: ${name}`, () => assert.deepEqual(parseCsv(given, ','), want));
}

test('parseCsv: reads back what was written, whatever is in the fields, seed 20261121', () => {
  const field = fc
    .string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'), maxLength: 8 })
    .map((text) => text.trim());
  const table = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(table, (rows) => {
      const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n');
      assert.deepEqual(
        parseCsv(text, ','),
        rows.filter((row) => row.some((cell) => cell !== '')),
      );
    }),
    { seed: 20261121 },
  );
});

test('delimiterOf: is what divides the first line, quotes left out', () => {
  assert.deepEqual(['a;b;c', 'a\tb', '"a,b,c";d', 'a|b', 'one'].map(delimiterOf), [';', '\t', ';', '|', ',']);
});

test('readCsv: is one table with its head', () =>
  assert.deepEqual(
    readWith((_, to) => readCsv('town;tax\nSkarn;2,10\n', to)),
    ['table | town | tax |\n| --- | --- |\n| Skarn | 2,10 |'],
  ));

test('readCsv: takes half a million rows, and refuses more cells than the limit', () => {
  const [table] = readWith((_, to) => readCsv(`x\n${'a\n'.repeat(500_000)}`, to));
  assert.equal(table?.split('\n').length, 500_002);
  const wide = `${'a,'.repeat(2_000)}a\n${'a\n'.repeat(1_000)}`;
  assert.throws(
    () => readWith((_, to) => readCsv(wide, to)),
    /a table of 1001 rows and 2001 columns has more than 2000000 cells; split it/,
  );
});
