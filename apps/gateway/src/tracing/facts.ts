/**
 * What spans say of an exchange and its attempts: names, figures and ids, by OpenTelemetry's conventions for generative AI and HTTP, and
 * `spillway.…` for what they have no word for. Never a word of a request or an answer, no header but Azure's request ids, no query.
 * Sources: wire reference §9.3; OpenTelemetry semantic conventions, "Generative AI client spans", "HTTP spans".
 */
import { type Decision, type PassedOver, passedOver, statusOf } from '@spillway/policy';
import type { Usage } from '@spillway/protocol';
import type { Facts } from '@spillway/tracing';
import { decisionText } from '../exchange/decision-text.ts';
import type { Trail } from '../explain/trail.ts';
import type { AttemptRecord, ExchangeRecord } from '../observe/events.ts';

/** Of one value. Application Insights cuts them at 8,192. */
const FACT_CHARS_MAX = 4_096;
/** The last choice's; a large pool has more than anybody reads. */
const PASSED_OVER_MAX = 40;

/** The conventions' word for an operation; they have none for the others. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['chat.completions', 'chat'],
  ['responses', 'chat'],
  ['completions', 'text_completion'],
  ['embeddings', 'embeddings'],
]);

/** As the client asked. */
export interface Asked {
  readonly method: string;
  /** Without query. */
  readonly path: string;
}

/** @param model null: none, or none that the fleet has, so that nobody makes names at will. */
export function spanName(method: string, operation: string, model: string | null): string {
  const word = WORDS.get(operation);
  if (word === undefined) return `${method} ${operation}`;
  return model === null || model === '' ? word : `${word} ${model}`;
}

export function exchangeFacts(exchange: ExchangeRecord, trail: Trail | null, { method, path }: Asked): Facts {
  const { operation, model, client, deployment, usage, waitedMs, ttfbMs, status, ending } = exchange;
  return {
    ...generation(operation, model, usage),
    'http.request.method': method,
    'url.path': path.slice(0, FACT_CHARS_MAX),
    ...(status === 0 ? {} : { 'http.response.status_code': status }),
    'spillway.request_id': exchange.requestId,
    'spillway.operation': operation,
    'spillway.attempts': exchange.attempts,
    'spillway.waited_ms': rounded(waitedMs),
    'spillway.ending': ending,
    'spillway.streamed': exchange.streamed,
    ...(exchange.hedged ? { 'spillway.hedged': true } : {}),
    ...(exchange.usageEstimated ? { 'spillway.usage_estimated': true } : {}),
    ...costFacts(exchange.cost),
    ...(client === null ? {} : { 'spillway.client': client }),
    ...(deployment === null ? {} : { 'spillway.deployment': deployment }),
    ...(ttfbMs === null ? {} : { 'spillway.ttfb_ms': rounded(ttfbMs) }),
    ...(trail === null ? {} : decisionFacts(trail)),
  };
}

function costFacts(cost: ExchangeRecord['cost']): Facts {
  if (cost === null || typeof cost === 'string') return {};
  return { 'spillway.cost': cost.amount, 'spillway.cost_currency': cost.currency };
}

function decisionFacts({ pool, need, attempts, picks, waitedMs, retryAfterMs }: Trail): Facts {
  const tried = attempts.map(({ deployment }) => deployment.id);
  const outcomes = attempts.map(({ outcome }) => outcome);
  const text = decisionText(tried, outcomes, picks.at(-1) ?? null, waitedMs);
  return {
    ...(pool === null ? {} : { 'spillway.pool': pool }),
    ...(need === null ? {} : { 'spillway.class': need.class, 'spillway.estimated_prompt_tokens': need.promptTokens }),
    ...(retryAfterMs === null ? {} : { 'spillway.retry_after_ms': retryAfterMs }),
    'spillway.decision': text.slice(0, FACT_CHARS_MAX),
  };
}

/** @param picked the choice that led to it; null: not kept. */
export function attemptFacts(attempt: AttemptRecord, picked: Decision | null, exchange: ExchangeRecord): Facts {
  const { deployment, outcome, number, quota, azure, headMs, path } = attempt;
  const { backend } = deployment;
  const isServing = exchange.deployment === deployment.id && attempt.outcome.kind !== 'outpaced';
  const status = statusOf(outcome);
  const hint = outcome.kind === 'throttled' ? outcome.hint : null;
  return {
    ...generation(exchange.operation, modelOf(attempt), isServing ? exchange.usage : null),
    ...addressOf(backend.url),
    'http.request.method': attempt.method,
    'url.path': path.slice(0, FACT_CHARS_MAX),
    ...(status === null ? {} : { 'http.response.status_code': status }),
    ...(number > 1 ? { 'http.request.resend_count': number - 1 } : {}),
    'spillway.request_id': attempt.requestId,
    'spillway.attempt': number,
    'spillway.deployment': deployment.id,
    'spillway.backend': backend.name,
    'spillway.priority': deployment.priority,
    'spillway.outcome': outcome.kind,
    'spillway.passed_over': reasonsOf(attempt.passedOver),
    ...(deployment.type === null ? {} : { 'spillway.deployment_type': deployment.type }),
    ...('code' in outcome ? { 'spillway.error_code': outcome.code } : {}),
    ...(hint === null ? {} : { 'spillway.retry_after_ms': rounded(hint.waitMs) }),
    ...(headMs === null ? {} : { 'spillway.head_ms': rounded(headMs) }),
    ...utilization(attempt, picked),
    ...figure('spillway.quota.remaining_tokens', quota?.remainingTokens),
    ...figure('spillway.quota.remaining_requests', quota?.remainingRequests),
    ...(azure.apimRequestId === null ? {} : { 'azure.service.request.id': azure.apimRequestId }),
    ...(azure.region === null ? {} : { 'cloud.region': azure.region }),
  };
}

/** As Azure knows it; for a request that names none, none. */
export function modelOf({ deployment: { name } }: AttemptRecord): string | null {
  return name === '' ? null : name;
}

/** What failed, in a word; null: nothing did, or it was not the backend that failed. */
export function attemptError({ outcome }: AttemptRecord): string | null {
  const { kind } = outcome;
  if (kind === 'clientGone' || kind === 'outpaced') return null;
  const status = statusOf(outcome);
  if (kind === 'answered') return status !== null && status >= 400 ? String(status) : null;
  return kind;
}

/** By the conventions an error of the client's own is none of a server's. */
export function exchangeError({ status, ending }: ExchangeRecord): string | null {
  if (ending === 'cut') return 'cut';
  return status >= 500 ? String(status) : null;
}

function generation(operation: string, model: string | null, usage: Usage | null): Facts {
  const word = WORDS.get(operation);
  return {
    'gen_ai.provider.name': 'azure.ai.openai',
    ...(word === undefined ? {} : { 'gen_ai.operation.name': word }),
    ...(model === null ? {} : { 'gen_ai.request.model': model }),
    ...figure('gen_ai.usage.input_tokens', usage?.promptTokens),
    ...figure('gen_ai.usage.output_tokens', usage?.completionTokens),
    ...figure('gen_ai.usage.cache_read.input_tokens', usage?.cachedTokens),
    ...figure('gen_ai.usage.reasoning.output_tokens', usage?.reasoningTokens),
  };
}

/** Share of its quota that the chosen one was believed to have used up, 0 to 1. */
function utilization({ deployment }: AttemptRecord, picked: Decision | null): Facts {
  const look = picked?.looks.find((one) => one.deployment === deployment);
  return look === undefined ? {} : { 'spillway.utilization': Math.round((1 - look.free) * 1_000) / 1_000 };
}

function addressOf(url: string): Facts {
  const { hostname, port, protocol } = new URL(url);
  return { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) };
}

function figure(name: string, value: number | string | null | undefined): Facts {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? { [name]: number } : {};
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Choices that led to an attempt, oldest first; a hedge's too. */
export function picksOf({ picks }: Trail): readonly Decision[] {
  return picks.filter(({ kind }) => kind === 'send');
}

/** Why nobody was sent to, where that was the last choice. */
export function refusedOver({ picks }: Trail): readonly string[] {
  const last = picks.at(-1);
  return last?.kind === 'none' ? reasonsOf(passedOver(last)) : [];
}

function reasonsOf(others: readonly PassedOver[]): readonly string[] {
  return others.slice(0, PASSED_OVER_MAX).map(({ deployment, reason }) => `${deployment.id}=${reason}`);
}
