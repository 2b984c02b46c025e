import assert from 'node:assert/strict';
import test from 'node:test';
import { printError } from './findings.ts';
import { pricesFromYaml } from './price-file.ts';

const HEAD = 'asOf: "2026-11-01"\nsource: our agreement\ncurrency: EUR\n';

test('pricesFromYaml: date, source and currency, and what each row gives and nothing else', () => {
  const read = pricesFromYaml(
    `${HEAD}prices:
  - { model: gpt-5.2, ptuHour: 1, input: 2, output: 8 }
  - { model: GPT-5.2, type: regional, ptuHour: 2 }
`,
    'prices.yaml',
  );
  assert.deepEqual(read, {
    kind: 'ok',
    table: {
      origin: { asOf: '2026-11-01', source: 'our agreement', currency: 'EUR' },
      rows: [
        { model: 'gpt-5.2', place: null, prices: { ptuHour: 1, input: 2, output: 8 } },
        { model: 'GPT-5.2', place: 'regional', prices: { ptuHour: 2 } },
      ],
    },
  });
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
    ['asOf: "2026-13-01"\nsource: x\ncurrency: EUR\nprices: []\n', [/asOf.*"2026-13-01" is not a day/]],
    [`${HEAD}prices: { model: x }\n`, [/prices.*is not a list/]],
    [`${HEAD}prices:\n${'  - { model: x }\n'.repeat(501)}`, [/more than 500 rows/]],
    [
      `${HEAD}prices:\n  - { model: x, input: 1 }\n  - { model: y, input: 1 }\n  - { model: X, input: 2, output: 3 }\n`,
      [
        /^prices\.yaml:7:\d+ prices\[2\]\.input: 2 is given for this model and type in row 1, too; keep one of the two$/,
      ],
    ],
  ];
  for (const [text, wanted] of rows) {
    const read = pricesFromYaml(text, 'prices.yaml');
    const errors = read.kind === 'errors' ? read.errors.map(printError).join('\n') : 'read';
    for (const want of wanted) assert.match(errors, want, text.slice(0, 200));
  }
});

test('pricesFromYaml: rows of one model that speak of different prices or types add up', () => {
  const rows = '  - { model: x, input: 1 }\n  - { model: x, ptuHour: 2 }\n  - { model: x, type: global, input: 3 }\n';
  assert.equal(pricesFromYaml(`${HEAD}prices:\n${rows}`, 'prices.yaml').kind, 'ok');
});
