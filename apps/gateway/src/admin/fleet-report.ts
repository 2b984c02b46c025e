/** The fleet's state as the admin port tells it: what each deployment and backend is, is doing, and until when. */
import type { Backend, BreakerState, Deployment, Fleet, Pool, QuotaReport, States } from '@spillway/policy';
import type {
  BackendReport,
  BreakerReport,
  DeploymentReport,
  FleetReport,
  ForecastReport,
  GatewayPhase,
  PoolReport,
} from '@spillway/protocol';
import { AttemptCounters } from '../observe/attempt-counters.ts';
import { type Counters, ID_CHARS_MAX } from '../observe/counters.ts';

/** What is asked of the ledger here. */
export interface LedgerView extends States {
  readonly fleet: Fleet;
  learnedPools(nowMs: number): readonly Pool[];
}

export interface FleetSource {
  readonly ledger: LedgerView;
  readonly counters: Counters;
  readonly nowMs: () => number;
  readonly startedMs: number;
  readonly version: string;
  readonly phase: () => GatewayPhase;
  /** How many exchanges wait for a pool. */
  readonly waiters: (pool: Pool) => number;
}

/** Names learned from clients that are reported, those asked for last; the ledger may be set to know far more. */
export const REPORTED_NAMES_MAX = 1_000;

export function fleetReport(source: FleetSource): FleetReport {
  const { ledger, counters, startedMs, version, phase } = source;
  const nowMs = source.nowMs();
  const deployments = presentDeployments(source);
  counters.retain((id) => deployments.has(id));
  const all = counters.all();
  return {
    nowMs,
    startedMs,
    version,
    gateway: {
      phase: phase(),
      exchanges: counters.exchanges(),
      attempts: all.attempts(),
      tokens: all.tokens(),
      waiting: waitingIn(source, nowMs),
    },
    pools: poolReports(source, nowMs),
    backends: ledger.fleet.backends.map((backend) => backendReport(backend, source)),
    deployments: [...deployments.values()].map((deployment) => deploymentReport(deployment, source)),
  };
}

/** The same without deployments of learned names that the metrics do not tell apart. */
export function toldApart(report: FleetReport, { ledger, counters }: FleetSource): FleetReport {
  const { deployments, resources } = ledger.fleet;
  const configured = new Set([...deployments, ...resources.members].map(({ id }) => id));
  const isToldApart = ({ id }: DeploymentReport) => configured.has(id) || counters.ofDeployment(id) !== null;
  return { ...report, deployments: report.deployments.filter(isToldApart) };
}

/** By id: those of the configuration, the resources themselves, and those of names learned lately. */
export function presentDeployments({ ledger, nowMs }: FleetSource): ReadonlyMap<string, Deployment> {
  const present = new Map<string, Deployment>();
  const { deployments, resources } = ledger.fleet;
  const learned = ledger.learnedPools(nowMs()).slice(-REPORTED_NAMES_MAX);
  for (const one of [...deployments, ...resources.members, ...learned.flatMap(({ members }) => members)]) {
    if (one.id.length <= ID_CHARS_MAX && !present.has(one.id)) present.set(one.id, one);
  }
  return present;
}

const NOTHING = new AttemptCounters();

export function deploymentReport(deployment: Deployment, { ledger, counters, nowMs }: FleetSource): DeploymentReport {
  const { id, backend, name, model, type, capacity, priority, weight } = deployment;
  const { paused, inFlight, throttle, breaker, quotas, owedTokens, latencyMs } = ledger.deployment(deployment);
  const counted = counters.ofDeployment(id) ?? NOTHING;
  return {
    id,
    backend: backend.name,
    name,
    model,
    type,
    capacity,
    priority,
    weight,
    paused,
    inFlight,
    throttledUntilMs: throttle.source === null ? null : throttle.untilMs,
    throttleSource: throttle.source,
    breaker: breakerReport(breaker, nowMs()),
    attempts: counted.attempts(),
    tokens: counted.tokens(),
    lastMinute: counted.lastMinute.read(nowMs()),
    remaining: counted.remaining(),
    limit: counted.limit(),
    quotas: quotas.map((quota, i) => forecastReport(deployment, i, quota.report(nowMs()))),
    owedTokens,
    latencyMs,
    lastUsedMs: counted.lastUsedMs === 0 ? null : counted.lastUsedMs,
  };
}

/** @param index 0: its own; then the one that it shares. */
function forecastReport({ quotaKey }: Deployment, index: number, report: QuotaReport): ForecastReport {
  return { name: index === 0 ? null : (quotaKey?.name ?? null), ...report };
}

export function backendReport(backend: Backend, { ledger, nowMs }: FleetSource): BackendReport {
  const { name, url, region, credential } = backend;
  const breaker = breakerReport(ledger.backend(backend).breaker, nowMs());
  return { name, url, region, breaker, credential: credential.kind };
}

/** A breaker whose time is up lets the next attempt through as its probe: it is half open, although nobody has come yet. */
function breakerReport(breaker: BreakerState, nowMs: number): BreakerReport {
  if (breaker.kind === 'open' && nowMs < breaker.untilMs) return { state: 'open', untilMs: breaker.untilMs };
  return { state: breaker.kind === 'closed' ? 'closed' : 'halfOpen', untilMs: null };
}

function poolReports({ ledger, waiters }: FleetSource, nowMs: number): readonly PoolReport[] {
  const learned = ledger.learnedPools(nowMs).slice(-REPORTED_NAMES_MAX);
  const named = [...ledger.fleet.pools, ...learned.map((pool) => [pool.name, pool] as const)];
  return named.map(([name, pool]) => {
    return { name, members: pool.members.map(({ id }) => id), waiting: waiters(pool) };
  });
}

/** Several names may lead to one pool. */
function waitingIn({ ledger, waiters }: FleetSource, nowMs: number): number {
  const pools = new Set([...ledger.fleet.pools.values(), ...ledger.learnedPools(nowMs), ledger.fleet.resources]);
  return [...pools].reduce((sum, pool) => sum + waiters(pool), 0);
}
