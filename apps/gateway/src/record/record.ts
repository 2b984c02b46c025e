/** Enters how an attempt ended: in the ledger, where it moves throttle and breakers, and in the events that tell of it. */
import {
  answerBegan,
  begin,
  type Deployment,
  end,
  NO_PROBES,
  type Outcome,
  type Probes,
  statusOf,
} from '@spillway/policy';
import type { Usage } from '@spillway/protocol';
import { type Attempt, headerOf } from '../exchange/attempt.ts';
import type { Context } from '../exchange/context.ts';
import type { RawHeaders } from '../listen/inbound.ts';
import type { QuotaHeaders } from '../observe/events.ts';

/** Marks an attempt as begun, and tells where it is the probe of a breaker. */
export function beginAttempt(context: Context, deployment: Deployment, nowMs: number): Probes {
  const probes = begin(context.ledger, deployment, nowMs);
  tellBreakers(context, deployment, probes, nowMs);
  return probes;
}

/** The answer has begun: a probe has found out what it was sent for, however long the rest may take. */
export function commit(context: Context, attempt: Attempt): void {
  const { probes, deployment } = attempt;
  if (!probes.deployment && !probes.backend) return;
  const nowMs = context.clock.nowMs();
  answerBegan(context.ledger, deployment, probes, nowMs, context.config.policy);
  attempt.probes = NO_PROBES;
  tellBreakers(context, deployment, probes, nowMs);
}

function tellBreakers({ ledger, emit }: Context, deployment: Deployment, which: Probes, atMs: number): void {
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
export function settle(context: Context, attempt: Attempt, nowMs: number): void {
  if (attempt.settled) return;
  attempt.settled = true;
  const { ledger, config, emit } = context;
  const { deployment, record, probes } = attempt;
  const moved = end(ledger, deployment, { outcome: record.outcome, probes }, nowMs, config.policy);
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
  if (head !== null) record.quota = quotaHeaders(head.headers);
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
