import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentText, reasonText, shareText, spanText } from './words.ts';

const SPANS: ReadonlyArray<readonly [ms: number, text: string]> = [
  [0, '0 ms'],
  [5.46, '5.5 ms'],
  [9.97, '10 ms'],
  [212.4, '212 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [200_000, '3 min 20 s'],
  [Number.POSITIVE_INFINITY, 'for ever'],
];

for (const [ms, text] of SPANS) {
  test(`spanText: ${ms} ms are '${text}'`, () => assert.equal(spanText(ms), text));
}

test('reasonText: says for how long yet, never less than nothing, and marks what is only believed', () => {
  const at = { atMs: 1_000, isGuess: false };
  assert.equal(reasonText({ reason: 'throttled', untilMs: 5_200 }, at), 'throttled, 4.2 s more');
  assert.equal(reasonText({ reason: 'throttled', untilMs: 900 }, at), 'throttled, 0 ms more');
  assert.equal(reasonText({ reason: 'noHeadroom', untilMs: null }, { ...at, isGuess: true }), 'quota spent*');
  assert.equal(reasonText({ reason: 'breakerOpen', untilMs: 'Infinity' }, at), 'breaker open, for ever more');
});

test('momentText: is UTC with milliseconds; what no calendar has stays a number', () => {
  assert.equal(momentText(Date.UTC(2026, 10, 21, 12, 17, 3, 120)), '2026-11-21 12:17:03.120 UTC');
  assert.equal(momentText(1e300), '1e+300 ms');
});

test('shareText: is a whole percentage', () => {
  assert.deepEqual([shareText(0.426), shareText(1), shareText('NaN')], ['43%', '100%', 'NaN%']);
});
