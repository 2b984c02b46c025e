import assert from 'node:assert/strict';
import test from 'node:test';
import { printError } from '@spillway/config';
import { pricesFromYaml, pricesIn } from './price-file.ts';

const HEAD = 'asOf: "2026-11-01"\nsource: our agreement\ncurrency: EUR\n';

function tableOf(text: string) {
  const read = pricesFromYaml(text, 'prices.yaml');
  return read.kind === 'ok' ? read.table : assert.fail(read.errors.map(printError).join('\n'));
}

test('pricesFromYaml: date, source and currency; of a type its own row goes over the one for all', () => {
  const table = tableOf(`${HEAD}prices:
  - { model: gpt-5.2, ptuHour: 1, input: 2, output: 8 }
  - { model: GPT-5.2, type: regional, ptuHour: 2 }
  - { model: o3, ptuHour: 9 }
`);
  assert.deepEqual(table.origin, { asOf: '2026-11-01', source: 'our agreement', currency: 'EUR' });
  assert.deepEqual(pricesIn(table, 'gpt-5.2', 'global'), { ptuHour: 1, input: 2, output: 8 });
  assert.deepEqual(pricesIn(table, 'gpt-5.2', 'regional'), { ptuHour: 2, input: 2, output: 8 });
  assert.deepEqual(pricesIn(table, 'gpt-4o', 'global'), {});
});

test('pricesFromYaml: every error at once, with line, rule and way out', () => {
  const rows: ReadonlyArray<readonly [text: string, wanted: readonly RegExp[]]> = [
    ['', [/write asOf, source, currency and prices/]],
    [
      `${HEAD}prices:\n  - { model: gpt-5.2, ptuHour: -1, inptu: 2 }\n`,
      [/ptuHour.*-1 is not a price/, /inptu.*did you mean input\?/],
    ],
    [
      'asOf: today\nsource: ""\ncurrency: euro\nprices: []\n',
      [/asOf.*is not a day/, /source.*is empty/, /currency.*three letters/],
    ],
    [`${HEAD}prices: { model: x }\n`, [/prices.*is not a list/]],
    [`${HEAD}prices:\n${'  - { model: x }\n'.repeat(501)}`, [/more than 500 rows/]],
  ];
  for (const [text, wanted] of rows) {
    const read = pricesFromYaml(text, 'prices.yaml');
    const errors = read.kind === 'errors' ? read.errors.map(printError).join('\n') : 'read';
    for (const want of wanted) assert.match(errors, want, text.slice(0, 200));
  }
});
