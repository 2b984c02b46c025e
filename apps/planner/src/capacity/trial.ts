/**
 * The answer, tried: calls of the workloads' shape against a model of Azure's bucket under virtual time. What the formulas say of
 * averages is seen call by call. The model shares no code with them but the figures of the table.
 */
import { ProvisionedQuota, provisionedUse } from '@spillway/azure-model';
import { seededUnit, type Unit } from '@spillway/clock';
import type { ProvisionedFigures } from '@spillway/protocol';
import type { Workload } from './demand.ts';
import { drawShape } from './shape.ts';

export const ARRIVALS = ['even', 'random'] as const;
export type ArrivalKind = (typeof ARRIVALS)[number];

export interface TrialAsk {
  readonly workloads: readonly Workload[];
  readonly figures: ProvisionedFigures;
  readonly units: number;
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  /** Depth of the bucket, which Azure does not publish. Seconds. */
  readonly bucketSeconds: number;
  readonly minutes: number;
  /** Before them: an empty bucket takes more than it drains until it is full. */
  readonly warmUpMinutes: number;
}

/** @property callsMax more are not tried: a share of the traffic, with the same share of the units, shows the same. */
export const TRIAL = { bucketSeconds: 60, minutes: 10, warmUpMinutes: 20, callsMax: 3_000_000 } as const;

export interface Trial {
  readonly units: number;
  readonly arrivals: ArrivalKind;
  readonly minutes: number;
  readonly warmUpMinutes: number;
  readonly bucketSeconds: number;
  readonly seed: number;
  readonly calls: number;
  /** Answered with 429. */
  readonly refused: number;
  /** Of each minute, what calls used by what the units are good for; 1 is 100 %. */
  readonly utilisation: readonly number[];
}

const MINUTE_MS = 60_000;

interface Call {
  readonly atMs: number;
  readonly workload: Workload;
}

/** Each call is over at once: what its answer takes in time does not change what it uses. */
export function tryOut(ask: TrialAsk): Trial {
  const { figures, units, bucketSeconds, minutes, warmUpMinutes, arrivals, seed } = ask;
  const quota = new ProvisionedQuota({ tokensPerMinute: units * figures.inputTokensPerMinutePerUnit, bucketSeconds });
  const unit = seededUnit(seed);
  const used = new Float64Array(minutes);
  let [calls, refused] = [0, 0];
  for (const { atMs, workload } of callsOf(ask, unit)) {
    const tokens = useOf(workload, figures, unit);
    const isRefused = quota.admit(tokens, atMs).kind === 'refused';
    if (!isRefused) quota.settle(tokens, tokens, atMs);
    const minute = Math.floor(atMs / MINUTE_MS) - warmUpMinutes;
    if (minute < 0) continue;
    calls++;
    if (isRefused) refused++;
    else used[minute] = (used[minute] ?? 0) + tokens;
  }
  const perMinute = units * figures.inputTokensPerMinutePerUnit;
  const utilisation = [...used].map((tokens) => tokens / perMinute);
  return { units, arrivals, minutes, warmUpMinutes, bucketSeconds, seed, calls, refused, utilisation };
}

function useOf({ prompt, answer, cachedShare }: Workload, figures: ProvisionedFigures, unit: Unit): number {
  const promptTokens = drawShape(prompt, unit);
  return provisionedUse(promptTokens, promptTokens * cachedShare, drawShape(answer, unit), figures);
}

/** Of all workloads, in the order of time. */
function* callsOf({ workloads, minutes, warmUpMinutes, arrivals }: TrialAsk, unit: Unit): Generator<Call> {
  const endMs = (minutes + warmUpMinutes) * MINUTE_MS;
  const coming = workloads
    .filter(({ callsPerMinute }) => callsPerMinute > 0)
    .map((workload) => {
      const meanMs = MINUTE_MS / workload.callsPerMinute;
      const gap = () => (arrivals === 'even' ? meanMs : -meanMs * Math.log(1 - unit()));
      // Even ones begin in the middle of their gap, so that each minute has the same number of them.
      return { workload, gap, atMs: arrivals === 'even' ? meanMs / 2 : gap() };
    });
  for (;;) {
    let next = coming[0];
    for (const each of coming) if (next === undefined || each.atMs < next.atMs) next = each;
    if (next === undefined || next.atMs >= endMs) return;
    yield { atMs: next.atMs, workload: next.workload };
    next.atMs += next.gap();
  }
}

/** Whether it is small enough to be tried. */
export function isTriable({
  workloads,
  minutes,
  warmUpMinutes,
}: Pick<TrialAsk, 'workloads' | 'minutes' | 'warmUpMinutes'>): boolean {
  const perMinute = workloads.reduce((sum, { callsPerMinute }) => sum + callsPerMinute, 0);
  return perMinute * (minutes + warmUpMinutes) <= TRIAL.callsMax;
}
