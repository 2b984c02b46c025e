/** For tests: a gateway's report with as little said as possible. */
import type { BreakerReport, DeploymentReport, FleetReport } from '@spillway/protocol';

export const NOW_MS = 1_800_000_000_000;

const CLOSED: BreakerReport = { state: 'closed', untilMs: null };
const NOTHING = { total: 0, byOutcome: {} };
const NO_TOKENS = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };

export function deploymentReport(backend: string, more: Partial<DeploymentReport> = {}): DeploymentReport {
  return {
    id: `${backend}/${more.name ?? 'chat'}`,
    backend,
    name: 'chat',
    model: 'gpt-4o',
    type: 'Standard',
    capacity: 30,
    priority: 1,
    weight: 1,
    paused: false,
    inFlight: 0,
    throttledUntilMs: null,
    throttleSource: null,
    breaker: CLOSED,
    attempts: NOTHING,
    tokens: NO_TOKENS,
    lastMinute: { attempts: 0, throttled: 0, promptTokens: 0, completionTokens: 0 },
    remaining: null,
    limit: null,
    quotas: [],
    owedTokens: 0,
    latencyMs: null,
    lastUsedMs: null,
    ...more,
  };
}

export function fleetReport(
  deployments: readonly DeploymentReport[],
  breakers: Readonly<Record<string, BreakerReport>> = {},
): FleetReport {
  return {
    nowMs: NOW_MS,
    startedMs: NOW_MS - 60_000,
    version: '0.1.0',
    gateway: {
      phase: 'ready',
      exchanges: { total: 0, inFlight: 0, answered: 0, failed: 0, throttledToClient: 0, clientGone: 0, failedOver: 0 },
      attempts: NOTHING,
      tokens: NO_TOKENS,
      waiting: 0,
    },
    pools: [],
    backends: [...new Set(deployments.map(({ backend }) => backend))].map((name) => ({
      name,
      url: `http://${name}`,
      region: null,
      breaker: breakers[name] ?? CLOSED,
      credential: 'key' as const,
    })),
    deployments,
  };
}
