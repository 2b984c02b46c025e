import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf } from './date.ts';

test('endOf: a day is over when the next one begins, a moment at once, in UTC', () => {
  for (let day = Date.UTC(1970, 0, 1); day < Date.UTC(2110, 0, 1); day += 86_400_000) {
    const text = new Date(day).toISOString();
    assert.equal(endOf(text.slice(0, 10)), day + 86_400_000, text);
  }
  assert.equal(endOf('2026-12-31T18:30:05Z'), Date.UTC(2026, 11, 31, 18, 30, 5));
  assert.equal(endOf('2026-12-31T18:30Z'), Date.UTC(2026, 11, 31, 18, 30));
});

const NO_DATES = [
  '',
  '2026-1-1',
  '31.12.2026',
  '2026-02-29',
  '2100-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-04-31',
  '1969-12-31',
  '2026-12-31T24:00Z',
  '2026-12-31T12:60Z',
  '2026-12-31T12:00',
  '2026-12-31T12:00+01:00',
];

test('endOf: takes nothing else for a date', () => {
  assert.deepEqual(
    NO_DATES.map((text) => endOf(text)),
    NO_DATES.map(() => null),
  );
});
