/** What an operator does to a quota, be it a deployment's own or a shared one. */
import type { ProvisionedQuota, StandardQuota } from '@spillway/azure-model';
import { readNumbers } from './numbers.ts';

/** Longest throttle, and longest lower limit. Seconds; a day, the longest wait that Azure was seen to ask for (wire §3.4). */
const SECONDS_MAX = 86_400;
/** Of counters and limits. Tokens or requests; more than any quota. */
const COUNT_MAX = 1e12;
/** Of a bucket; 1 is 100 %. A level far above what admission lets in would be shut for hours. */
const UTILISATION_MAX = 10;

const SECONDS = { low: 0, above: true, high: SECONDS_MAX } as const;
const COUNT = { low: 0, high: COUNT_MAX, whole: true, optional: true } as const;

type Quota = StandardQuota | ProvisionedQuota;

/** @returns what was wrong; nothing has changed then. */
export type QuotaAction = (quota: Quota, body: unknown, nowMs: number) => readonly string[];

export interface NamedAction {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Last part of the path. */
  readonly name: string;
  readonly does: string;
  readonly act: QuotaAction;
}

export const QUOTA_ACTIONS: readonly NamedAction[] = [
  {
    method: 'POST',
    name: 'throttle',
    does: 'answers 429 to everything for so long: {"seconds": up to 86,400}',
    act: throttle,
  },
  { method: 'DELETE', name: 'throttle', does: 'lifts the throttle', act: liftThrottle },
  {
    method: 'POST',
    name: 'lower',
    does: 'lowers the limit of a Standard deployment for so long, as Azure does under demand: {"tokensPerMinute", "seconds"}',
    act: lower,
  },
  {
    method: 'PUT',
    name: 'counters',
    does: 'sets what is counted: {"tokens", "requests"} of a Standard deployment, {"utilisation": 1 is 100 %} of a provisioned one',
    act: setCounters,
  },
  { method: 'POST', name: 'reset', does: 'empties the counters, lifts throttle and lower limit', act: reset },
];

function throttle(quota: Quota, body: unknown, nowMs: number): readonly string[] {
  const read = readNumbers(body, { seconds: SECONDS });
  if (read.kind === 'errors') return read.errors;
  quota.throttleUntil(nowMs + (read.numbers.seconds ?? 0) * 1000);
  return [];
}

function liftThrottle(quota: Quota, _body: unknown, nowMs: number): readonly string[] {
  quota.throttleUntil(nowMs);
  return [];
}

function lower(quota: Quota, body: unknown, nowMs: number): readonly string[] {
  if (quota.kind === 'provisioned') {
    return ['tokensPerMinute: a provisioned deployment has no such limit; PATCH its capacity'];
  }
  const tokensPerMinute = { low: 0, above: true, high: COUNT_MAX, whole: true } as const;
  const read = readNumbers(body, { tokensPerMinute, seconds: SECONDS });
  if (read.kind === 'errors') return read.errors;
  quota.lower(read.numbers.tokensPerMinute ?? 0, nowMs + (read.numbers.seconds ?? 0) * 1000);
  return [];
}

function setCounters(quota: Quota, body: unknown, nowMs: number): readonly string[] {
  if (quota.kind === 'provisioned') {
    const read = readNumbers(body, { utilisation: { low: 0, high: UTILISATION_MAX } });
    if (read.kind === 'errors') return read.errors;
    quota.set(read.numbers.utilisation ?? 0, nowMs);
    return [];
  }
  const read = readNumbers(body, { tokens: COUNT, requests: COUNT });
  if (read.kind === 'errors') return read.errors;
  quota.set(read.numbers, nowMs);
  return [];
}

function reset(quota: Quota): readonly string[] {
  quota.reset();
  return [];
}
