/** What a changed deployment goes on with: the answers under way, and the counters of the one before, where both count the same. */
import type { Deployment } from '@spillway/azure-model';

/** A bucket keeps its tokens, not its percentage: twice the units make it half as full. */
export function carryCounters(from: Deployment, to: Deployment, nowMs: number): void {
  if (from.quota.kind === 'standard' && to.quota.kind === 'standard') {
    // Set requests count as those of the present slice, which is what decides; so those are carried.
    const { tokens, requestsInSlice, throttledUntilMs, loweredUntilMs } = from.quota.state(nowMs);
    to.quota.set({ tokens, requests: requestsInSlice }, nowMs);
    const lowered = Math.min(from.quota.limitsAt(nowMs).tokensPerMinute, to.quota.limitsAt(nowMs).tokensPerMinute);
    if (loweredUntilMs !== null) to.quota.lower(lowered, loweredUntilMs);
    if (throttledUntilMs !== null) to.quota.throttleUntil(throttledUntilMs);
  }
  if (from.quota.kind === 'provisioned' && to.quota.kind === 'provisioned') {
    to.quota.goOnFrom(from.quota, nowMs);
  }
  from.succeededBy(to);
}
