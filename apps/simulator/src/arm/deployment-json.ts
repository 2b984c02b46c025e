/** A deployment as ARM shows it. */
import { isProvisioned } from '@spillway/azure-model';
import type { ModelFacts } from '@spillway/protocol';
import { PROVIDER } from './arm-error.ts';
import { etagOf, systemData } from './call.ts';
import { accountId, type Found } from './find.ts';
import { formatOf, versionsOf } from './offers.ts';

/** @param facts of its model. */
export function deploymentJson(found: Found, facts: ModelFacts, nowMs: number) {
  const { site, options, control, running } = found;
  const { name, type = 'Standard', capacity, spilloverDeploymentName } = options;
  const version = options.modelVersion ?? versionsOf(facts)[0]?.version ?? '1';
  return {
    id: `${accountId(site)}/deployments/${name}`,
    type: `${PROVIDER}/accounts/deployments`,
    name,
    etag: etagOf({ options, control }),
    ...(Object.keys(control.tags).length === 0 ? {} : { tags: control.tags }),
    sku: { name: type, capacity },
    properties: {
      model: { format: control.format ?? formatOf(facts), name: facts.name, version },
      versionUpgradeOption: control.versionUpgradeOption,
      currentCapacity: capacity,
      ...(control.dynamicThrottlingEnabled ? { dynamicThrottlingEnabled: true } : {}),
      ...(spilloverDeploymentName === undefined ? {} : { spilloverDeploymentName }),
      capabilities: capabilitiesOf(facts),
      raiPolicyName: control.raiPolicyName,
      provisioningState: running === null ? 'Creating' : 'Succeeded',
      ...(isProvisioned(type) ? {} : { rateLimits: rateLimitsOf(found, nowMs) }),
    },
    systemData: systemData(control),
  };
}

/** What it can do, as texts: so does Azure write it. */
export function capabilitiesOf({ kind, contextTokens, answerTokensMax }: ModelFacts): Readonly<Record<string, string>> {
  if (kind === 'embeddings') return { embeddings: 'true', embeddingsMaxInputs: '2048' };
  if (kind !== 'chat') return { [kind]: 'true' };
  return {
    chatCompletion: 'true',
    responses: 'true',
    maxContextToken: String(contextTokens),
    maxOutputToken: String(answerTokensMax),
  };
}

export interface RateLimit {
  readonly key: 'request' | 'token';
  /** Seconds. */
  readonly renewalPeriod: number;
  readonly count: number;
}

/** Those in force; nothing is limited of a deployment that is being made. */
function rateLimitsOf({ running }: Found, nowMs: number): readonly RateLimit[] {
  if (running === null || running.quota.kind !== 'standard') return [];
  const { tokensPerMinute, requestsPerMinute, requestWindowMs } = running.quota.limitsAt(nowMs);
  return rateLimits(requestsPerMinute, requestWindowMs / 1000, tokensPerMinute);
}

/** What is not limited is not named. */
export function rateLimits(
  requestsPerMinute: number,
  requestWindowSeconds: number,
  tokensPerMinute: number,
): readonly RateLimit[] {
  const requests = Math.ceil((requestsPerMinute * requestWindowSeconds) / 60);
  const limits: readonly RateLimit[] = [
    { key: 'request', renewalPeriod: requestWindowSeconds, count: requests },
    { key: 'token', renewalPeriod: 60, count: tokensPerMinute },
  ];
  return limits.filter(({ count }) => Number.isFinite(count));
}
