import assert from 'node:assert/strict';
import { test } from 'node:test';
import { iso, readTimes, STEPS_MAX, type TimesGiven } from './time-range.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 10, 30, 20);
const NONE: TimesGiven = { timespan: null, starttime: null, endtime: null, interval: null };

const RANGES: ReadonlyArray<
  readonly [name: string, given: Partial<TimesGiven>, from: string, to: string, grainMinutes: number]
> = [
  ['nothing: the last hour, in minutes', {}, '09:30:00', '10:30:00', 1],
  ['a time span', { timespan: '2026-03-02T09:00:00Z/2026-03-02T10:00:00Z' }, '09:00:00', '10:00:00', 1],
  ['one with a length', { timespan: '2026-03-02T09:00:00.000Z/PT2H' }, '09:00:00', '11:00:00', 1],
  ['one with a length before', { timespan: 'PT90M/2026-03-02T10:00:00Z' }, '08:30:00', '10:00:00', 1],
  ['a length alone', { timespan: 'PT30M' }, '10:00:00', '10:30:00', 1],
  ['a start alone', { starttime: '2026-03-02T10:00:00Z', interval: 'PT5M' }, '10:00:00', '10:30:00', 5],
  [
    'start and end within minutes: the minutes in which they lie, but for one that only begins',
    { starttime: '2026-03-02T09:00:59.9Z', endtime: '2026-03-02T09:10:00.1Z', interval: 'pt15m' },
    '09:00:00',
    '09:10:00',
    15,
  ],
  ['less than a minute: that minute', { timespan: 'PT10S' }, '10:30:00', '10:31:00', 1],
  ['all in one step', { timespan: 'PT3H', interval: 'FULL' }, '07:30:00', '10:30:00', 180],
  ['a day by another name', { timespan: 'PT10H', interval: 'PT24H' }, '00:30:00', '10:30:00', 1440],
];

for (const [name, given, from, to, grainMinutes] of RANGES) {
  test(`readTimes: ${name}`, () => {
    const read = readTimes({ ...NONE, ...given }, NOW_MS);
    assert.ok(read.kind === 'range', JSON.stringify(read));
    const { fromMs, toMs, grainMs } = read.range;
    assert.deepEqual(
      [iso(fromMs), iso(toMs), grainMs / 60_000],
      [`2026-03-02T${from}Z`, `2026-03-02T${to}Z`, grainMinutes],
    );
  });
}

const PROBLEMS: ReadonlyArray<readonly [name: string, given: Partial<TimesGiven>, want: RegExp]> = [
  ['an end without a start', { endtime: '2026-03-02T10:00:00Z' }, /starttime is missing/],
  ['a start that is none', { starttime: 'soon' }, /starttime, soon/],
  ['an end that is none', { starttime: '2026-03-02T10:00:00Z', endtime: 'late' }, /endtime, late/],
  ['a time span that is none', { timespan: 'soon/late' }, /timespan, soon\/late/],
  ['an end before the start', { timespan: '2026-03-02T10:00:00Z/2026-03-02T09:00:00Z' }, /not before the end/],
  ['a start after now', { starttime: '2027-03-02T10:00:00Z' }, /not before the end/],
  ['more than Azure keeps', { timespan: 'P94D' }, /longer than 93 days/],
  ['more steps than are answered', { timespan: 'P93D' }, new RegExp(`more than ${STEPS_MAX} steps of PT1M`)],
  ['another interval', { interval: 'PT3M' }, /^PT3M$/],
  ['a time beyond all calendars', { timespan: '+275760-09-13T00:00:00Z/PT5H' }, /beyond/],
];

for (const [name, given, want] of PROBLEMS) {
  test(`readTimes: refuses ${name}`, () => {
    const read = readTimes({ ...NONE, ...given }, NOW_MS);
    assert.match(read.kind === 'problem' ? read.text : 'read', want);
  });
}
