import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { logprobsOf } from './logprobs.ts';

for (const top of [0, 1, 5, 20]) {
  test(`logprobsOf: ${top} of the likeliest, the token itself first, falling, together below 1`, () => {
    const tokens = ['The', ' the', ' a', ' tea', '.'];
    const logprobs = logprobsOf(tokens, top, seededUnit(1));
    assert.equal(logprobs.length, tokens.length);
    logprobs.forEach((each, i) => {
      assert.ok(each.logprob < 0);
      assert.equal(each.top.length, top);
      if (top > 0) assert.deepEqual(each.top[0], { token: tokens[i], logprob: each.logprob });
      assert.equal(new Set(each.top.map(({ token }) => token)).size, top);
      for (let k = 1; k < top; k++) assert.ok((each.top[k]?.logprob ?? 0) < (each.top[k - 1]?.logprob ?? 0));
      assert.ok(each.top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0) <= 1.0001);
    });
  });
}
