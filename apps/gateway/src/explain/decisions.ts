/** Decisions as they are told: the whole record of one exchange, and the short form in lists. Made when asked for. */
import { hash } from 'node:crypto';
import { type AzureIds, type CourseAttempt, type DecisionRecord, recordOf, statusOf } from '@spillway/policy';
import type { DecisionList, DecisionSummary } from '@spillway/protocol';
import type { AttemptRecord, ExchangeRecord } from '../observe/events.ts';
import { printable } from '../printable.ts';
import type { DecisionRing, Kept } from './ring.ts';

export function recordOfKept({ exchange, trail }: Kept): DecisionRecord {
  const { requestId, client, operation, model, durationMs, status, ending, usage, usageEstimated } = exchange;
  const { pool, need, picks, picksLeftOut, waits, retryAfterMs } = trail;
  const course = {
    requestId,
    client,
    operation,
    model: model === null ? null : printable(model),
    pool,
    startedMs: exchange.endedMs - durationMs,
    durationMs,
    status,
    ending,
    servedBy: exchange.deployment,
    retryAfterMs,
    need,
    picks,
    picksLeftOut,
    waits,
    attempts: trail.attempts.map(courseAttempt),
    usage,
    usageEstimated,
    cost: costShown(exchange.cost),
  };
  return recordOf(course, digestOfText);
}

/** The name of a deployment without a model stands for it, and a client may have chosen that. */
function costShown(cost: ExchangeRecord['cost']): ExchangeRecord['cost'] {
  return cost === null || typeof cost === 'string' ? cost : { ...cost, model: printable(cost.model) };
}

function digestOfText(text: string): string {
  return `sha256:${hash('sha256', text, 'hex')}`;
}

function courseAttempt(attempt: AttemptRecord): CourseAttempt {
  const { deployment, startedMs, headMs, durationMs, outcome, chargedTokens, azure } = attempt;
  return { deployment: deployment.id, startedMs, headMs, durationMs, outcome, chargedTokens, azure: shown(azure) };
}

/** They come from elsewhere, and will stand in terminals. */
function shown({ apimRequestId, requestId, region }: AzureIds): AzureIds {
  return {
    apimRequestId: apimRequestId === null ? null : printable(apimRequestId),
    requestId: requestId === null ? null : printable(requestId),
    region: region === null ? null : printable(region),
  };
}

/** null: any. */
export interface DecisionFilter {
  readonly limit: number;
  /** Id of a deployment that was tried. */
  readonly deployment: string | null;
  /** The one, or all that begin like it: `429`, `5xx`. */
  readonly status: string | null;
  readonly client: string | null;
}

export function decisionList(ring: DecisionRing, filter: DecisionFilter, nowMs: number): DecisionList {
  const decisions: DecisionSummary[] = [];
  for (const kept of ring.newest()) {
    if (decisions.length >= filter.limit) break;
    if (isWanted(kept, filter)) decisions.push(summaryOf(kept));
  }
  return { nowMs, kept: ring.size, recordsMax: ring.recordsMax, decisions };
}

function isWanted({ exchange, trail }: Kept, { deployment, status, client }: DecisionFilter): boolean {
  if (client !== null && exchange.client !== client) return false;
  if (status !== null && !String(exchange.status).startsWith(status.replace('xx', ''))) return false;
  return deployment === null || trail.attempts.some((attempt) => attempt.deployment.id === deployment);
}

/** Nothing where the gateway has no prices. */
function costSummary(cost: ExchangeRecord['cost']): Partial<DecisionSummary> {
  if (cost === null) return {};
  if (typeof cost === 'string') return { cost: null };
  const { amount, currency, basis } = cost;
  return { cost: { amount, currency, basis } };
}

function summaryOf({ exchange, trail }: Kept): DecisionSummary {
  const { requestId, endedMs, durationMs, client, operation, model, status, usage } = exchange;
  return {
    requestId,
    endedMs,
    durationMs,
    client,
    operation,
    model: model === null ? null : printable(model),
    pool: trail.pool,
    status,
    servedBy: exchange.deployment,
    attempts: trail.attempts.map(({ deployment, outcome }) => {
      return { deployment: deployment.id, outcome: outcome.kind, status: statusOf(outcome) };
    }),
    waitedMs: trail.waitedMs,
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    ...costSummary(exchange.cost),
  };
}
