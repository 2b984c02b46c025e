import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBenchLoadOptions } from './options.ts';

const CASES: readonly (readonly [string, unknown])[] = [
  ['', { rounds: 5, seconds: 3, json: null, assert: false }],
  ['--rounds 1 --seconds 30 --json a.json --assert', { rounds: 1, seconds: 30, json: 'a.json', assert: true }],
  ['--help', null],
  [
    '--rounds 0 --seconds x',
    '--rounds: 0 is not a whole number from 1 to 25; leave it out for 5\n--seconds: x is not a whole number from 1 to 30; leave it out for 3',
  ],
];

test('parseBenchLoadOptions: flags, their bounds, help', () => {
  for (const [line, want] of CASES) {
    assert.deepEqual(parseBenchLoadOptions(line.split(' ').filter((word) => word !== '')), want, line);
  }
});
