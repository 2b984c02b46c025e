/** `UPDATE=1 node --test apps/gateway/src/observe/metrics-text.test.ts` writes the golden anew; read the difference. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Cost } from '@spillway/policy';
import type { DeploymentReport, FleetReport, ForecastReport } from '@spillway/protocol';
import { attemptEnded, exchangeEnded, TEST_MS, testUsage } from '../testing/events.ts';
import { testFleet } from '../testing/kit.ts';
import { Counters } from './counters.ts';
import type { GatewayEvent } from './events.ts';
import { METRICS, type Readings } from './metrics.ts';
import { metricsReference } from './metrics-reference.ts';
import { metricsText } from './metrics-text.ts';

const [one, two] = testFleet([{ on: 'openai1' }, { on: 'openai2', name: 'gpt-4o' }]).deployments;
assert.ok(one !== undefined && two !== undefined);

const COST: Cost = {
  kind: 'tokens',
  amount: 0.000_75,
  currency: 'EUR',
  asOf: '2026-11-21',
  basis: 'usage',
  promptTokens: 120,
  cachedTokens: 64,
  answerTokens: 40,
  model: 'gpt-4o',
  perMillion: { input: 2.5, cachedInput: 1.25, output: 10 },
};

/** Three chats (one failed over, one throttled, one cut), an embedding, and a client that left. */
const EVENTS: readonly GatewayEvent[] = [
  { kind: 'exchangeBegan' },
  { kind: 'exchangeBegan' },
  attemptEnded(one, { outcome: { kind: 'throttled', status: 429, hint: null }, durationMs: 12.5 }),
  { kind: 'throttled', deployment: one, untilMs: TEST_MS + 9000, source: 'retry-after', atMs: TEST_MS },
  attemptEnded(
    two,
    { passedOver: [{ deployment: one, reason: 'noHeadroom', untilMs: null }] },
    testUsage(120, 40, 64, 16),
  ),
  { kind: 'waited', pool: 'chat', class: 'interactive', ending: 'served', waitedMs: 420, atMs: TEST_MS },
  exchangeEnded({ attempts: 2, deployment: two.id, cost: COST }),
  exchangeEnded({ status: 429, deployment: null, attempts: 1, ttfbMs: 0.4, durationMs: 0.4 }),
  { kind: 'exchangeBegan' },
  attemptEnded(two, { outcome: { kind: 'cut', code: 'ECONNRESET' }, durationMs: 90_000 }),
  exchangeEnded({ deployment: two.id, ending: 'cut', streamed: true, ttfbMs: 12_000, durationMs: 90_000 }),
  { kind: 'exchangeBegan' },
  attemptEnded(one, {}, testUsage(8, 0)),
  exchangeEnded({ operation: 'embeddings', deployment: one.id, ttfbMs: 4, durationMs: 5 }),
  { kind: 'exchangeBegan' },
  exchangeEnded({
    operation: 'embeddings',
    deployment: null,
    status: 499,
    ending: 'clientGone',
    ttfbMs: null,
    durationMs: 70,
  }),
  { kind: 'exchangeBegan' },
];

const REPORT: DeploymentReport = {
  id: one.id,
  backend: 'openai1',
  name: 'chat',
  model: null,

  type: null,
  capacity: null,
  priority: 1,
  weight: 1,
  paused: false,
  inFlight: 0,
  throttledUntilMs: TEST_MS + 9000,
  throttleSource: 'retry-after',
  breaker: { state: 'closed', untilMs: null },
  attempts: { total: 0, byOutcome: {} },
  tokens: { prompt: 0, completion: 0, cached: 0, reasoning: 0 },
  lastMinute: { attempts: 0, throttled: 0, promptTokens: 0, completionTokens: 0 },
  remaining: null,
  limit: null,
  quotas: [],
  owedTokens: 0,
  latencyMs: null,
  lastUsedMs: null,
};

const FORECAST: ForecastReport = {
  name: null,
  kind: 'standard',
  configuredTokensPerMinute: 300_000,
  usableTokensPerMinute: 180_000,
  usableFrom: 'refusals',
  remainingTokens: 12_000,
  remainingRequests: null,
  utilisation: null,
  window: 'fixed',
  windowEndsMs: TEST_MS + 20_000,
  errorTokens: 312.5,
  othersTokensPerMinute: 4_000,
};

const IDLE: DeploymentReport = { ...REPORT, throttledUntilMs: null, throttleSource: null };

function readings(events: readonly GatewayEvent[], deployments: readonly DeploymentReport[]): Readings {
  const counters = new Counters(() => true);
  for (const event of events) counters.fold(event);
  const fleet: FleetReport = {
    nowMs: TEST_MS,
    startedMs: TEST_MS,
    version: '1.2.3',
    gateway: {
      phase: 'ready',
      exchanges: counters.exchanges(),
      attempts: counters.all().attempts(),
      tokens: counters.all().tokens(),
      waiting: 2,
    },
    pools: [],
    backends: [
      { name: 'openai1', url: '', region: null, breaker: { state: 'halfOpen', untilMs: null }, credential: 'key' },
    ],
    deployments,
  };
  const loopLag = { p50: 0.001, p99: 0.0125, max: 0.25 };
  const process = { cpuSeconds: 1.5, residentBytes: 1e8, heapUsedBytes: 4e7, startedSeconds: 1_772_323_198.5, loopLag };
  const callers = [{ client: 'chat-app', reservedTokens: 40_960, usedTokens: 3_120 }];
  return { counters, fleet, process, callers, spans: { sent: 120, dropped: 3, failed: 1 } };
}

const GOLDEN = new URL('golden/metrics.txt', import.meta.url);

test('metricsText: a list of events comes out as in golden/metrics.txt', () => {
  const broken: DeploymentReport = {
    ...IDLE,
    id: two.id,
    backend: 'openai2',
    paused: true,
    inFlight: 3,
    breaker: { state: 'open', untilMs: TEST_MS + 1 },
  };
  const quotas = [FORECAST, { ...FORECAST, name: 'east', kind: 'provisioned', utilisation: 0.875 } as const];
  const full: DeploymentReport = { ...REPORT, quotas, owedTokens: 900, latencyMs: 420 };
  const text = metricsText(readings(EVENTS, [full, broken])).replace(`node="${process.versions.node}"`, 'node="N"');
  if (process.env.UPDATE === '1') writeFileSync(GOLDEN, text);
  assert.equal(text, readFileSync(GOLDEN, 'utf8'));
});

/** Source: Prometheus documentation, "Exposition formats". */
const SAMPLE = /^([a-z_]+?)(?:_bucket|_sum|_count)?(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (?:[\d.e+-]+)$/u;

test('metricsText: every line is a comment or a sample, and no sample comes twice, whatever a deployment is called', () => {
  const names = ['a"b', 'a\\b', 'a\\"b', 'a\nb', 'a\\nb', 'a{b="c"}', 'ünïcode 🚰', '\ud800', '\ud801', '', ' '];
  const strange = names.map((name) => ({ ...one, name, id: `openai1/${name}` }));
  const events = strange.map((deployment) => attemptEnded(deployment));
  const text = metricsText(
    readings(
      events,
      strange.map(({ id }) => ({ ...IDLE, id })),
    ),
  );
  const lines = text.trimEnd().split('\n');
  const samples = lines.filter((line) => !line.startsWith('#'));
  for (const line of samples) assert.match(line, SAMPLE);
  const series = samples.map((line) => line.slice(0, line.lastIndexOf(' ')));
  assert.equal(new Set(series).size, series.length);
  assert.ok(series.length > names.length * 20, `${series.length} series`);
  assert.equal(Buffer.from(text).toString(), text, 'is well-formed UTF-8');
});

test('metricsText: each metric is introduced once, and nothing else is', () => {
  const text = metricsText(readings([], []));
  const introduced = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
  assert.deepEqual(
    introduced,
    METRICS.map(({ name, type }) => [name, type]),
  );
  assert.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
  for (const { name, type } of METRICS) {
    assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
  }
});

test('metricsReference: tells of each metric, and its queries name none that is not there', () => {
  const text = metricsReference();
  const names = new Set(METRICS.map(({ name }) => name));
  for (const name of names) assert.ok(text.includes(`| \`${name}\` |`), name);
  for (const [mentioned] of text.matchAll(/spillway_[a-z_]+/g)) {
    assert.ok(names.has(mentioned) || names.has(mentioned.replace(/_bucket$/, '')), mentioned);
  }
});
