/**
 * The load generator and the simulator held against each other by the numbers of the ancestors' load scripts (simulator reference
 * §1.16, last row): 100,000 tokens per minute, short answers bound by requests, long ones by tokens. The simulator's minute is short.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type CallResult, type LoadSpec, startLoad } from '@spillway/bench';
import { SteeredClock, systemClock } from '@spillway/clock';
import { startSimulator } from '@spillway/simulator';
import { answerOf, evenly, specOf, targetOf } from '../../apps/bench/src/testing/spec.ts';
import { measuredSteadily } from '../steady.ts';

const KEY_VARIABLE = 'SPILLWAY_BENCH_QUOTA_KEY';
/** The simulator's time, times as fast as ours. */
const SPEED = 6;
const MINUTE_MS = 60_000;
/** Two of its minutes hold a whole one, wherever they begin. */
const SECONDS = 20;

interface Bound {
  readonly name: string;
  readonly deployment: string;
  readonly tokensMax: number;
  /** Of the simulator's time. Of long answers below the limit of requests: what that refuses would count as tokens too. */
  readonly callsPerMinute: number;
}

const BOUNDS: readonly Bound[] = [
  {
    name: 'answers of 10 tokens: 590 to 600 requests per minute',
    deployment: 'short',
    tokensMax: 10,
    callsPerMinute: 1_500,
  },
  {
    name: 'answers of 200 tokens: 95,000 to 105,000 tokens per minute',
    deployment: 'long',
    tokensMax: 200,
    callsPerMinute: 550,
  },
];

function loadOf(endpoint: string, { deployment, tokensMax, callsPerMinute }: Bound): LoadSpec {
  const credential = { kind: 'key', header: 'api-key', variable: KEY_VARIABLE } as const;
  return specOf(endpoint, {
    targets: [targetOf(endpoint, { name: deployment, deployment, credential })],
    answer: answerOf({ stream: false, tokensMax }),
    pace: evenly(callsPerMinute * SPEED),
    clients: 1_000,
    end: { requests: null, durationMs: SECONDS * 1_000, mode: 'or' },
    drainMs: 20_000,
    retryMsMax: 1_000,
    timeoutMs: 30_000,
    windowMs: MINUTE_MS,
  });
}

interface Counted {
  readonly answered: readonly CallResult[];
  readonly refused: readonly CallResult[];
}

interface Measured {
  readonly counted: readonly Counted[];
  /** The latest send, behind its moment. Milliseconds. */
  readonly lagMsMax: number;
}

async function measured(t: TestContext): Promise<Measured> {
  const clock = new SteeredClock(systemClock);
  const names = BOUNDS.map(({ deployment: name }) => ({ name, model: 'gpt-4o', capacity: 100 }));
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const simulator = await startSimulator({
    port: 0,
    clock,
    resources: [{ name: 'openai1', deployments: names, latency }],
  });
  t.after(() => simulator.close());
  const [resource] = simulator.resources;
  process.env[KEY_VARIABLE] = resource?.key ?? '';
  clock.setSpeed(SPEED);
  /** The simulator's time when ours is 0. */
  const hereMs = clock.nowMs() - SPEED * systemClock.nowMs();
  const lags: number[] = [];
  const runs = BOUNDS.map(async (bound) => {
    const calls: CallResult[] = [];
    const parts = { clock: systemClock, madeBy: 'test', told: {}, prices: null, onLine: () => {} };
    const run = startLoad(loadOf(resource?.url ?? '', bound), { ...parts, onResult: (call) => calls.push(call) });
    const { startedAt, sender } = await run.report;
    lags.push(sender.lagMsMax);
    const minute = wholeMinute(calls, hereMs + SPEED * Date.parse(startedAt));
    return {
      answered: minute.filter(({ status }) => status === 200),
      refused: calls.filter(({ status }) => status === 429),
    };
  });
  return { counted: await Promise.all(runs), lagMsMax: Math.max(...lags) };
}

/** Standing still for longer, or sending later, puts calls into the next minute. */
const STEADY = { stillMsMax: 60, lateMs: ({ lagMsMax }: Measured) => lagMsMax };

test('bench load: counts what the simulator grants: 100,000 tokens and 600 requests per minute', async (t) => {
  const run = await measuredSteadily(t, STEADY, () => measured(t));
  if (run === null) return;
  const [short, long] = run.counted;
  await t.test(BOUNDS[0]?.name, () => {
    const count = short?.answered.length ?? 0;
    // Some were taken before the minute began, and answered in it.
    assert.ok(count >= 590 && count <= 606, `${count} requests`);
    assert.ok((short?.refused.length ?? 0) >= 100);
  });
  await t.test(BOUNDS[1]?.name, () => {
    const cost = (long?.answered.length ?? 0) * costOf(long?.answered ?? []);
    assert.ok(cost >= 95_000 && cost <= 105_000, `${cost} tokens`);
    assert.ok((long?.refused.length ?? 0) >= 100);
  });
});

/** What a call costs on arrival, by what is left after one and after the next: more than its usage says later (wire reference §6.2). Tokens. */
function costOf(answered: readonly CallResult[]): number {
  const left = answered
    .flatMap(({ quota }) => (quota?.remainingTokens == null ? [] : [quota.remainingTokens]))
    .sort((a, b) => b - a);
  const steps = left.slice(1).map((tokens, i) => (left[i] ?? 0) - tokens);
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
}

/** Calls that the simulator took in the first whole minute of its time. @param startedMs the run's beginning, in its time. */
function wholeMinute(calls: readonly CallResult[], startedMs: number): readonly CallResult[] {
  const fromMs = Math.ceil(startedMs / MINUTE_MS) * MINUTE_MS;
  return calls.filter(({ headMs }) => {
    const atMs = startedMs + SPEED * (headMs ?? 0);
    return headMs !== null && atMs >= fromMs && atMs < fromMs + MINUTE_MS;
  });
}
