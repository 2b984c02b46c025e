import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Health, type Load, missed, quantile, type Read, renderMarkdown, rowsOf } from './figures.ts';

const READ: Read = {
  status: 200,
  firstEventMs: 10,
  firstWordMs: 400,
  endMs: 3_000,
  events: 60,
  lost: 0,
  isWhole: true,
  failure: null,
};
const health = (mib: number, lagP99Ms = 5): Health => ({ rssBytes: mib * 2 ** 20, lagP99Ms, lagMaxMs: 9 });
const LOAD: Load = {
  users: 10,
  seconds: 6,
  reads: [READ, READ],
  before: health(100),
  during: health(110),
  after: health(105),
  coreShare: 0.25,
  waitShare: 0,
  usersLagP99Ms: 1,
};

test('rowsOf: sums up what was read, and misses no target where all is well', () => {
  const rows = rowsOf(LOAD);
  const figure = (measure: string) => rows.find((row) => row.measure === measure)?.figure;
  assert.deepEqual(
    [
      figure('answers'),
      figure('events'),
      figure('events a second'),
      figure('first word, p95'),
      figure('growth by user'),
    ],
    [2, 120, 20, 400, 1],
  );
  assert.deepEqual(missed(rows), []);
});

const WORSE: ReadonlyArray<readonly [string, Partial<Load>]> = [
  ['answers with an error, or refused', { reads: [READ, { ...READ, failure: 'throttled' }] }],
  ['answers with an error, or refused', { reads: [{ ...READ, status: 503 }] }],
  ['answers that were not whole', { reads: [{ ...READ, isWhole: false }] }],
  ['events lost', { reads: [{ ...READ, lost: 1 }] }],
  ['first event, p95', { reads: [{ ...READ, firstEventMs: 501 }] }],
  ['event loop late, p99', { during: health(110, 101) }],
  ['growth by user', { during: health(121) }],
];

for (const [measure, change] of WORSE) {
  test(`missed: ${measure}, by ${JSON.stringify(change).slice(0, 60)}`, () => {
    assert.deepEqual(missed(rowsOf({ ...LOAD, ...change })), [measure]);
  });
}

test('missed: a figure that nobody saw misses its target', () => {
  assert.deepEqual(missed(rowsOf({ ...LOAD, reads: [] })), ['first event, p95']);
});

test('quantile: of few values, and of none', () => {
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([3, 1, 2], 0.95), 3);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test('renderMarkdown: a row with its unit and target', () => {
  assert.match(renderMarkdown(rowsOf(LOAD), 'here'), /\| first event, p95 \| 10 ms \| ≤ 500 ms met \|[\s\S]+- here\n$/);
});
