/** For tests: requests that have ended, without a server. */
import { Deployment, type DeploymentOptions } from '@spillway/azure-model';
import { ModelTable } from '@spillway/protocol';
import type { EndedRequest } from './tally.ts';

/** A whole minute. Milliseconds since 1970. */
export const NINE_MS = Date.UTC(2026, 2, 2, 9, 0, 0);
export const MINUTE_MS = 60_000;

const MODELS = new ModelTable([]);

/** Of gpt-4o: a unit is 2,500 tokens of prompts a minute, a token of an answer counts four times (wire §7.3). */
export function deploymentOf(options: Partial<DeploymentOptions> = {}): Deployment {
  const all = { name: 'units', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 10, ...options } as const;
  return new Deployment(all, MODELS.facts(all.model));
}

export interface Ended {
  readonly deployment: Deployment;
  readonly startMs: number;
  readonly firstMs?: number;
  readonly endMs?: number;
  readonly status?: number;
  readonly streaming?: boolean;
  readonly spilledFrom?: string;
  readonly promptTokens?: number;
  readonly cachedTokens?: number;
  readonly completionTokens?: number;
}

/** One that took no time and no tokens, unless said otherwise. */
export function ended(of: Ended): EndedRequest {
  const { deployment, startMs, endMs = startMs, status = 200, streaming = false, spilledFrom = null } = of;
  const { promptTokens = 0, cachedTokens = 0, completionTokens = 0 } = of;
  return {
    metered: { operationId: 'ChatCompletions_Create', apiVersion: 'v1', deployment, streaming, spilledFrom },
    status,
    answered: status < 400 || status === 499,
    usage: status === 429 ? null : { promptTokens, cachedTokens, completionTokens },
    startMs,
    firstMs: of.firstMs ?? null,
    endMs,
  };
}
