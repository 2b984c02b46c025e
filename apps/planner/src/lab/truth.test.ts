import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryHint } from '@spillway/protocol';
import { labArrival, labDeployment, labDraw, labScenario } from './testing.ts';
import { REFUSED_MS, type TrueDeployment, trueFleet } from './truth.ts';
import type { Draw, LabDeployment, LabFault } from './types.ts';

/** One deployment of 1,000 tokens a minute. */
function truth(told: Partial<LabDeployment> = {}, draw: Partial<Draw> = {}, faults: readonly LabFault[] = []) {
  const fleet = [labDeployment({ capacity: 1, ...told })];
  const [first] = trueFleet(labScenario({ fleet, faults }), labDraw(draw), 1);
  assert.ok(first);
  return first;
}

function fault(fromMs: number, toMs: number, what: LabFault['fault']): LabFault {
  return { deployment: 'east/chat', fromMs, toMs, fault: what };
}

/** Sends requests of 150 tokens each. @returns the statuses. */
function statuses(one: TrueDeployment, times: readonly number[]): readonly number[] {
  return times.map((atMs) => one.send(labArrival({ atMs }), atMs).status);
}

test('TrueDeployment: lets in what fits the minute, which began before the lab did', () => {
  const one = truth({}, { phaseMs: 50_000 });
  assert.deepEqual(statuses(one, [0, 1, 2, 3, 4, 5, 6]), [200, 200, 200, 200, 200, 200, 429]);
  const { header } = one.send(labArrival(), 1_000);
  assert.deepEqual(retryHint(header, 1_000), { waitMs: 9_000, source: 'retry-after-ms' });
  assert.deepEqual(statuses(one, [9_999, 10_000]), [429, 200]);
});

test('TrueDeployment: requests are counted in the slice of the draw', () => {
  // Six requests a minute come with 1,000 tokens per minute of gpt-4o: one in each slice of 10 s.
  const one = truth({}, { requestSliceMs: 10_000 });
  const small = labArrival({ promptTokens: 4, answerTokensMax: 1 });
  assert.deepEqual(
    [0, 1, 10_000].map((atMs) => one.send(small, atMs).status),
    [200, 429, 200],
  );
});

const REFUSALS: ReadonlyArray<readonly [string, Partial<Draw>, tokens: number]> = [
  ['count where they do, in a fixed minute', { window: 'fixed', countsRefused: true }, 1_050],
  ['count nothing where they do not, in a fixed minute', { window: 'fixed', countsRefused: false }, 900],
  ['count where they do, in a sliding minute', { window: 'sliding', countsRefused: true }, 1_050],
  ['count nothing where they do not, in a sliding minute', { window: 'sliding', countsRefused: false }, 900],
];
for (const [name, draw, tokens] of REFUSALS) {
  test(`TrueDeployment: refused requests ${name}`, () => {
    const one = truth({}, draw);
    statuses(one, [0, 1, 2, 3, 4, 5, 6]);
    assert.equal(one.utilisation(10), tokens / 1_000);
  });
}

test('TrueDeployment: gives back what was not used where the draw refunds, when the answer is whole', () => {
  for (const [refunds, left] of [
    [true, 880],
    [false, 850],
  ] as const) {
    const one = truth({}, { refunds });
    const answer = one.send(labArrival(), 0);
    assert.deepEqual([answer.charged, answer.used], [150, refunds ? 120 : 150]);
    assert.equal(one.leftTokens(0), 850);
    one.settle(answer, 0, 500);
    assert.equal(one.leftTokens(500), left);
  }
});

test('TrueDeployment: an answer shows its head and its end in time, and what it used', () => {
  const { headMs, durationMs, usage, status } = truth({ firstByteMs: 300, tokenMs: 10 }).send(labArrival(), 0);
  assert.deepEqual([status, headMs, durationMs], [200, 300, 500]);
  assert.deepEqual([usage.promptTokens, usage.completionTokens, usage.cachedTokens], [100, 20, 0]);
});

const HEADERS: ReadonlyArray<
  readonly [
    LabDeployment['headers'],
    remaining: string | undefined,
    limit: string | undefined,
    hint: string | undefined,
  ]
> = [
  ['full', '850', '1000', '60'],
  ['remaining', '850', undefined, '60'],
  ['minusOne', '-1', '-1', undefined],
  ['none', undefined, undefined, undefined],
];
for (const [headers, remaining, limit, hint] of HEADERS) {
  test(`TrueDeployment: tells of its quota what '${headers}' stands for, when it serves and when it refuses`, () => {
    const one = truth({ headers });
    const served = one.send(labArrival(), 0).header;
    assert.equal(served('x-ratelimit-remaining-tokens'), remaining);
    assert.equal(served('x-ratelimit-limit-tokens'), limit);
    assert.equal(served('retry-after'), undefined);
    const refused = one.send(labArrival({ promptTokens: 900 }), 0);
    assert.deepEqual([refused.status, refused.header('retry-after'), refused.headMs], [429, hint, REFUSED_MS]);
  });
}

test('TrueDeployment: tells requests of a minute or of a slice, as the draw has it', () => {
  for (const [limitRequestsOf, limit, left] of [
    ['minute', '6', '5'],
    ['slice', '1', '0'],
  ] as const) {
    const { header } = truth({}, { requestSliceMs: 10_000, limitRequestsOf }).send(labArrival(), 0);
    assert.deepEqual([header('x-ratelimit-limit-requests'), header('x-ratelimit-remaining-requests')], [limit, left]);
  }
});

test('TrueDeployment: a limit that fell in silence is not told, one that fell openly is', () => {
  for (const [told, limit] of [
    [true, '500'],
    [false, '1000'],
  ] as const) {
    const one = truth({}, {}, [fault(1_000, 60_000, { kind: 'lowered', share: 0.5, told })]);
    assert.deepEqual(statuses(one, [0, 1, 2, 1_000]), [200, 200, 200, 429]);
    assert.equal(one.send(labArrival({ promptTokens: 1 }), 1_001).header('x-ratelimit-limit-tokens'), limit);
    assert.deepEqual(statuses(one, [60_000, 60_001, 60_002, 60_003]), [200, 200, 200, 200]);
  }
});

const FAULTS: ReadonlyArray<readonly [string, LabFault['fault'], statuses: readonly number[]]> = [
  ['an outage', { kind: 'outage', status: 503 }, [200, 503, 200]],
  ['a connection that is refused', { kind: 'outage', status: 0 }, [200, 0, 200]],
  ['the hint of a day for what is large', { kind: 'dayHint', share: 0.1 }, [200, 429, 200]],
  ['regional demand', { kind: 'demand', share: 1, waitMs: 700 }, [200, 429, 200]],
];
for (const [name, what, want] of FAULTS) {
  test(`TrueDeployment: ${name} lasts as long as it is told, and takes nothing of the quota`, () => {
    const one = truth({}, {}, [fault(1_000, 2_000, what)]);
    assert.deepEqual(statuses(one, [0, 1_000, 2_000]), want);
    assert.equal(one.leftTokens(2_000), 700);
  });
}

test('TrueDeployment: what others send takes of its quota, as much as they send', () => {
  const fleet = { capacity: 100 };
  const one = truth(fleet, {}, [fault(0, 60_000, { kind: 'others', tokensPerMinute: 60_000, requestTokens: 100 })]);
  const used = 100_000 - one.leftTokens(59_999);
  assert.ok(used > 54_000 && used < 66_000, `${used} tokens`);
});

test('TrueDeployment: deployments that share a quota use it up together', () => {
  const quotaKey = { name: 'east', capacity: 1 };
  const fleet = ['east/a', 'east/b'].map((id) => labDeployment({ id, capacity: 1, quotaKey }));
  const [a, b] = trueFleet(labScenario({ fleet }), labDraw(), 1);
  assert.ok(a && b);
  assert.deepEqual(statuses(a, [0, 1, 2]), [200, 200, 200]);
  assert.deepEqual(statuses(b, [3, 4, 5, 6]), [200, 200, 200, 429]);
});

test('TrueDeployment: a prompt that is longer than it serves gets 400', () => {
  const one = truth({ promptTokensMax: 99 });
  assert.deepEqual(statuses(one, [0]), [400]);
});

/** 37,500 normalised tokens a minute in a bucket of a minute; output counts four times. */
const UNITS: Partial<LabDeployment> = { type: 'GlobalProvisionedManaged', capacity: 15 };

test('TrueDeployment: a provisioned one lets in while it is not above its brim, and then says when it is again', () => {
  const one = truth(UNITS);
  const large = labArrival({ promptTokens: 37_500, answerTokensMax: 100 });
  const first = one.send(large, 0);
  assert.deepEqual([first.status, first.charged, first.used], [200, 37_900, 37_580]);
  assert.equal(first.header('azure-openai-deployment-utilization'), '101.1%');
  const refused = one.send(large, 0);
  assert.deepEqual([refused.status, refused.header('retry-after-ms')], [429, '640']);
  assert.equal(one.send(labArrival(), 640).status, 200);
});

test('TrueDeployment: a provisioned one replaces the estimate by what was used', () => {
  const one = truth(UNITS);
  const answer = one.send(labArrival({ promptTokens: 3_000, answerTokensMax: null }), 0);
  assert.equal(answer.charged, 7_000);
  one.settle(answer, 0, 0);
  assert.equal(one.utilisation(0), 3_080 / 37_500);
});

test('TrueDeployment: a provisioned one is not charged for what it has read before', () => {
  const one = truth(UNITS);
  const turn = { cacheKey: 9, promptTokens: 2_000, answerTokensMax: 100 };
  one.send(labArrival(turn), 0);
  const second = one.send(labArrival({ ...turn, promptTokens: 2_500, sharedTokens: 2_000 }), 1_000);
  assert.deepEqual([second.usage.cachedTokens, second.charged], [1_920, 2_500 - 1_920 + 400]);
});

test('TrueDeployment: opensAtMs is when obstacle is gone', () => {
  for (const [one, arrival] of [
    [truth({}, { phaseMs: 50_000 }), labArrival({ promptTokens: 500 })],
    [truth({}, { window: 'sliding' }), labArrival({ promptTokens: 500 })],
    [truth(UNITS), labArrival({ promptTokens: 30_000, answerTokensMax: 5_000 })],
  ] as const) {
    while (one.obstacle(arrival, 0) === null) one.send(arrival, 0);
    const opensMs = one.opensAtMs(arrival, 0);
    assert.ok(opensMs > 0);
    assert.notEqual(one.obstacle(arrival, opensMs - 1), null);
    assert.equal(one.obstacle(arrival, opensMs + 1e-6), null);
  }
});
