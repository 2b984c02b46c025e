/** What the model costs without a network: admission by the size of its window, an hour of traffic, memory over a day. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ProvisionedQuota, StandardQuota } from '@spillway/azure-model';
import { Traffic } from './traffic.ts';

/** Requests that the window holds while admission is timed. */
export const WINDOW_SIZES = [100, 10_000, 50_000] as const;
const ADMISSIONS = 400_000;
/** Requests at the full rate before anything is timed, so that the code is compiled. */
const WARM_ADMISSIONS = 200_000;

export interface AdmissionCost {
  readonly name: string;
  /** By the size of the window, as in WINDOW_SIZES. Nanoseconds. */
  readonly ns: readonly number[];
}

/** Mean of an admission, with so many requests in the minute all the time. */
export function admissionCosts(): readonly AdmissionCost[] {
  return [
    { name: 'sliding minute, let in', ns: WINDOW_SIZES.map((size) => standardNs('measured-2024', size, 1)) },
    { name: 'sliding minute, refused', ns: WINDOW_SIZES.map((size) => standardNs('measured-2024', size, 2)) },
    { name: 'fixed minute', ns: WINDOW_SIZES.map((size) => standardNs('documented', size, 1)) },
    { name: 'provisioned', ns: WINDOW_SIZES.map((size) => provisionedNs(size)) },
  ];
}

/** @param cost of each request, where 1 fills the window just so; 2 has each second one refused. */
function standardNs(mode: 'documented' | 'measured-2024', size: number, cost: number): number {
  const limits = { tokensPerMinute: size, requestsPerMinute: Number.POSITIVE_INFINITY, requestWindowMs: 10_000 };
  const quota = new StandardQuota({ limits, mode, shared: null });
  return timed(60_000 / size, (nowMs) => quota.admit(cost, nowMs));
}

function provisionedNs(size: number): number {
  const quota = new ProvisionedQuota({ tokensPerMinute: size, bucketSeconds: 60 });
  return timed(60_000 / size, (nowMs) => {
    quota.admit(1, nowMs);
    quota.settle(1, 1, nowMs);
  });
}

function timed(stepMs: number, run: (nowMs: number) => void): number {
  let nowMs = 1_772_323_198_987.25;
  const repeat = (times: number): void => {
    for (let i = 0; i < times; i++) {
      nowMs += stepMs;
      run(nowMs);
    }
  };
  repeat(WARM_ADMISSIONS);
  const startMs = performance.now();
  repeat(ADMISSIONS);
  return ((performance.now() - startMs) * 1e6) / ADMISSIONS;
}

export interface HourCost {
  readonly requests: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export function virtualHour(seconds: number, perSecond: number): HourCost {
  const traffic = new Traffic({ seed: 1, seconds, perSecond });
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const { requests } = traffic.run();
  const { user, system } = process.cpuUsage(cpu);
  return { requests, seconds: (performance.now() - startMs) / 1000, cpuSeconds: (user + system) / 1e6 };
}

export interface DayMemory {
  readonly requests: number;
  /** Heap after a full collection. MiB. */
  readonly firstHourMib: number;
  readonly lastHourMib: number;
}

const MINUTES_PER_HOUR = 60;
const MIB = 2 ** 20;

/** @param hours of traffic; the first one fills what is bounded. */
export function dayMemory(hours: number, perSecond: number): DayMemory {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const traffic = new Traffic({ seed: 1, seconds: hours * 3600, perSecond });
  let minutes = 0;
  let firstHourMib = 0;
  const heapMib = (): number => {
    collect();
    return process.memoryUsage().heapUsed / MIB;
  };
  const { requests } = traffic.run(() => {
    if (++minutes === MINUTES_PER_HOUR) firstHourMib = heapMib();
  });
  const lastHourMib = heapMib();
  return { requests, firstHourMib, lastHourMib };
}
