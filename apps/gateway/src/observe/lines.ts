/** Events as log lines: one text, the same in both formats, and the fields of the JSON record. A fold without state. */
import { type BreakerState, type Outcome, statusOf } from '@spillway/policy';
import { printable } from '../printable.ts';
import type { AttemptRecord, ExchangeRecord, GatewayEvent } from './events.ts';

export type Level = 'info' | 'warn' | 'error';

export interface Line {
  readonly level: Level;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @returns null for events that are not logged. */
export function lineOf(event: GatewayEvent): Line | null {
  switch (event.kind) {
    case 'attemptJudged':
      return attemptLine(event.attempt);
    case 'exchangeEnded':
      return exchangeLine(event.exchange);
    case 'throttled': {
      const { deployment, untilMs, source, atMs } = event;
      const text = `Throttled ${printable(deployment.id)} for ${ms(untilMs - atMs)}, until ${time(untilMs)} (${source})`;
      return {
        level: 'warn',
        text,
        fields: { event: 'throttled', deployment: deployment.id, untilMs: Math.round(untilMs), source },
      };
    }
    case 'breakerMoved': {
      const { scope, name, state, atMs } = event;
      const fields = { event: 'breaker', scope, name, state: state.kind };
      return {
        level: state.kind === 'closed' ? 'info' : 'warn',
        text: breakerText(scope, printable(name), state, atMs),
        fields,
      };
    }
    case 'operatorProblem': {
      const { subject, message } = event;
      return {
        level: 'error',
        text: `Operator: ${printable(subject)}: ${message}`,
        fields: { event: 'operatorProblem', subject },
      };
    }
    case 'notice':
      return { level: 'info', text: event.message, fields: { event: 'notice' } };
    case 'exchangeBegan':
    case 'waited':
    case 'attemptEnded':
      return null;
  }
}

/** Begins literally as the samples' log stream does: `Proxying to <backend url><path>` (articles A.6). */
function attemptLine(attempt: AttemptRecord): Line {
  const { deployment, outcome, number, requestId, path, headMs } = attempt;
  const took = headMs === null ? '' : ` in ${ms(headMs)}`;
  return {
    level: failed(outcome) ? 'warn' : 'info',
    text: `Proxying to ${deployment.backend.url}${path}: ${outcomeText(outcome)}${took} (${printable(deployment.id)}, attempt ${number}, ${requestId})`,
    fields: {
      event: 'attempt',
      requestId,
      attempt: number,
      backend: deployment.backend.name,
      deployment: deployment.id,
      outcome: outcome.kind,
      status: statusOf(outcome),
      headMs: round(headMs),
    },
  };
}

function exchangeLine(exchange: ExchangeRecord): Line {
  const { requestId, client, operation, model, deployment, attempts, status, ending, streamed, usage } = exchange;
  const from = deployment === null ? 'the gateway' : printable(deployment);
  const end = ending === 'whole' ? '' : ending === 'cut' ? ', cut off' : ', client gone';
  const about = exchange.usageEstimated ? 'about ' : '';
  const tokens =
    usage.promptTokens === null ? '' : `, ${about}${usage.promptTokens}+${usage.completionTokens ?? 0} tokens`;
  const waited = exchange.waitedMs > 0 ? `, waited ${ms(exchange.waitedMs)}` : '';
  const tries = `${attempts} attempt${attempts === 1 ? '' : 's'}`;
  return {
    level: status >= 500 || ending === 'cut' ? 'warn' : 'info',
    text: `Answered ${status} from ${from} in ${ms(exchange.durationMs)}${end}: ${operation}${model === null ? '' : ` ${printable(model)}`}, ${tries}${waited}${tokens}${costText(exchange.cost)} (${requestId})`,
    fields: {
      event: 'exchange',
      requestId,
      client,
      operation,
      model,
      deployment,
      attempts,
      status,
      ending,
      streamed,
      hedged: exchange.hedged,
      promptTokens: usage.promptTokens,
      completionTokens: usage.completionTokens,
      cachedTokens: usage.cachedTokens,
      reasoningTokens: usage.reasoningTokens,
      usageEstimated: exchange.usageEstimated,
      ...costFields(exchange.cost),
      waitedMs: round(exchange.waitedMs),
      ttfbMs: round(exchange.ttfbMs),
      durationMs: round(exchange.durationMs),
    },
  };
}

/** Money of one request is little: six digits that count. */
function costText(cost: ExchangeRecord['cost']): string {
  if (cost === null || typeof cost === 'string') return '';
  return cost.kind === 'provisioned' ? ', served by units' : `, ${Number(cost.amount.toPrecision(6))} ${cost.currency}`;
}

/** None where the gateway has no prices. */
function costFields(cost: ExchangeRecord['cost']): Readonly<Record<string, unknown>> {
  if (cost === null) return {};
  return typeof cost === 'string' ? { cost: null } : { cost: cost.amount, currency: cost.currency };
}

function breakerText(scope: 'deployment' | 'backend', name: string, state: BreakerState, atMs: number): string {
  switch (state.kind) {
    case 'closed':
      return `Breaker of ${scope} ${name} closed: it works again`;
    case 'open':
      return `Breaker of ${scope} ${name} opened for ${ms(state.untilMs - atMs)}: too many failures`;
    case 'halfOpen':
      return `Breaker of ${scope} ${name} is half open: one request at a time may try it`;
  }
}

function outcomeText(outcome: Outcome): string {
  if ('code' in outcome) return `${outcome.kind} (${outcome.code})`;
  const status = statusOf(outcome);
  return status === null ? outcome.kind : outcome.kind === 'answered' ? String(status) : `${status} ${outcome.kind}`;
}

function failed(outcome: Outcome): boolean {
  return outcome.kind !== 'answered' && outcome.kind !== 'clientGone';
}

function ms(value: number): string {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** A tenth of a millisecond is as fine as logs need. */
function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

function time(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}
