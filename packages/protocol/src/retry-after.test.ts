import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ABSURD_WAIT_MS, durationMs, type HintSource, httpDateMs, retryHint } from './retry-after.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 3, 4, 5) + 250;
const inSeconds = (seconds: number): string => new Date(NOW_MS + seconds * 1000).toUTCString();

const PRECEDENCE: readonly HintSource[] = [
  'retry-after-ms',
  'retry-after',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
];

function hintOf(headers: Readonly<Record<string, string>>) {
  return retryHint((name) => (Object.hasOwn(headers, name) ? headers[name] : undefined), NOW_MS);
}

/** Each value as the only header: the wait in milliseconds, or null where it must be passed over. */
const VALUES: ReadonlyArray<readonly [source: HintSource, value: string, waitMs: number | null]> = [
  ['retry-after-ms', '43', 43],
  ['retry-after-ms', '2000', 2000],
  ['retry-after-ms', '0.5', 0.5],
  ['retry-after-ms', ' 43 ', 43],
  ['retry-after-ms', '1000000000', 1_000_000_000],
  ['retry-after-ms', '0', null],
  ['retry-after-ms', '0.0', null],
  ['retry-after-ms', '-1', null],
  ['retry-after-ms', '+5', null],
  ['retry-after-ms', '1e3', null],
  ['retry-after-ms', '1e9', null],
  ['retry-after-ms', 'NaN', null],
  ['retry-after-ms', 'Infinity', null],
  ['retry-after-ms', '0x10', null],
  ['retry-after-ms', '43ms', null],
  ['retry-after-ms', '43, 44', null],
  ['retry-after-ms', '', null],
  ['retry-after-ms', ' ', null],
  ['retry-after-ms', '.', null],
  ['retry-after-ms', '99999999999999999999', null],
  ['retry-after-ms', '9'.repeat(400), null],
  ['retry-after-ms', inSeconds(5), null],
  ['retry-after', '7', 7000],
  ['retry-after', '0.25', 250],
  ['retry-after', '.25', 250],
  ['retry-after', '7.', 7000],
  ['retry-after', '86400', 86_400_000],
  ['retry-after', '31536000', ABSURD_WAIT_MS],
  ['retry-after', '31536001', null],
  ['retry-after', '1000000000', null],
  ['retry-after', '0', null],
  ['retry-after', '-1', null],
  ['retry-after', '-0', null],
  ['retry-after', 'soon', null],
  ['retry-after', '', null],
  ['retry-after', '2 seconds', null],
  ['retry-after', '6m0s', null],
  ['retry-after', inSeconds(30), 29_750],
  ['retry-after', inSeconds(0), null],
  ['retry-after', inSeconds(-3600), null],
  ['retry-after', 'Thu, 01 Jan 1970 00:00:00 GMT', null],
  ['retry-after', 'Fri, 31 Dec 9999 23:59:59 GMT', null],
  ['x-ratelimit-reset-requests', '10', 10_000],
  ['x-ratelimit-reset-requests', '17ms', 17],
  ['x-ratelimit-reset-requests', '6m0s', 360_000],
  ['x-ratelimit-reset-requests', '0', null],
  ['x-ratelimit-reset-requests', '0s', null],
  ['x-ratelimit-reset-requests', '-1', null],
  ['x-ratelimit-reset-requests', inSeconds(5), null],
  ['x-ratelimit-reset-tokens', '300', 300_000],
  ['x-ratelimit-reset-tokens', '1h', 3_600_000],
  ['x-ratelimit-reset-tokens', '9000h', null],
  ['x-ratelimit-reset-tokens', '', null],
];

for (const [source, value, waitMs] of VALUES) {
  const shown = value.length > 40 ? `${value.slice(0, 8)}…` : value;
  test(`retryHint: ${source} '${shown}' means ${waitMs === null ? 'nothing' : `${waitMs} ms`}`, () => {
    assert.deepEqual(hintOf({ [source]: value }), waitMs === null ? null : { waitMs, source });
  });
}

test('retryHint: without headers there is none', () => assert.equal(hintOf({}), null));

test('retryHint: headers it does not know say nothing', () => {
  assert.equal(
    hintOf({ 'x-ms-retry-after-ms': '5', 'x-ratelimit-reset': '5', 'x-ratelimit-renewalperiod-tokens': '60' }),
    null,
  );
});

test('retryHint: the first header with a usable value wins, in each of the 256 mixtures of good, bad and absent', () => {
  const states = [undefined, '3', '-1', '0'];
  for (let mixture = 0; mixture < 4 ** PRECEDENCE.length; mixture++) {
    const headers: Record<string, string> = {};
    for (const [i, source] of PRECEDENCE.entries()) {
      const value = states[Math.floor(mixture / 4 ** i) % 4];
      if (value !== undefined) headers[source] = value;
    }
    const winner = PRECEDENCE.find((source) => headers[source] === '3') ?? null;
    const want = winner === null ? null : { waitMs: winner === 'retry-after-ms' ? 3 : 3000, source: winner };
    assert.deepEqual(hintOf(headers), want, JSON.stringify(headers));
  }
});

test('retryHint: the case of wire §4.1, Responses with -1 and 0 and no retry-after, gives none', () => {
  const headers = {
    'x-ratelimit-limit-tokens': '-1',
    'x-ratelimit-remaining-tokens': '-1',
    'x-ratelimit-reset-tokens': '0',
  };
  assert.equal(hintOf(headers), null);
});

test('retryHint: any text gives none or a wait above 0 and not absurd', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'0123456789.-+hms eE,:GMTJan') }),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(fc.constantFrom(...PRECEDENCE), text, (source, value) => {
      const hint = hintOf({ [source]: value });
      assert.ok(hint === null || (hint.waitMs > 0 && hint.waitMs <= ABSURD_WAIT_MS), value);
    }),
    { numRuns: 1000 },
  );
});

const DURATIONS: ReadonlyArray<readonly [text: string | undefined, ms: number | null]> = [
  ['12', 12_000],
  ['0.5', 500],
  ['0', 0],
  ['1s', 1000],
  ['6m0s', 360_000],
  ['17ms', 17],
  ['1h2m3.5s', 3_723_500],
  ['1h', 3_600_000],
  ['2m', 120_000],
  ['2m5ms', 120_005],
  ['1.5h', 5_400_000],
  ['1m30.25s', 90_250],
  ['7.66s', 7660],
  [' 1s ', 1000],
  ['0s', 0],
  [undefined, null],
  ['', null],
  ['  ', null],
  ['-1', null],
  ['-1s', null],
  ['s', null],
  ['ms', null],
  ['1s1m', null],
  ['1m1h', null],
  ['1s1s', null],
  ['1m 1s', null],
  ['1d', null],
  ['1S', null],
  ['1.s', null],
  ['.5s', null],
  ['1,5s', null],
];

for (const [text, ms] of DURATIONS) {
  test(`durationMs: ${JSON.stringify(text)} is ${ms === null ? 'nothing' : `${ms} ms`}`, () =>
    assert.equal(durationMs(text), ms));
}

test('durationMs: reads every duration of hours, minutes, seconds and milliseconds', () => {
  const part = fc.option(fc.nat({ max: 100_000 }), { nil: null });
  fc.assert(
    fc.property(part, part, part, part, (h, m, s, ms) => {
      const units = [
        [h, 'h', 3_600_000],
        [m, 'm', 60_000],
        [s, 's', 1000],
        [ms, 'ms', 1],
      ] as const;
      const given = units.flatMap(([n, unit, worth]) =>
        n === null ? [] : [{ text: `${n}${unit}`, worth: n * worth }],
      );
      const want = given.length === 0 ? null : given.reduce((sum, { worth }) => sum + worth, 0);
      assert.equal(durationMs(given.map(({ text }) => text).join('')), want);
    }),
  );
});

test('httpDateMs: agrees with Date on every moment from 1000 to 9999, to the second', () => {
  const min = new Date('1000-01-01T00:00:00Z');
  const max = new Date('9999-12-31T23:59:59Z');
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
      assert.equal(httpDateMs(date.toUTCString()), Math.floor(date.getTime() / 1000) * 1000);
    }),
    { numRuns: 2000 },
  );
});

test('httpDateMs: agrees with Date on each day of four hundred years', () => {
  const first = Date.UTC(1900, 0, 1);
  for (let day = 0; day < 146_097; day++) {
    const ms = first + day * 86_400_000;
    if (httpDateMs(new Date(ms).toUTCString()) !== ms) assert.fail(new Date(ms).toUTCString());
  }
});

const DATES: ReadonlyArray<readonly [text: string, iso: string | null]> = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['sun, 06 nov 1994 08:49:37 gmt', '1994-11-06T08:49:37Z'],
  [' Sun, 06 Nov 1994 08:49:37 GMT ', '1994-11-06T08:49:37Z'],
  ['Mon, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['Thu, 29 Feb 2024 00:00:00 GMT', '2024-02-29T00:00:00Z'],
  ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00Z'],
  ['Wed, 29 Feb 2023 00:00:00 GMT', null],
  ['Tue, 29 Feb 2100 00:00:00 GMT', null],
  ['Sun, 31 Apr 2026 00:00:00 GMT', null],
  ['Sun, 00 Nov 1994 08:49:37 GMT', null],
  ['Sat, 31 Dec 1994 08:49:37 GMT', '1994-12-31T08:49:37Z'],
  ['Sun, 32 Dec 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 24:00:00 GMT', null],
  ['Sun, 06 Nov 1994 08:60:00 GMT', null],
  ['Sun, 06 Nov 1994 08:49:61 GMT', null],
  ['Sun, 06 Non 1994 08:49:37 GMT', null],
  ['Sun, 6 Nov 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 94 08:49:37 GMT', null],
  ['Sunday, 06-Nov-94 08:49:37 GMT', null],
  ['Sun Nov  6 08:49:37 1994', null],
  ['Sun, 06 Nov 1994 08:49:37 UTC', null],
  ['Sun, 06 Nov 1994 08:49:37 +0000', null],
  ['Sun, 06 Nov 1994 08:49:37', null],
  ['1994-11-06T08:49:37Z', null],
  ['784111777', null],
  ['', null],
];

for (const [text, iso] of DATES) {
  test(`httpDateMs: '${text}' is ${iso ?? 'nothing'}`, () =>
    assert.equal(httpDateMs(text), iso === null ? null : Date.parse(iso)));
}

test('retryHint: time grows with the length only', () => {
  for (const part of [' ', '1', '1.', '1h', '.', 'm']) {
    for (const source of PRECEDENCE) assert.equal(hintOf({ [source]: `${part.repeat(200_000)}x` }), null);
  }
});
