import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageOf, bytesText, durationText, filled, languageFor, momentText, pagesText, secondsLeft } from './format.ts';

/** What `Intl` puts between number and unit differs by version: a blank of some kind. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

const CASES: readonly (readonly [string, unknown, unknown])[] = [
  ['filled', filled('{a} of {b} {c}', { a: 1, b: 'x' }), '1 of x {c}'],
  ['bytesText: bytes', plain(bytesText(12, 'en')), '12 byte'],
  ['bytesText: megabytes', plain(bytesText(1_234_567, 'en')), '1.2 MB'],
  ['bytesText: nothing', plain(bytesText(0, 'en')), '0 byte'],
  ['bytesText: in German', plain(bytesText(1_234_567, 'de')), '1,2 MB'],
  ['durationText: milliseconds', plain(durationText(340.4, 'en')), '340 ms'],
  ['durationText: seconds', plain(durationText(2_449, 'en')), '2.4 sec'],
  ['secondsLeft: upwards', secondsLeft(1_001, 0), 2],
  ['secondsLeft: the last one', secondsLeft(1, 0), 1],
  ['secondsLeft: never below 0', secondsLeft(0, 5_000), 0],
  ['pagesText: one', pagesText(3, 3), '3'],
  ['momentText: English', momentText(new Date(2026, 10, 21, 14, 3).getTime(), 'en-GB'), '21 Nov 2026, 14:03'],
  ['pagesText: no end', pagesText(3, null), '3'],
  ['pagesText: a few', pagesText(3, 4), '3–4'],
];

for (const [name, got, want] of CASES) test(name, () => assert.equal(got, want));

test('languageFor: the first wish that there is, whatever its region', () => {
  const isKnown = (name: string): name is 'de' | 'en' => name === 'de' || name === 'en';
  assert.equal(languageFor(['sv', 'de-AT', 'en'], isKnown), 'de');
  assert.equal(languageFor(['sv'], isKnown), null);
});

test('ageOf: by days of the calendar, not by hours', () => {
  const now = new Date(2026, 10, 21, 0, 30).getTime();
  const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime();
  assert.deepEqual(
    [at(21, 0), at(20, 23), at(20, 1), at(14, 12), at(13, 12)].map((ms) => ageOf(ms, now)),
    ['today', 'yesterday', 'yesterday', 'week', 'older'],
  );
});
