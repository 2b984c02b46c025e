/**
 * The gateway's report as the rows of the demo's table. Pure. The simulated quota's minute runs from a deployment's first
 * request, so the demo remembers when that was: a count that Azure named in a minute that is over says nothing about this one.
 */
import type { DeploymentReport, FleetReport } from '@spillway/protocol';

export type RowState =
  | { readonly kind: 'serving' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'throttled'; readonly leftMs: number }
  | { readonly kind: 'broken'; readonly leftMs: number };

export interface DeploymentRow {
  readonly id: string;
  readonly backend: string;
  /** The deployment's name. */
  readonly name: string;
  /** Of this minute's quota, as Azure counts: estimates on arrival. Tokens. */
  readonly usedTokens: number;
  readonly quotaTokens: number;
  /** Attempts that were answered, since the start. */
  readonly served: number;
  /** 429s from Azure, since the start. */
  readonly throttles: number;
  readonly state: RowState;
}

/** When each deployment's first minute began, by id. Milliseconds of the gateway's clock. */
export type Minutes = ReadonlyMap<string, number>;

const MINUTE_MS = 60_000;
/** Seen to serve for so long after an attempt began. Milliseconds. */
const SERVING_MS = 1_500;

export function minutesOf(before: Minutes, report: FleetReport): Minutes {
  const begun = report.deployments.filter(({ id, lastUsedMs }) => lastUsedMs !== null && !before.has(id));
  if (begun.length === 0) return before;
  return new Map([...before, ...begun.map(({ id, lastUsedMs }) => [id, lastUsedMs ?? 0] as const)]);
}

/** Deployments of this name, and others once they are asked for anything. */
export interface Shown {
  readonly name: string;
  /** Uses before do not count. Milliseconds of the gateway's clock; Infinity: none does. */
  readonly othersSinceMs: number;
}

export function deploymentRows(report: FleetReport, minutes: Minutes, shown: Shown): readonly DeploymentRow[] {
  const { name, othersSinceMs } = shown;
  const isShown = (each: DeploymentReport) => each.name === name || (each.lastUsedMs ?? 0) >= othersSinceMs;
  return report.deployments.filter(isShown).map((each) => rowOf(each, report, minutes));
}

function rowOf(of: DeploymentReport, report: FleetReport, minutes: Minutes): DeploymentRow {
  const quotaTokens = of.limit?.tokens ?? (of.capacity ?? 0) * 1000;
  const { id, backend, name } = of;
  return {
    id,
    backend,
    name,
    usedTokens: usedTokens(of, quotaTokens, report.nowMs, minutes.get(of.id) ?? null),
    quotaTokens,
    served: of.attempts.byOutcome.answered ?? 0,
    throttles: of.attempts.byOutcome.throttled ?? 0,
    state: stateOf(of, report),
  };
}

function usedTokens(of: DeploymentReport, quotaTokens: number, nowMs: number, firstMs: number | null): number {
  const left = of.remaining?.tokens ?? null;
  if (left === null || of.remaining === null || firstMs === null) return 0;
  const minuteMs = firstMs + Math.floor((nowMs - firstMs) / MINUTE_MS) * MINUTE_MS;
  return of.remaining.atMs < minuteMs ? 0 : Math.max(0, quotaTokens - left);
}

function stateOf(of: DeploymentReport, { nowMs, backends }: FleetReport): RowState {
  if (of.paused) return { kind: 'paused' };
  const open = [of.breaker, backends.find(({ name }) => name === of.backend)?.breaker].map((b) => b?.untilMs ?? nowMs);
  const brokenMs = Math.max(...open) - nowMs;
  if (brokenMs > 0) return { kind: 'broken', leftMs: brokenMs };
  const throttledMs = (of.throttledUntilMs ?? nowMs) - nowMs;
  if (throttledMs > 0) return { kind: 'throttled', leftMs: throttledMs };
  const recent = of.lastUsedMs !== null && nowMs - of.lastUsedMs < SERVING_MS;
  return { kind: of.inFlight > 0 || recent ? 'serving' : 'idle' };
}
