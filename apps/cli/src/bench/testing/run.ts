/** For tests: the command with a run that is made up, so that nothing is sent and no time passes. */
import type { CallResult, Line, LoadRun, Progress, RunReport, startLoad, TargetSummary } from '@spillway/bench';
import { FakeClock } from '@spillway/clock';
import type { BenchFlags } from '../flags.ts';
import type { BenchIo } from '../io.ts';

/** As the command line has them by default, with an end. */
export const BENCH_FLAGS: BenchFlags = {
  endpoint: 'https://one.example',
  deployment: 'chat',
  api: 'chat',
  apiKeyEnv: 'OPENAI_API_KEY',
  key: true,
  runEndConditionMode: 'or',
  aggregationWindow: '60',
  shapeProfile: 'balanced',
  completions: '1',
  stream: true,
  retry: 'none',
  retryLimit: '60',
  contextGenerationMethod: 'generate',
  replayOrder: 'random',
  preventServerCaching: 'true',
  cacheShare: '0',
  warmUp: '0',
  drain: '60',
  timeout: '300',
  workers: '1',
  seed: 1,
  requests: '10',
  currency: 'USD',
  outputFormat: 'human',
};

const SPREAD = { count: 10, avg: 1, min: 0.5, p50: 1, p90: 1.5, p95: 1.6, p99: 1.7, max: 1.8 };

const NOTHING = { count: 0, avg: null, min: null, p50: null, p90: null, p95: null, p99: null, max: null };
const SPREAD_NETWORK = { count: 3, avg: 0.02, min: 0.01, p50: 0.02, p90: 0.03, p95: 0.03, p99: 0.03, max: 0.03 };

export function summary(more: Partial<TargetSummary> = {}): TargetSummary {
  return {
    name: 'one.example',
    seconds: 60,
    calls: {
      ok: 10,
      length: 0,
      filtered: 0,
      throttled: 0,
      refused: 0,
      serverError: 0,
      timeout: 0,
      reset: 0,
      broken: 0,
      cancelled: 0,
    },
    attempts: 10,
    attempts429: 0,
    hedges: { sent: 0, won: 0 },
    retryWaitSeconds: 0,
    rpm: 10,
    tpm: { context: 5_000, gen: 1_000, total: 6_000 },
    tokens: { prompt: 5_000, cached: 0, completion: 1_000 },
    tokensFrom: { usage: 10 },
    e2eIntended: SPREAD,
    ttftIntended: SPREAD,
    e2e: SPREAD,
    ttft: SPREAD,
    head: SPREAD,
    gap: SPREAD,
    tbt: SPREAD,
    contextTokens: SPREAD,
    genTokens: SPREAD,
    utilisation: { ...SPREAD, count: 0, avg: null, p95: null },
    cachedShare: 0,
    spilledOver: 0,
    servedBy: {},
    network: { to: 'one.example:443', connect: SPREAD_NETWORK, tls: NOTHING, failed: 0, why: '' },
    adjusted: { ttft: NOTHING, ttftIntended: NOTHING, e2e: NOTHING, e2eIntended: NOTHING },
    ...more,
  };
}

export function runReport(more: Partial<RunReport> = {}): RunReport {
  return {
    format: 'spillway-bench/1',
    madeBy: 'spillway 0.0.0',
    startedAt: '2026-11-21T16:00:00.000Z',
    run: { endpoint: 'https://one.example' },
    mode: 'closed loop: 20 clients',
    isValid: true,
    warnings: [],
    stopped: 'ended',
    sender: { late: 0, lagMsMax: 1, capped: 0, unsent: 0, cpuMs: 100 },
    steady: { isSteady: false, sinceSeconds: null, why: 'too short' },
    targets: [summary()],
    series: [],
    kneePerMinute: null,
    sweep: null,
    cost: null,
    monitor: null,
    ...more,
  };
}

export const LINE: Line = {
  run_seconds: 1,
  timestamp: '2026-11-21T16:00:01.000Z',
  rpm: 60,
  processing: 2,
  completed: 10,
  failures: 3,
  throttled: 2,
  requests: 10,
  tpm: { context: 500, gen: 100, total: 600 },
  e2e: { avg: 1, '95th': 2 },
  ttft: { avg: 0.1, '95th': 0.2 },
  tbt: { avg: 0.01, '95th': 0.02 },
  context_tpr_avg: 500,
  gen_tpr: { '10th': 90, avg: 100, '90th': 110 },
  network: { median: 0.02, '95th': 0.03 },
  util: { avg: null, '95th': null },
};

export function result(more: Partial<CallResult> = {}): CallResult {
  return {
    target: 0,
    phase: 'measure',
    intendedMs: 0,
    sentMs: 0,
    headMs: 50,
    firstContentMs: 100,
    endMs: 500,
    class: 'ok',
    status: 200,
    errorCode: null,
    attempts: [],
    promptTokens: 500,
    completionTokens: 100,
    cachedTokens: 0,
    tokensFrom: 'usage',
    chunks: 1,
    gapsMs: [],
    utilisation: null,
    quota: null,
    servedBy: null,
    spilledOver: false,
    ...more,
  };
}

type Parts = Parameters<typeof startLoad>[1];

export interface Fake {
  readonly io: BenchIo;
  readonly written: { out: string; err: string };
  readonly clock: FakeClock;
  /** What the run was given. */
  readonly begun: Array<{ readonly spec: Parameters<typeof startLoad>[0]; readonly parts: Parts }>;
}

/** @param play the run: what it tells, and its report. */
export function fakeIo(play: (parts: Parts) => Promise<RunReport>, more: Partial<BenchIo> = {}): Fake {
  const written = { out: '', err: '' };
  const clock = new FakeClock();
  const begun: Fake['begun'] = [];
  const start = (spec: Parameters<typeof startLoad>[0], parts: Parts): LoadRun => {
    begun.push({ spec, parts });
    return { report: play(parts), interrupt: () => {} };
  };
  const io: BenchIo = {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    env: {},
    clock,
    start,
    screen: () => null,
    ...more,
  };
  return { io, written, clock, begun };
}

export const PROGRESS: Progress = { phase: 'measure', atMs: 1_000, endsAtMs: 10_000 };
