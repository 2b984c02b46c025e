import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_READING, type Reading, readingOf } from './reading.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

function read(headers: Readonly<Record<string, string>>, status = 200): Reading {
  return readingOf(status, (name) => headers[name], NOW_MS);
}

/** Headers, one for each figure, with the spellings that all of its kind share. */
const COUNTS: ReadonlyArray<readonly [header: string, figure: keyof Reading, zero: 0 | null]> = [
  ['x-ratelimit-remaining-tokens', 'remainingTokens', 0],
  ['x-ratelimit-remaining-requests', 'remainingRequests', 0],
  ['x-ratelimit-limit-tokens', 'limitTokens', null],
  ['x-ratelimit-limit-requests', 'limitRequests', null],
];

/** Wire §4.1: what is not positive is unknown. */
const UNKNOWN = [
  '-1',
  '',
  ' ',
  'abc',
  '1e5',
  '0x10',
  '12.5',
  '+7',
  '1,000',
  '12 34',
  'NaN',
  'Infinity',
  '9'.repeat(16),
  '1000000001',
];

for (const [header, figure, zero] of COUNTS) {
  test(`readingOf: ${header} is read as it is told, and 0 as ${zero}`, () => {
    assert.deepEqual(read({ [header]: '29986' }), { ...NO_READING, [figure]: 29_986 });
    assert.deepEqual(read({ [header]: '1' }), { ...NO_READING, [figure]: 1 });
    assert.deepEqual(read({ [header]: '0' }), { ...NO_READING, [figure]: zero });
  });

  test(`readingOf: ${header} that is no count is unknown`, () => {
    for (const text of UNKNOWN) assert.deepEqual(read({ [header]: text }), NO_READING, text);
  });
}

for (const [header, figure] of [
  ['x-ratelimit-renewalperiod-tokens', 'renewalTokensMs'],
  ['x-ratelimit-renewalperiod-requests', 'renewalRequestsMs'],
] as const) {
  test(`readingOf: ${header} is told in seconds`, () => {
    assert.deepEqual(read({ [header]: '10' }), { ...NO_READING, [figure]: 10_000 });
    for (const text of [...UNKNOWN, '0']) assert.deepEqual(read({ [header]: text }), NO_READING, text);
  });
}

for (const [header, figure] of [
  ['x-ratelimit-reset-tokens', 'resetTokensMs'],
  ['x-ratelimit-reset-requests', 'resetRequestsMs'],
] as const) {
  test(`readingOf: ${header} is told in seconds, or as a duration; 0 is news`, () => {
    for (const [text, want] of [
      ['10', 10_000],
      ['0', 0],
      ['0.5', 500],
      ['17ms', 17],
      ['6m0s', 360_000],
      ['86400', 86_400_000],
      ['-1', null],
      ['', null],
      ['soon', null],
    ] as const) {
      assert.deepEqual(read({ [header]: text }), { ...NO_READING, [figure]: want }, text);
    }
  });
}

const PERCENTS: ReadonlyArray<readonly [text: string, utilisation: number | null]> = [
  ['1.6%', 0.016],
  ['0%', 0],
  ['100%', 1],
  ['112.5%', 1.125],
  ['98.25 %', 0.9825],
  ['42', 0.42],
  ['432%', 4.32],
  ['1234%', 5],
  ['999999%', 5],
  ['', null],
  ['%', null],
  ['-3%', null],
  ['1,6%', null],
  ['.5%', null],
  ['5.%', null],
  ['NaN%', null],
  ['50%%', null],
  ['12345678%', null],
];

for (const [text, utilisation] of PERCENTS) {
  test(`readingOf: azure-openai-deployment-utilization "${text}" is ${utilisation}`, () => {
    assert.equal(read({ 'azure-openai-deployment-utilization': text }).utilisation, utilisation);
  });
}

const HINTS: ReadonlyArray<readonly [headers: Readonly<Record<string, string>>, hint: Reading['hint']]> = [
  [{}, null],
  [
    { 'retry-after-ms': '43', 'retry-after': '1' },
    { waitMs: 43, source: 'retry-after-ms' },
  ],
  [{ 'retry-after': '17' }, { waitMs: 17_000, source: 'retry-after' }],
  [{ 'retry-after': '86400' }, { waitMs: 86_400_000, source: 'retry-after' }],
  [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, { waitMs: 30_000, source: 'retry-after' }],
  [{ 'retry-after': '-1' }, null],
  [{ 'retry-after': '0' }, null],
];

for (const [headers, hint] of HINTS) {
  test(`readingOf: a 429 with ${JSON.stringify(headers)} hints ${JSON.stringify(hint)}; other answers hint nothing`, () => {
    assert.deepEqual(read(headers, 429), { ...NO_READING, status: 429, hint });
    assert.deepEqual(read(headers, 200), NO_READING);
    assert.deepEqual(read(headers, 503), { ...NO_READING, status: 503 });
  });
}

test('readingOf: the capture of 2026-07 (wire §4.2) is read whole', () => {
  const headers = {
    'x-ratelimit-key': 'gpt-4o',
    'x-ratelimit-limit-requests': '180',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-requests': '179',
    'x-ratelimit-remaining-tokens': '29986',
    'x-ratelimit-renewalperiod-requests': '10',
    'x-ratelimit-renewalperiod-tokens': '60',
    'x-ratelimit-reset-requests': '0',
    'x-ratelimit-reset-tokens': '0',
  };
  assert.deepEqual(read(headers), {
    ...NO_READING,
    remainingTokens: 29_986,
    remainingRequests: 179,
    limitTokens: 30_000,
    limitRequests: 180,
    renewalTokensMs: 60_000,
    renewalRequestsMs: 10_000,
    resetTokensMs: 0,
    resetRequestsMs: 0,
  });
});

test('readingOf: a 429 of the Responses API with -1 everywhere tells nothing (wire §4.1)', () => {
  const headers = {
    'x-ratelimit-limit-tokens': '-1',
    'x-ratelimit-remaining-tokens': '-1',
    'x-ratelimit-reset-tokens': '0',
  };
  assert.deepEqual(read(headers, 429), { ...NO_READING, status: 429, resetTokensMs: 0 });
});
