/** Published throughput and worked examples, played under virtual time: what deployments take, and how they refuse the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { buyableUnits, modelFacts, PROVISIONED_FIGURES_OF_2024, type ProvisionedFigures } from '@spillway/protocol';
import { Deployment, type DeploymentOptions } from './deployment.ts';
import { MINUTES_MAX } from './quota/minutes.ts';
import { ProvisionedQuota } from './quota/provisioned.ts';
import { SlidingWindow } from './quota/sliding-window.ts';
import { limitsMeasuredIn2024 } from './quota/standard.ts';
import { MINUTE_MS } from './quota/window.ts';
import type { Work } from './reply.ts';
import type { Resource } from './resource.ts';
import { answered, headersOf, NOW_MS, testRequest, testResource } from './testing.ts';

const ON_PTU = { path: '/openai/deployments/ptu/chat/completions' };

/** @param answers are as long as the request allows. */
function resourceWith(deployment: Omit<DeploymentOptions, 'name'>): Resource {
  const answers = { style: 'prose', tokensMedian: 50, fill: true, script: [] } as const;
  return testResource(seededUnit, { deployments: [{ name: 'ptu', ...deployment }], answers });
}

interface Offer {
  readonly perMinute: number;
  readonly fromMinute: number;
  readonly minutes: number;
  /** From request to end of the answer. */
  readonly answerMs: number;
  readonly promptChars: number;
  readonly answerTokens: number;
  readonly outputWeight: number;
}

interface Taken {
  /** Normalised tokens of what was let in, as `usage` told them. */
  readonly tokens: number;
  readonly refusals: ReadonlyArray<Readonly<Record<string, string>>>;
}

/** Sends requests evenly; their answers end in their order. */
function play(one: Resource, offer: Offer): Taken {
  const { perMinute, fromMinute, minutes, answerMs, outputWeight } = offer;
  const under: Array<{ readonly endMs: number; readonly work: Work | null }> = [];
  const refusals: Array<Record<string, string>> = [];
  let tokens = 0;
  for (let i = fromMinute * perMinute; i < (fromMinute + minutes) * perMinute; i++) {
    const nowMs = NOW_MS + (i * MINUTE_MS) / perMinute;
    while (under[0] !== undefined && under[0].endMs <= nowMs) {
      const over = under.shift();
      over?.work?.end(over.endMs, null);
    }
    const answer = answered(one, testRequest(bodyOf(i, offer), ON_PTU), nowMs);
    if (answer.status === 429) refusals.push(headersOf(answer));
    else {
      under.push({ endMs: nowMs + answerMs, work: answer.work });
      const { usage } = JSON.parse(answer.body.kind === 'text' ? answer.body.text : '');
      const cached = usage.prompt_tokens_details.cached_tokens;
      tokens += usage.prompt_tokens - cached + outputWeight * usage.completion_tokens;
    }
  }
  for (const { endMs, work } of under) work?.end(endMs, null);
  return { tokens, refusals };
}

/** No prompt begins like another, so that the cache takes nothing off. */
function bodyOf(number: number, { promptChars, answerTokens }: Offer) {
  const content = `${number} `.padEnd(promptChars, 'word ');
  return { messages: [{ role: 'user', content }], max_completion_tokens: answerTokens };
}

/** Source: wire reference §7.3: input tokens per minute and unit, weight of output. */
const PUBLISHED: ReadonlyArray<readonly [model: string, tokensPerMinutePerUnit: number, outputWeight: number]> = [
  ['gpt-4.1', 3000, 4],
  ['gpt-5.2', 3400, 8],
  ['gpt-4o', 2500, 4],
];

for (const [model, perUnit, outputWeight] of PUBLISHED) {
  test(`Deployment: a provisioned one of ${model} accepts the throughput of the published table within 1 %, then answers 429`, () => {
    const units = 50;
    const published = units * perUnit;
    const one = resourceWith({ model, capacity: units, type: 'ProvisionedManaged' });
    const call = { promptChars: 2000, answerTokens: 100, answerMs: 3000, outputWeight };
    // Half as much again as it can take.
    const perMinute = Math.round((1.5 * published) / (500 + outputWeight * 100));
    // An idle bucket lets a burst in first, which says nothing of the throughput.
    play(one, { ...call, perMinute, fromMinute: 0, minutes: 5 });
    const minutes = 10;
    const { tokens, refusals } = play(one, { ...call, perMinute, fromMinute: 5, minutes });
    const accepted = tokens / minutes;
    assert.ok(Math.abs(accepted / published - 1) < 0.01, `${accepted} tokens a minute, published ${published}`);
    assert.ok(refusals.length > 0);
    for (const headers of refusals) {
      assert.match(headers['retry-after-ms'] ?? '', /^[1-9]\d*$/);
      assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
      assert.ok(Number.parseFloat(headers['azure-openai-deployment-utilization'] ?? '') >= 100);
    }
    const { quota } = one.deployments.get('ptu') ?? {};
    assert.ok(quota?.kind === 'provisioned');
    for (const { utilisation } of quota.minutes().slice(5, 14)) assert.ok(Math.abs(utilisation - 1) < 0.02);
  });
}

test('Deployment: a provisioned one refuses above 100 %, tells so, and serves again after the wait that it told', () => {
  const one = resourceWith({ model: 'gpt-4.1', capacity: 50, type: 'ProvisionedManaged' });
  const body = { messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 15_000, n: 2 };
  assert.equal(answered(one, testRequest(body, ON_PTU)).status, 200);
  assert.equal(answered(one, testRequest(body, ON_PTU)).status, 200);
  const refused = answered(one, testRequest(body, ON_PTU));
  const headers = headersOf(refused);
  assert.equal(refused.status, 429);
  assert.ok(Number.parseFloat(headers['azure-openai-deployment-utilization'] ?? '') > 100);
  const waitMs = Number(headers['retry-after-ms']);
  assert.equal(Number(headers['retry-after']), Math.ceil(waitMs / 1000));
  assert.equal(answered(one, testRequest(body, ON_PTU), NOW_MS + waitMs - 2).status, 429);
  assert.equal(answered(one, testRequest(body, ON_PTU), NOW_MS + waitMs).status, 200);
});

interface Example {
  readonly id: string;
  readonly figures: ProvisionedFigures;
  readonly steps: 'global' | 'regional';
  readonly perMinute: number;
  readonly prompt: number;
  readonly response: number;
  /** Of prompt tokens, the share that the cache holds. */
  readonly cached: number;
  /** Published, to two places. */
  readonly raw: number;
  /** Published, rounded up to what can be bought. */
  readonly units: number;
}

const GPT_52 = modelFacts('gpt-5.2').provisioned;
/** Output weighed 3 then; with today's 4, C-25 would come to 145 (simulator reference §3.4). */
const MINI_2024 = PROVISIONED_FIGURES_OF_2024.get('gpt-4o-mini') ?? GPT_52;
const OF_52 = { figures: GPT_52, perMinute: 1000, prompt: 200, response: 20 };
const OF_MINI = { figures: MINI_2024, steps: 'global', cached: 0 } as const;

/** Source: simulator reference §3.4; Data Zone deployments are bought in the steps of Global ones. */
const EXAMPLES: readonly Example[] = [
  { id: 'C-20', ...OF_52, steps: 'global', cached: 0, raw: 105.88, units: 110 },
  { id: 'C-21', ...OF_52, steps: 'global', cached: 0.5, raw: 76.47, units: 80 },
  { id: 'C-22', ...OF_52, steps: 'regional', cached: 0, raw: 105.88, units: 150 },
  { id: 'C-23', ...OF_52, steps: 'regional', cached: 0.5, raw: 76.47, units: 100 },
  { id: 'C-24', ...OF_MINI, perMinute: 30, prompt: 800, response: 150, raw: 1.01, units: 15 },
  { id: 'C-25', ...OF_MINI, perMinute: 1000, prompt: 5000, response: 50, raw: 139.19, units: 140 },
  { id: 'C-26', ...OF_MINI, perMinute: 500, prompt: 1000, response: 300, raw: 25.68, units: 30 },
];

/** Normalised tokens of a call. */
function useOf({ figures, prompt, response, cached }: Example): number {
  return prompt * (1 - cached) + figures.outputWeight * response;
}

/** Highest utilisation seen, and how many were refused, of even calls whose answers take five seconds. */
function run(example: Example, { units, minutes, bucketSeconds }: Readonly<Record<string, number>>) {
  const tokensPerMinute = (units ?? 0) * example.figures.inputTokensPerMinutePerUnit;
  const quota = new ProvisionedQuota({ tokensPerMinute, bucketSeconds: bucketSeconds ?? 0 });
  const use = useOf(example);
  const ends: number[] = [];
  let highest = 0;
  let refused = 0;
  for (let i = 0; i < example.perMinute * (minutes ?? 0); i++) {
    const nowMs = NOW_MS + (i * MINUTE_MS) / example.perMinute;
    while (ends[0] !== undefined && ends[0] <= nowMs) quota.settle(use, use, ends.shift() ?? nowMs);
    const admission = quota.admit(use, nowMs);
    highest = Math.max(highest, admission.utilisation);
    if (admission.kind === 'refused') refused++;
    else ends.push(nowMs + 5000);
  }
  return { highest, refused };
}

/** So shallow that ten minutes tell what an hour would. */
const SHALLOW_SECONDS = 1;

for (const example of EXAMPLES) {
  const { id, units, raw, figures, steps, perMinute } = example;
  const bought = figures[steps] ?? { min: 0, step: 1 };
  test(`Deployment, ${id}: comes to the published ${raw} units, of which ${units} have to be bought`, () => {
    const computed = (perMinute * useOf(example)) / figures.inputTokensPerMinutePerUnit;
    assert.equal(Math.round(computed * 100) / 100, raw);
    assert.equal(buyableUnits(bought, computed), units);
  });
  test(`Deployment, ${id}: ${units} units serve it for ten minutes below 100 %, whatever the bucket's depth`, () => {
    for (const bucketSeconds of [SHALLOW_SECONDS, 60]) {
      const { highest, refused } = run(example, { units, minutes: 10, bucketSeconds });
      assert.equal(refused, 0);
      assert.ok(highest < 1, `${highest}`);
    }
  });
  const fewer = units - bought.step;
  if (fewer < bought.min) continue;
  test(`Deployment, ${id}: with ${fewer} units, 429 appear`, () => {
    assert.ok(run(example, { units: fewer, minutes: 10, bucketSeconds: SHALLOW_SECONDS }).refused > 0);
  });
}

test('Deployment, C-20: with 100 units 429 appear, in a bucket of 30 s within ten minutes, in one of a minute within twenty', () => {
  const [example] = EXAMPLES;
  assert.ok(example !== undefined);
  assert.ok(run(example, { units: 100, minutes: 10, bucketSeconds: 30 }).refused > 0);
  assert.ok(run(example, { units: 100, minutes: 20, bucketSeconds: 60 }).refused > 0);
});

test('Deployment: one of 30,000 TPM refuses at the estimate, in words and headers of Azure', () => {
  const one = testResource(seededUnit);
  // A thousand tokens of prompt by their characters, and nine thousand of answer: three of them are the minute.
  const body = { messages: [{ role: 'user', content: 'x'.repeat(4000) }], max_tokens: 9000 };
  for (const [second, left] of [20_000, 10_000, 0].entries()) {
    const answer = answered(one, testRequest(body), NOW_MS + second * 1000);
    assert.equal(answer.status, 200);
    assert.equal(headersOf(answer)['x-ratelimit-remaining-tokens'], String(left));
  }
  const refused = answered(one, testRequest({ ...body, max_tokens: 1 }), NOW_MS + 3000.5);
  assert.equal(refused.status, 429);
  assert.deepEqual(JSON.parse(refused.body.kind === 'text' ? refused.body.text : ''), {
    error: {
      code: 'RateLimitReached',
      message:
        'Your requests to chat for gpt-4o in East US have exceeded the token rate limit for your current OpenAI S0 pricing tier. This request was for ChatCompletions_Create under Azure OpenAI API version 2024-10-21. Please retry after 57 seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.',
    },
  });
  const headers = headersOf(refused);
  assert.equal(headers['retry-after'], '57');
  assert.equal(headers['retry-after-ms'], '57000');
  assert.equal(headers['x-ratelimit-limit-tokens'], '30000');
  assert.equal(headers['x-ratelimit-remaining-tokens'], '0');
  assert.equal(headers['x-ratelimit-reset-tokens'], '57');
  assert.equal(answered(one, testRequest(body), NOW_MS + 60_000).status, 200);
});

test('Deployment: one whose limit is lowered for a while tells a limit below the configured one (R-11)', () => {
  const one = testResource(seededUnit);
  const body = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 4000 };
  const { quota } = one.deployments.get('chat') ?? {};
  assert.ok(quota?.kind === 'standard');
  quota.lower(3000, NOW_MS + 60_000);
  const refused = answered(one, testRequest(body));
  assert.equal(refused.status, 429);
  assert.equal(headersOf(refused)['x-ratelimit-limit-tokens'], '3000');
  const later = answered(one, testRequest(body), NOW_MS + 60_000);
  assert.deepEqual([later.status, headersOf(later)['x-ratelimit-limit-tokens']], [200, '30000']);
});

for (const dialect of ['2024', '2025', '2026'] as const) {
  test(`Deployment: one without a limit tells none (S-21), in the dialect of ${dialect}`, () => {
    const one = testResource(seededUnit, { dialect, deployments: [{ name: 'chat', model: 'gpt-4o', capacity: 0 }] });
    const answer = answered(one, testRequest({ messages: [{ role: 'user', content: 'x'.repeat(400_000) }] }));
    assert.equal(answer.status, 200);
    assert.deepEqual(
      answer.headers.filter((each) => /infinity|nan|x-ratelimit-(limit|remaining)/i.test(each)),
      [],
    );
  });
}

test('Deployment: what quotas hold is bounded over a day of traffic', () => {
  const facts = modelFacts('gpt-4.1');
  const { quota } = new Deployment({ name: 'ptu', model: 'gpt-4.1', type: 'ProvisionedManaged', capacity: 50 }, facts);
  assert.ok(quota.kind === 'provisioned');
  const window = new SlidingWindow(limitsMeasuredIn2024(30));
  for (let second = 0; second < 86_400; second++) {
    const nowMs = NOW_MS + second * 1000;
    if (window.obstacle(500, nowMs) === null) window.count(500, nowMs, true);
    if (quota.admit(3000, nowMs).kind === 'admitted') quota.settle(3000, 2500, nowMs);
  }
  const lastMs = NOW_MS + 86_399_000;
  assert.ok(window.state(lastMs).requests <= 60, `${window.state(lastMs).requests} requests`);
  assert.ok(window.places <= 64, `${window.places} places`);
  assert.equal(quota.minutes().length, MINUTES_MAX);
});
