import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePickOptions } from './options.ts';

const TABLE: ReadonlyArray<readonly [args: string, want: unknown]> = [
  ['', { picks: 10_000_000, medianUsMax: 5, json: null, assert: false }],
  [
    '--picks 200000 --median-us 12.5 --assert --json out.json',
    { picks: 200_000, medianUsMax: 12.5, json: 'out.json', assert: true },
  ],
  ['--help', null],
  ['--picks 99999', '--picks: 99999 is not a whole number from 100000 to 1000000000'],
  ['--median-us 0', '--median-us: 0 is not a number above 0, at most 1000'],
  ['--median-us 1001', '--median-us: 1001 is not a number above 0, at most 1000'],
  ['--picks many', '--picks: many is not a whole number from 100000 to 1000000000'],
];

for (const [args, want] of TABLE) {
  test(`parsePickOptions: ${args}`, () => assert.deepEqual(parsePickOptions(args.split(' ').filter(Boolean)), want));
}

test('parsePickOptions: an unknown flag is named', () => {
  assert.match(String(parsePickOptions(['--pick', '1'])), /'--pick'/);
});
