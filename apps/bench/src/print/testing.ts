/** A whole report for tests of what people see, counted from calls. */
import type { CallResult } from '../drive/call.ts';
import type { RunReport } from '../measure/report.ts';
import { Tally } from '../measure/tally.ts';
import { call } from '../measure/testing.ts';
import { adjusted } from '../network/adjust.ts';

export const STARTED_MS = Date.UTC(2026, 10, 21, 16, 0, 30);

/** @param calls of the targets that they name by index; a minute is measured. */
export function report(calls: readonly CallResult[], more: Partial<RunReport> = {}): RunReport {
  const names = ['one.example', 'two.example'].slice(0, 1 + Math.max(0, ...calls.map(({ target }) => target)));
  const tally = new Tally({ targets: names, windowMs: 60_000, startedAtMs: STARTED_MS });
  for (const each of calls) tally.add(each);
  return {
    format: 'spillway-bench/1',
    madeBy: 'spillway 0.0.0',
    startedAt: new Date(STARTED_MS).toISOString(),
    run: { endpoint: 'https://one.example', rate: '60', maxTokens: '100' },
    mode: 'open loop: 60 per minute, evenly, whatever the server does; at most 1000 under way',
    isValid: true,
    warnings: [],
    stopped: 'ended',
    sender: { late: 0, lagMsMax: 1, capped: 0, unsent: 0, cpuMs: 100 },
    steady: { isSteady: true, sinceSeconds: 0, why: '' },
    targets: tally.summaries(60_000),
    series: tally.series.points(60_000),
    kneePerMinute: null,
    sweep: null,
    cost: null,
    monitor: null,
    ...more,
  };
}

/** The same with a round trip of 20 ms, taken off besides. */
export function withNetwork(report: RunReport): RunReport {
  const spread = { count: 3, avg: 0.02, min: 0.01, p50: 0.02, p90: 0.03, p95: 0.03, p99: 0.03, max: 0.03 };
  const targets = report.targets.map((target) => {
    const network = { ...target.network, to: `${target.name}:443`, connect: spread };
    return { ...target, network, adjusted: adjusted(target, 0.02) };
  });
  return { ...report, targets };
}

/** One a second. */
export function calls(count: number, of: (at: number) => Partial<CallResult> = () => ({})): readonly CallResult[] {
  return Array.from({ length: count }, (_, at) => call({ sentMs: at * 1_000, intendedMs: at * 1_000, ...of(at) }));
}
