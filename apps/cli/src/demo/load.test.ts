import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planLoad, QUOTA_TOKENS_PER_MINUTE } from './load.ts';

const seeds = fc.nat({ max: 4_294_967_295 });

test('planLoad: the same seed gives the same plan, another one another', () => {
  assert.deepEqual(planLoad(1), planLoad(1));
  assert.notDeepEqual(planLoad(1), planLoad(2));
});

test('planLoad: spends one resource within twenty seconds, and never three', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { requests } = planLoad(seed);
      const tokens = (untilMs: number) =>
        requests.filter(({ atMs }) => atMs < untilMs).reduce((sum, request) => sum + request.tokens, 0);
      const largest = Math.max(...requests.map((request) => request.tokens));
      assert.ok(tokens(20_000) > QUOTA_TOKENS_PER_MINUTE);
      assert.ok(tokens(Number.POSITIVE_INFINITY) < 3 * (QUOTA_TOKENS_PER_MINUTE - largest));
    }),
  );
});

test('planLoad: in order, within its time, and never more than 30 requests in 10 s, which would be refused for their number', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { requests, durationMs } = planLoad(seed);
      for (const [i, { atMs }] of requests.entries()) {
        assert.ok(atMs <= durationMs);
        assert.ok(atMs >= (requests[i - 1]?.atMs ?? 0));
        assert.ok(requests.filter((other) => other.atMs >= atMs && other.atMs < atMs + 10_000).length <= 30);
      }
    }),
    { numRuns: 25 },
  );
});

test('planLoad: counts what Azure counts on arrival, and mixes streamed and not', () => {
  const { requests } = planLoad(1);
  for (const { system, question, answerTokensMax, tokens } of requests) {
    assert.equal(tokens, Math.ceil((system.length + question.length) / 4) + answerTokensMax);
  }
  const streamed = requests.filter((request) => request.streamed).length;
  assert.ok(streamed > 20 && streamed < 70, `${streamed} of ${requests.length}`);
});
