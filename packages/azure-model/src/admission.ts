/** Whether a deployment's quota lets a request in, told in the headers and, where it does not, in Azure's words. */
import type { Deployment } from './deployment.ts';
import { type Answer, refused } from './reply.ts';
import type { ResourceFacts } from './resource.ts';
import {
  type FlatHeaders,
  type HeaderContext,
  NO_RESETS,
  rateLimitHeaders,
  retryHeaders,
  utilisationHeaders,
} from './wire/headers.ts';
import { provisionedFull, rateLimited } from './wire/refusals.ts';

/** A request that wants to be let in. */
export interface Arrival {
  readonly deployment: Deployment;
  readonly context: HeaderContext;
  /** Where the quota is told. */
  readonly headers: FlatHeaders;
  /** As Azure's messages name it: `ChatCompletions_Create`. */
  readonly operationId: string;
  readonly apiVersion: string;
  readonly nowMs: number;
}

export class Gate {
  readonly #facts: ResourceFacts;

  constructor(facts: ResourceFacts) {
    this.#facts = facts;
  }

  /**
   * Counts the request and tells its quota in the headers.
   * @param cost of one that a Standard quota counts: tokens; of a provisioned one: normalised tokens.
   * @returns the 429; null where it is admitted.
   */
  admit(arrival: Arrival, cost: number): Answer | null {
    const { deployment, headers, context, nowMs } = arrival;
    const { quota } = deployment;
    if (quota.kind === 'provisioned') {
      const admission = quota.admit(cost, nowMs);
      headers.push(...utilisationHeaders(admission.utilisation));
      deployment.count(admission.kind);
      if (admission.kind === 'admitted') return null;
      headers.push(...retryHeaders(admission.waitMs));
      return refused(provisionedFull(secondsOf(admission.waitMs)), headers, deployment.name);
    }
    const admission = quota.admit(cost, nowMs);
    const limits = quota.limitsAt(nowMs);
    deployment.count(admission.kind);
    if (admission.kind === 'admitted') {
      headers.push(...rateLimitHeaders(context.dialect, deployment.facts.name, limits, admission.left, NO_RESETS));
      return null;
    }
    const { exceeded, waitMs, left } = admission;
    const seconds = secondsOf(waitMs);
    const resets = {
      requestsSeconds: exceeded === 'requests' ? seconds : 0,
      tokensSeconds: exceeded === 'tokens' ? seconds : 0,
    };
    headers.push(...rateLimitHeaders(context.dialect, deployment.facts.name, limits, left, resets));
    headers.push(...retryHeaders(waitMs));
    const refusal = rateLimited(
      {
        deployment: deployment.name,
        model: deployment.facts.name,
        region: this.#facts.region,
        operationId: arrival.operationId,
        apiVersion: arrival.apiVersion,
        exceeded,
        retryAfterSeconds: seconds,
      },
      context.dialect,
    );
    return refused(refusal, headers, deployment.name);
  }
}

function secondsOf(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}
