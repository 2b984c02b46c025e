import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cost, NO_AZURE_IDS } from '@spillway/policy';
import { NO_USAGE } from '@spillway/protocol';
import { testFleet } from '../testing/kit.ts';
import type { AttemptRecord, ExchangeRecord, GatewayEvent } from './events.ts';
import { lineOf } from './lines.ts';

const [deployment] = testFleet([{ on: 'openai3' }]).deployments;
assert.ok(deployment);

const attempt: AttemptRecord = {
  requestId: 'id-1',
  number: 2,
  deployment,
  method: 'POST',
  path: '/openai/deployments/chat/chat/completions',
  startedMs: 0,
  passedOver: [],
  outcome: { kind: 'answered', status: 200 },
  headMs: 41.26,
  durationMs: null,
  quota: null,
  chargedTokens: null,
  azure: NO_AZURE_IDS,
};

const exchange: ExchangeRecord = {
  requestId: 'id-1',
  client: 'chat-app',
  operation: 'chat.completions',
  model: 'gpt-4o',
  deployment: 'openai3/chat',
  attempts: 2,
  status: 200,
  ending: 'whole',
  streamed: true,
  hedged: false,
  usageEstimated: false,
  cost: null,
  waitedMs: 0,
  usage: { promptTokens: 12, completionTokens: 30, cachedTokens: 0, reasoningTokens: null },
  ttfbMs: 50.04,
  durationMs: 12_345.6,
  endedMs: 0,
};

const COST: Cost = {
  kind: 'tokens',
  amount: 0.000_330_000_04,
  currency: 'EUR',
  asOf: '2026-11-21',
  basis: 'usage',
  promptTokens: 12,
  cachedTokens: 0,
  answerTokens: 30,
  model: 'gpt-4o',
  perMillion: { input: 2.5, cachedInput: 1.25, output: 10 },
};
const UNITS: Cost = { ...COST, kind: 'provisioned', amount: 0, perMillion: null };

const AT = Date.UTC(2026, 10, 21, 12, 0, 5, 250);
const URL_PATH = 'https://openai3.openai.azure.com/openai/deployments/chat/chat/completions';

const TEXTS: ReadonlyArray<readonly [event: GatewayEvent, text: string | null]> = [
  [{ kind: 'attemptJudged', attempt }, `Proxying to ${URL_PATH}: 200 in 41 ms (openai3/chat, attempt 2, id-1)`],
  [
    {
      kind: 'attemptJudged',
      attempt: { ...attempt, outcome: { kind: 'throttled', status: 429, hint: null }, headMs: 3.14 },
    },
    `Proxying to ${URL_PATH}: 429 throttled in 3.1 ms (openai3/chat, attempt 2, id-1)`,
  ],
  [
    {
      kind: 'attemptJudged',
      attempt: { ...attempt, outcome: { kind: 'connectFailed', code: 'ECONNREFUSED' }, headMs: null },
    },
    `Proxying to ${URL_PATH}: connectFailed (ECONNREFUSED) (openai3/chat, attempt 2, id-1)`,
  ],
  [
    { kind: 'exchangeEnded', exchange, trail: null },
    'Answered 200 from openai3/chat in 12.3 s: chat.completions gpt-4o, 2 attempts, 12+30 tokens (id-1)',
  ],
  [
    { kind: 'exchangeEnded', exchange: { ...exchange, usageEstimated: true }, trail: null },
    'Answered 200 from openai3/chat in 12.3 s: chat.completions gpt-4o, 2 attempts, about 12+30 tokens (id-1)',
  ],
  [
    { kind: 'exchangeEnded', exchange: { ...exchange, cost: COST }, trail: null },
    'Answered 200 from openai3/chat in 12.3 s: chat.completions gpt-4o, 2 attempts, 12+30 tokens, 0.00033 EUR (id-1)',
  ],
  [
    { kind: 'exchangeEnded', exchange: { ...exchange, cost: UNITS }, trail: null },
    'Answered 200 from openai3/chat in 12.3 s: chat.completions gpt-4o, 2 attempts, 12+30 tokens, served by units (id-1)',
  ],
  [
    { kind: 'exchangeEnded', exchange: { ...exchange, cost: 'noPrice' }, trail: null },
    'Answered 200 from openai3/chat in 12.3 s: chat.completions gpt-4o, 2 attempts, 12+30 tokens (id-1)',
  ],
  [
    {
      kind: 'exchangeEnded',
      exchange: { ...exchange, deployment: null, status: 429, attempts: 1, usage: NO_USAGE, durationMs: 2 },
      trail: null,
    },
    'Answered 429 from the gateway in 2.0 ms: chat.completions gpt-4o, 1 attempt (id-1)',
  ],
  [
    { kind: 'throttled', deployment, untilMs: AT, source: 'retry-after-ms', atMs: AT - 5_000 },
    'Throttled openai3/chat for 5000 ms, until 12:00:05.250 (retry-after-ms)',
  ],
  [
    {
      kind: 'breakerMoved',
      scope: 'backend',
      name: 'openai3',
      state: { kind: 'open', untilMs: AT, cooldownMs: 10_000 },
      atMs: AT - 10_000,
    },
    'Breaker of backend openai3 opened for 10.0 s: too many failures',
  ],
  [{ kind: 'operatorProblem', subject: 'openai3', message: 'check its key' }, 'Operator: openai3: check its key'],
  [{ kind: 'exchangeBegan' }, null],
];

for (const [event, text] of TEXTS) {
  test(`lineOf: ${event.kind}: ${text?.slice(0, 60)}`, () => assert.equal(lineOf(event)?.text ?? null, text));
}

test('lineOf: the record of an exchange has the fields that other tools read', () => {
  const line = lineOf({ kind: 'exchangeEnded', exchange, trail: null });
  assert.deepEqual(line?.fields, {
    event: 'exchange',
    requestId: 'id-1',
    client: 'chat-app',
    operation: 'chat.completions',
    model: 'gpt-4o',
    deployment: 'openai3/chat',
    attempts: 2,
    status: 200,
    ending: 'whole',
    streamed: true,
    hedged: false,
    promptTokens: 12,
    completionTokens: 30,
    cachedTokens: 0,
    reasoningTokens: null,
    usageEstimated: false,
    waitedMs: 0,
    ttfbMs: 50,
    durationMs: 12_345.6,
  });
});

test("lineOf: an exchange's record has its cost only where the gateway has prices; null where it is not known", () => {
  const fieldsWith = (cost: ExchangeRecord['cost']) => {
    const line = lineOf({ kind: 'exchangeEnded', exchange: { ...exchange, cost }, trail: null });
    const { cost: amount, currency } = line?.fields ?? {};
    return { amount, currency, has: Object.hasOwn(line?.fields ?? {}, 'cost') };
  };
  assert.deepEqual(fieldsWith(null), { amount: undefined, currency: undefined, has: false });
  assert.deepEqual(fieldsWith('noUsage'), { amount: null, currency: undefined, has: true });
  assert.deepEqual(fieldsWith(COST), { amount: 0.000_330_000_04, currency: 'EUR', has: true });
  assert.deepEqual(fieldsWith(UNITS), { amount: 0, currency: 'EUR', has: true });
});

test('lineOf: what a client made up cannot end a line or steer a terminal', () => {
  const model = 'x\nProxying to https://evil/: 200\u001b[2J';
  const line = lineOf({ kind: 'exchangeEnded', exchange: { ...exchange, model }, trail: null });
  assert.doesNotMatch(line?.text ?? '\n', /\p{Cc}/u);
});
