import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paceOf, tokensAfter, wholeAnswerMs } from './latency.ts';

const PACE = { firstTokenMs: 100, perTokenMs: 10 };

const AFTER: ReadonlyArray<readonly [elapsedMs: number, tokens: number]> = [
  [0, 0],
  [99.9, 0],
  [100, 1],
  [109.9, 1],
  [110, 2],
  [1100, 101],
];

for (const [elapsedMs, tokens] of AFTER) {
  test(`tokensAfter: after ${elapsedMs} ms there are ${tokens}`, () => {
    assert.equal(tokensAfter(PACE, elapsedMs), tokens);
  });
}

test('tokensAfter: without a time between tokens all come with the first', () => {
  assert.equal(tokensAfter({ firstTokenMs: 5, perTokenMs: 0 }, 4), 0);
  assert.equal(tokensAfter({ firstTokenMs: 5, perTokenMs: 0 }, 5), Number.POSITIVE_INFINITY);
  assert.equal(tokensAfter({ firstTokenMs: 0, perTokenMs: 0 }, 0), Number.POSITIVE_INFINITY);
});

test('wholeAnswerMs: an answer in one piece is there when its last token is', () => {
  assert.equal(wholeAnswerMs(PACE, 101), 1100);
  assert.equal(wholeAnswerMs(PACE, 0), 100);
});

test('paceOf: stays within a quarter of the middle, and 0 stays 0', () => {
  assert.deepEqual(
    paceOf(PACE, () => 0),
    { firstTokenMs: 75, perTokenMs: 7.5 },
  );
  assert.deepEqual(
    paceOf(PACE, () => 0.5),
    PACE,
  );
  assert.deepEqual(
    paceOf({ firstTokenMs: 0, perTokenMs: 0 }, () => 0.9),
    { firstTokenMs: 0, perTokenMs: 0 },
  );
});
