/** Enters how an attempt ended: in the ledger, where it moves throttle and breakers, and in the events that tell of it. */
import {
  answerBegan,
  type Begun,
  begin,
  type Deployment,
  end,
  type Need,
  NO_PROBES,
  type Outcome,
  type Probes,
  statusOf,
} from '@spillway/policy';
import { NO_USAGE, type Usage } from '@spillway/protocol';
import { type Attempt, headerOf } from '../exchange/attempt.ts';
import type { Context } from '../exchange/context.ts';
import { azureIds } from '../explain/azure-ids.ts';
import type { RawHeaders } from '../listen/inbound.ts';
import type { QuotaHeaders } from '../observe/events.ts';
import { settleQuotas } from './quota.ts';

/** Marks an attempt as begun, and tells where it is the probe of a breaker. */
export function beginAttempt(context: Context, deployment: Deployment, need: Need, nowMs: number): Begun {
  const begun = begin(context.ledger, deployment, need, nowMs);
  tellBreakers(context, deployment, begun.probes, nowMs);
  return begun;
}

/** The answer has begun: a probe has found out what it was sent for, however long the rest may take. */
export function commit(context: Context, attempt: Attempt): void {
  const { probes, deployment } = attempt;
  if (!probes.deployment && !probes.backend && !probes.throttle) return;
  const nowMs = context.clock.nowMs();
  answerBegan(context.ledger, deployment, probes, nowMs, context.config.policy);
  attempt.probes = NO_PROBES;
  tellBreakers(context, deployment, probes, nowMs);
}

function tellBreakers(
  { ledger, emit }: Context,
  deployment: Deployment,
  which: Omit<Probes, 'throttle'>,
  atMs: number,
): void {
  const { backend } = deployment;
  if (which.deployment) {
    const { breaker: state } = ledger.deployment(deployment);
    emit({ kind: 'breakerMoved', scope: 'deployment', name: deployment.id, state, atMs });
  }
  if (which.backend) {
    emit({ kind: 'breakerMoved', scope: 'backend', name: backend.name, state: ledger.backend(backend).breaker, atMs });
  }
}

/** The ledger's part, once for each attempt; for a failed one before the next is picked. */
export function settle(context: Context, attempt: Attempt, nowMs: number, usage: Usage = NO_USAGE): void {
  if (attempt.settled) return;
  attempt.settled = true;
  const { ledger, config, emit } = context;
  settleQuotas(ledger, attempt, usage, nowMs);
  const { deployment, record, probes, reservations, isEcho } = attempt;
  const ended = { outcome: record.outcome, probes, reservations, isEcho, unit: context.unit() };
  const moved = end(ledger, deployment, ended, nowMs, config.policy);
  tellOperator(context, attempt, nowMs);
  if (!moved.throttled && !moved.deploymentBreaker && !moved.backendBreaker) return;
  const state = ledger.deployment(deployment);
  if (moved.throttled) {
    const { untilMs, source } = state.throttle;
    emit({ kind: 'throttled', deployment, untilMs, source: source ?? 'default', atMs: nowMs });
  }
  tellBreakers(context, deployment, { deployment: moved.deploymentBreaker, backend: moved.backendBreaker }, nowMs);
}

/** What failover hides from clients and only an operator can mend. */
function tellOperator(context: Context, attempt: Attempt, nowMs: number): void {
  const { deployment, record } = attempt;
  const { outcome } = record;
  const { backend } = deployment;
  const tell = (subject: string, message: string) => context.emit({ kind: 'operatorProblem', subject, message });
  switch (outcome.kind) {
    case 'refused':
      if (outcome.status === 401) context.credential(backend).refused(nowMs);
      return tell(
        backend.name,
        `the backend refused the gateway's credential or network with ${outcome.status}; check its key or role assignment, and its firewall`,
      );
    case 'noCredential':
      return tell(backend.name, 'no token could be had for this backend; see the messages about signing in');
    case 'deploymentMissing':
      return tell(
        deployment.id,
        'the backend does not know this deployment (404 DeploymentNotFound); create it there, or mend its name in the configuration',
      );
    default:
      return;
  }
}

/** The events' part, once for each attempt. */
export function close(context: Context, attempt: Attempt, usage: Usage, nowMs: number): void {
  const { record, head } = attempt;
  if (record.durationMs !== null) return;
  record.durationMs = nowMs - record.startedMs;
  record.chargedTokens = attempt.reservations[0]?.charge ?? null;
  if (head !== null) {
    record.quota = quotaHeaders(head.headers);
    record.azure = azureIds(head.headers);
  }
  context.emit({ kind: 'attemptEnded', attempt: record, usage, endedMs: nowMs });
}

function quotaHeaders(headers: RawHeaders): QuotaHeaders | null {
  const remainingTokens = headerOf(headers, 'x-ratelimit-remaining-tokens') ?? null;
  const remainingRequests = headerOf(headers, 'x-ratelimit-remaining-requests') ?? null;
  if (remainingTokens === null && remainingRequests === null) return null;
  const limitTokens = headerOf(headers, 'x-ratelimit-limit-tokens') ?? null;
  const limitRequests = headerOf(headers, 'x-ratelimit-limit-requests') ?? null;
  return { remainingTokens, remainingRequests, limitTokens, limitRequests };
}

/** One line for a person: `connectFailed ECONNREFUSED`, `serverError 503`. */
export function failureText(outcome: Outcome): string {
  if ('code' in outcome) return `${outcome.kind} ${outcome.code}`;
  const status = statusOf(outcome);
  return status === null ? outcome.kind : `${outcome.kind} ${status}`;
}
