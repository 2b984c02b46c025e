/** Which quotas a deployment is believed to draw on. */
import { isProvisioned, modelFacts, requestsPerMinuteOf } from '@spillway/protocol';
import type { Deployment, QuotaKey, QuotaSettings } from '../fleet.ts';
import { ProvisionedQuota } from './provisioned.ts';
import type { Quota, Reservation } from './quota.ts';
import type { Reading } from './reading.ts';
import { StandardQuota } from './standard.ts';

/** @param shared keeps the quota of each key, once for all deployments that draw on it. */
export function quotasOf(
  deployment: Deployment,
  settings: QuotaSettings,
  shared: (key: QuotaKey) => Quota,
): readonly Quota[] {
  const { quotaKey, capacity, requestsPerMinute } = deployment;
  const own = quotaFor(deployment, { capacity, requestsPerMinute }, settings);
  return quotaKey === null ? [own] : [own, shared(quotaKey)];
}

/** The quota of a key. @param deployment any that draws on it: they are of one model and type. */
export function sharedQuota(key: QuotaKey, deployment: Deployment, settings: QuotaSettings): Quota {
  return quotaFor(deployment, { capacity: key.capacity, requestsPerMinute: null }, settings);
}

interface Granted {
  /** Thousands of tokens per minute, or units; null: unknown. */
  readonly capacity: number | null;
  readonly requestsPerMinute: number | null;
}

function quotaFor(
  { type, model }: Deployment,
  { capacity, requestsPerMinute }: Granted,
  settings: QuotaSettings,
): Quota {
  const facts = modelFacts(model ?? '');
  if (type !== null && isProvisioned(type)) {
    const { inputTokensPerMinutePerUnit, outputWeight } = facts.provisioned;
    const tokensPerMinute = capacity === null ? null : capacity * inputTokensPerMinutePerUnit;
    return new ProvisionedQuota({ tokensPerMinute, outputWeight, spillAt: settings.spillAt });
  }
  const countsTokens = facts.capacityUnit === 'thousandTokens';
  const thousands = capacity === null ? null : capacity * 1000;
  return new StandardQuota({
    tokensPerMinute: countsTokens ? thousands : null,
    requestsPerMinute:
      requestsPerMinute ?? (thousands === null || model === null ? null : requestsPerMinuteOf(facts, thousands)),
    requestPeriodMs: facts.requestWindowSeconds * 1000,
    chargesUnbounded: facts.reasoning ? 0 : 16,
  });
}

/**
 * What an answer's head tells to each quota that it was drawn from. What is left is told of whichever has the least, and the limit is
 * that of the deployment's own, which comes first.
 */
export function readQuotas(
  quotas: readonly Quota[],
  reservations: readonly Reservation[],
  reading: Reading,
  nowMs: number,
): void {
  const tightest = quotas.length < 2 ? quotas[0] : tightestOf(quotas, nowMs);
  for (const [i, quota] of quotas.entries()) {
    const reservation = reservations[i];
    if (reservation === undefined) continue;
    const told = i === 0 ? reading : { ...reading, limitTokens: null, limitRequests: null };
    if (quota === tightest) quota.read(reservation, told, nowMs);
    else if (reading.status !== 429)
      quota.read(reservation, { ...told, remainingTokens: null, remainingRequests: null }, nowMs);
  }
}

function tightestOf(quotas: readonly Quota[], nowMs: number): Quota | undefined {
  let tightest: Quota | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const quota of quotas) {
    const left = quota.report(nowMs).remainingTokens ?? Number.MAX_VALUE;
    if (left < least) tightest = quota;
    least = Math.min(least, left);
  }
  return tightest;
}
