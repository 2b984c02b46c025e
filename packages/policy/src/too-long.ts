/** Which deployments a long prompt is not worth sending to, after one of them refused it (wire §3.2, §7.7). */
import { type Deployment, isProvisioned } from './fleet.ts';
import type { Need } from './need.ts';

/** Of a request that was refused for its length, as estimated. Tokens. */
export interface Length {
  readonly promptTokens: number;
  /** With the longest answer asked for: that is refused too where both together do not fit. */
  readonly totalTokens: number;
}

/** @returns null where the request's length is not known. */
export function lengthOf({ promptTokens, answerTokensMax }: Need): Length | null {
  return promptTokens > 0 ? { promptTokens, totalTokens: promptTokens + (answerTokensMax ?? 0) } : null;
}

/** Whether a request is no shorter in any way than one that was refused. */
export function isAsLong({ promptTokens, answerTokensMax }: Need, refused: Length): boolean {
  return promptTokens >= refused.promptTokens && promptTokens + (answerTokensMax ?? 0) >= refused.totalTokens;
}

/**
 * Whether what was too long for the one is too long for the other, as far as is known. A provisioned deployment may refuse what a
 * Standard one of the same model serves; never the other way round.
 */
export function isAsShort(deployment: Deployment, refuser: Deployment): boolean {
  const { contextTokens } = deployment;
  if (deployment.id === refuser.id) return true;
  if (contextTokens !== null && refuser.contextTokens !== null && contextTokens !== refuser.contextTokens) {
    return contextTokens < refuser.contextTokens;
  }
  return deployment.model === refuser.model && (isOfUnits(deployment) || !isOfUnits(refuser));
}

function isOfUnits({ type }: Deployment): boolean {
  return type !== null && isProvisioned(type);
}
