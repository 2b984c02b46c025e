import assert from 'node:assert/strict';
import test from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { demandOf, sumOf, times, type Workload } from './demand.ts';
import { RANDOM_MINUTES, randomMinutes } from './random-minutes.ts';

const FACTS = modelFacts('gpt-5.2');

function workload(calls: number, more: Partial<Workload> = {}): Workload {
  return {
    name: 'x',
    callsPerMinute: calls,
    prompt: { kind: 'uniform', from: 100, to: 300 },
    answer: { kind: 'value', tokens: 20 },
    cachedShare: 0.5,
    maxTokens: 100,
    ...more,
  };
}

test('randomMinutes: a day whose mean is what was asked for, of few calls drawn one by one as of many drawn as a sum', () => {
  for (const calls of [0.2, 10, 150, 5_000]) {
    const minutes = randomMinutes([workload(calls)], FACTS, { seed: 3 });
    assert.equal(minutes.length, RANDOM_MINUTES);
    const mean = times(1 / minutes.length, sumOf(minutes));
    const want = demandOf(workload(calls), FACTS);
    const bound = 5 / Math.sqrt(calls * RANDOM_MINUTES);
    for (const key of ['calls', 'promptTokens', 'cachedTokens', 'answerTokens', 'arrivalTokens'] as const)
      assert.ok(Math.abs(mean[key] / want[key] - 1) < bound, `${calls} ${key}: ${mean[key]} for ${want[key]}`);
    const variance = minutes.reduce((sum, each) => sum + (each.calls - calls) ** 2, 0) / minutes.length;
    assert.ok(Math.abs(variance / calls - 1) < 0.25, `${calls}: a Poisson count varies by its mean, not ${variance}`);
  }
});

test('randomMinutes: the same seed gives the same minutes, workloads add up, and none gives idle ones', () => {
  const one = randomMinutes([workload(5)], FACTS, { seed: 1, minutes: 10 });
  assert.deepEqual(one, randomMinutes([workload(5)], FACTS, { seed: 1, minutes: 10 }));
  assert.notDeepEqual(one, randomMinutes([workload(5)], FACTS, { seed: 2, minutes: 10 }));
  const [both] = randomMinutes([workload(1_000), workload(2_000)], FACTS, { minutes: 1 });
  assert.ok(Math.abs((both?.calls ?? 0) - 3_000) < 300);
  assert.equal(
    randomMinutes([workload(0)], FACTS, { minutes: 3 }).every(({ calls }) => calls === 0),
    true,
  );
});
