import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOf } from './draw.ts';
import type { Draw } from './types.ts';

const SEEDS = 2_000;
const DRAWS = Array.from({ length: SEEDS }, (_, seed) => drawOf(seed));

const SHARES: ReadonlyArray<readonly [what: string, is: (draw: Draw) => boolean, want: number]> = [
  ['a fixed window', ({ window }) => window === 'fixed', 0.6],
  ['a phase in the first half of a minute', ({ phaseMs }) => phaseMs < 30_000, 0.5],
  ['tokens given back', ({ refunds }) => refunds, 0.25],
  ['refused requests that count', ({ countsRefused }) => countsRefused, 0.42],
  ['nothing charged without a bound', ({ unboundedTokens }) => unboundedTokens === 0, 0.25],
  ['640 tokens charged without a bound', ({ unboundedTokens }) => unboundedTokens === 640, 0.25],
  ['choices that count', ({ choicesCount }) => choicesCount, 0.7],
  ['slices of a second', ({ requestSliceMs }) => requestSliceMs === 1_000, 0.25],
  ['slices of a minute', ({ requestSliceMs }) => requestSliceMs === 60_000, 0.35],
  ['limits of a slice', ({ limitRequestsOf }) => limitRequestsOf === 'slice', 0.5],
  ['a bucket below 75 s', ({ bucketSeconds }) => bucketSeconds < 75, 0.5],
  ['4,000 tokens assumed of units', ({ provisionedUnboundedTokens }) => provisionedUnboundedTokens === 4_000, 0.25],
  ['fewer than 4 characters to a token', ({ charsPerToken }) => charsPerToken < 4, 0.5],
  ['hints in milliseconds', ({ hintsMs }) => hintsMs, 0.5],
];

for (const [what, is, want] of SHARES) {
  test(`drawOf: ${what} in ${want * 100} % of seeds 0 to ${SEEDS - 1}`, () => {
    const share = DRAWS.filter(is).length / SEEDS;
    assert.ok(Math.abs(share - want) < 0.04, `${share}`);
  });
}

test('drawOf: stays in its ranges', () => {
  for (const { phaseMs, bucketSeconds, charsPerToken } of DRAWS) {
    assert.ok(phaseMs >= 0 && phaseMs < 60_000);
    assert.ok(bucketSeconds >= 30 && bucketSeconds <= 120);
    assert.ok(charsPerToken >= 3.5 && charsPerToken < 4.5);
  }
});

test('drawOf: the same seed draws the same, another one something else', () => {
  assert.deepEqual(drawOf(7), drawOf(7));
  assert.notDeepEqual(drawOf(7), drawOf(8));
});

for (const [what, is, want] of SHARES) {
  test(`drawOf: ${what} in about ${want * 20} of the 20 seeds that promises are taken over`, () => {
    const found = DRAWS.slice(1, 21).filter(is).length;
    assert.ok(Math.abs(found - 20 * want) <= 2, `${found}`);
  });
}
