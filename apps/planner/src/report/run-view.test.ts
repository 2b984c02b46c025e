import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_USAGE } from '@spillway/protocol';
import type { Run, Sample } from '../lab/run-log.ts';
import { shippedNames, shippedScenario } from '../lab/scenario-file.ts';
import type { Arrival, Fate, Scenario } from '../lab/types.ts';
import { lastMinute, runView, Steps } from './run-view.ts';

function scenario(): Scenario {
  const [name = ''] = shippedNames();
  const base = shippedScenario(name);
  const [first] = base.fleet;
  if (first === undefined) assert.fail('a fleet without deployments');
  const units = { ...first, id: 'a/ptu', type: 'ProvisionedManaged', trueCapacity: 1_000, priority: 1 } as const;
  const tokens = { ...first, id: 'b/chat', type: 'Standard', trueCapacity: 300, priority: 2 } as const;
  return { ...base, seconds: 240, warmUpSeconds: 60, fleet: [units, tokens] };
}

const ARRIVAL: Arrival = {
  atMs: 0,
  client: 'tests',
  class: 'standard',
  promptTokens: 100,
  promptBytes: 400,
  promptChars: 400,
  answerTokensMax: null,
  answerTokens: 10,
  choices: 1,
  cacheKey: null,
  sharedTokens: 0,
  comebacks: 0,
};

function fate(enteredMs: number, more: Partial<Fate> = {}): Fate {
  return {
    arrival: { ...ARRIVAL, atMs: enteredMs },
    status: 200,
    servedBy: 'b/chat',
    sends: 1,
    wasted: 0,
    enteredMs,
    answeredMs: enteredMs + 10,
    waitedMs: 0,
    toldMs: null,
    isComeback: false,
    comebacks: 0,
    usage: NO_USAGE,
    charged: 500,
    ...more,
  };
}

function sample(deployment: string, atMs: number, more: Partial<Sample> = {}): Sample {
  return {
    atMs,
    deployment,
    isProvisioned: deployment === 'a/ptu',
    utilisation: 0.5,
    believedUtilisation: 0.4,
    leftTokens: 150_000,
    believedLeftTokens: 75_000,
    errorTokens: null,
    limitTokens: 300_000,
    sent: 1,
    refused: 1,
    ...more,
  };
}

function drawn(run: Partial<Run>) {
  const whole: Run = { fates: [], samples: [], spills: [], digest: '', ...run };
  return runView({ scenario: scenario(), strategy: 'headroom', seed: 7, run: whole });
}

test('runView: what came, was refused, waited and spilled falls into the step in which it happened', () => {
  const { stepMs, arrived, refused, waitMsMax, spilled } = drawn({
    fates: [
      fate(0),
      fate(2_500, { waitedMs: 700 }),
      fate(3_000, { waitedMs: 300 }),
      fate(4_000, { status: 429, servedBy: null }),
      fate(6_000, { isComeback: true }),
    ],
    spills: [{ atMs: 2_000, class: 'standard', utilisation: 1 }],
  });
  assert.equal(stepMs, 2_000);
  assert.deepEqual(arrived.slice(0, 4), [1, 2, 1, 0], 'one that comes back did not come again');
  assert.deepEqual(refused.slice(0, 4), [0, 0, 1, 0]);
  assert.deepEqual(waitMsMax.slice(0, 2), [0, 700]);
  assert.deepEqual(spilled.slice(0, 2), [0, 1]);
});

test('runView: units show utilisation, Standard deployments what is left, each as believed and as it is', () => {
  const { deployments } = drawn({
    samples: [
      sample('a/ptu', 1_000, { utilisation: 0.9, believedUtilisation: 0.8 }),
      sample('b/chat', 1_000),
      sample('b/chat', 2_000, { believedLeftTokens: null, refused: 2 }),
    ],
  });
  const [units, tokens] = deployments;
  assert.deepEqual([units?.isProvisioned, units?.real[0], units?.believed[0]], [true, 0.9, 0.8]);
  assert.deepEqual([tokens?.isProvisioned, tokens?.real[0], tokens?.believed[0]], [false, 0.5, null]);
  assert.deepEqual(tokens?.refused.slice(0, 2), [3, 0], 'a sample tells of the second before it');
  assert.match(units?.what ?? '', /ProvisionedManaged 1,000 PTU, priority 1$/);
  assert.match(tokens?.what ?? '', /Standard 300K TPM, priority 2$/);
});

test('runView: what is served after the end belongs to no step', () => {
  const { arrived } = drawn({ fates: [fate(239_999), fate(240_000)] });
  assert.equal(arrived.length, 120);
  assert.equal(
    arrived.reduce((sum, value) => sum + value, 0),
    1,
  );
});

test('lastMinute: the sum of a minute, to be compared with a quota of tokens per minute', () => {
  assert.deepEqual(lastMinute([1, 2, 3, 4], 30_000), [1, 3, 5, 7]);
  assert.deepEqual(lastMinute([5, 1], 600_000), [5, 1]);
});

test('Steps: whole seconds, and no more of them than a figure shows', () => {
  for (const [totalMs, want] of [
    [60_000, 1_000],
    [600_000, 5_000],
    [3_600_000, 30_000],
  ] as const) {
    assert.equal(new Steps(totalMs).stepMs, want);
  }
});
