/** Which deployments a request that has waited may not use: waiting is for those that refused it for their quota. */
import type { Outcome } from '../outcome.ts';

/** A deployment is tried so often in one exchange, each time but the first after a wait, and only while it answers 429. */
export const TRIES_EACH_MAX = 3;

/** @param tried ids in turn. @param outcomes of each, as far as they are known. */
export function barredAfterWait(tried: readonly string[], outcomes: readonly (Outcome | undefined)[]): string[] {
  return tried.filter((id, i) => {
    const tries = tried.filter((other) => other === id).length;
    return tries >= TRIES_EACH_MAX || outcomes[i]?.kind !== 'throttled';
  });
}
