/**
 * A span for each exchange, and one below it for each attempt, which tells its backend whom it belongs to. A fold over events, but for
 * the two moments that no event tells of: a request's headers as it comes, and an attempt's as it goes.
 */
import type { Clock } from '@spillway/clock';
import {
  type Facts,
  type OpenSpan,
  parseTraceparent,
  type SpanCounts,
  type Tracer,
  traceparentOf,
} from '@spillway/tracing';
import type { Trail } from '../explain/trail.ts';
import type { UpstreamRequest } from '../forward/upstream.ts';
import type { Inbound } from '../listen/inbound.ts';
import type { AttemptRecord, ExchangeRecord, GatewayEvent } from '../observe/events.ts';
import {
  type Asked,
  attemptError,
  attemptFacts,
  exchangeError,
  exchangeFacts,
  modelOf,
  picksOf,
  refusedOver,
  spanName,
} from './facts.ts';

/** Exchanges under way that have a span; those beyond have none. Twice of what the default `exchangesMax` lets in. */
const SPANS_OPEN_MAX = 20_000;

interface OpenAttempt {
  readonly span: OpenSpan;
  /** When its answer's first content had come; null until then. Milliseconds since 1970. */
  judgedMs: number | null;
}

interface OpenExchange {
  readonly span: OpenSpan;
  readonly asked: Asked;
  /** By number of the attempt. */
  readonly attempts: Map<number, OpenAttempt>;
}

export class ExchangeTracing {
  readonly #tracer: Tracer;
  readonly #clock: Clock;
  readonly #openMax: number;
  /** By request id; each exchange ends once. */
  readonly #open = new Map<string, OpenExchange>();
  #passed = 0;

  constructor(tracer: Tracer, clock: Clock, openMax = SPANS_OPEN_MAX) {
    this.#tracer = tracer;
    this.#clock = clock;
    this.#openMax = openMax;
  }

  get counts(): SpanCounts {
    const { sent, dropped, failed } = this.#tracer.counts;
    return { sent, dropped: dropped + this.#passed, failed };
  }

  /** A request has come; its client may say what it is part of. */
  begins(requestId: string, inbound: Pick<Inbound, 'method' | 'target' | 'header'>): void {
    if (this.#open.size >= this.#openMax) {
      this.#passed++;
      return;
    }
    const { method, target } = inbound;
    const told = inbound.header('traceparent');
    const parent = told === undefined ? null : parseTraceparent(told, inbound.header('tracestate') ?? null);
    const span = this.#tracer.begin(method, { kind: 'server', parent, startedMs: this.#clock.nowMs() });
    const asked = { method, path: target.split('?', 1)[0] ?? '' };
    this.#open.set(requestId, { span, asked, attempts: new Map() });
  }

  /** @returns the request as it goes to the attempt's backend, which is told the attempt's span in place of the client's. */
  marked(request: UpstreamRequest, { requestId, number, startedMs, method }: AttemptRecord): UpstreamRequest {
    const open = this.#open.get(requestId);
    if (open === undefined) return request;
    const span = this.#tracer.begin(method, { kind: 'client', parent: open.span, startedMs });
    open.attempts.set(number, { span, judgedMs: null });
    const headers: string[] = [];
    for (let i = 0; i + 1 < request.headers.length; i += 2) {
      const [name = '', value = ''] = [request.headers[i], request.headers[i + 1]];
      if (!/^trace(parent|state)$/i.test(name)) headers.push(name, value);
    }
    headers.push('traceparent', traceparentOf(span.link));
    if (span.link.state !== null) headers.push('tracestate', span.link.state);
    return { ...request, headers };
  }

  fold(event: GatewayEvent): void {
    if (event.kind === 'attemptJudged') this.#judged(event.attempt);
    else if (event.kind === 'exchangeEnded') this.#ended(event.exchange, event.trail);
  }

  /** Sends what was not sent yet, for as long as that. Milliseconds. */
  close(msMax: number): Promise<void> {
    return this.#tracer.close(msMax);
  }

  #judged({ requestId, number, outcome }: AttemptRecord): void {
    if (outcome.kind !== 'answered') return;
    const attempt = this.#open.get(requestId)?.attempts.get(number);
    if (attempt !== undefined) attempt.judgedMs ??= this.#clock.nowMs();
  }

  #ended(exchange: ExchangeRecord, trail: Trail | null): void {
    const open = this.#open.get(exchange.requestId);
    if (open === undefined) return;
    this.#open.delete(exchange.requestId);
    if (!open.span.isKept) return;
    const picks = trail === null ? [] : picksOf(trail);
    for (const record of trail?.attempts ?? []) {
      const picked = picks.findLast(
        ({ deployment, at }) => deployment === record.deployment && at.nowMs <= record.startedMs,
      );
      this.#endAttempt(open, record, exchange, attemptFacts(record, picked ?? null, exchange));
    }
    const { span, asked } = open;
    span.name(spanName(asked.method, exchange.operation, trail?.pool ?? null));
    span.set(exchangeFacts(exchange, trail, asked));
    for (const { fromMs, waitedMs } of trail?.waits ?? []) {
      span.event('spillway.waited', fromMs + waitedMs, { 'spillway.waited_ms': waitedMs });
    }
    const refused = trail === null ? [] : refusedOver(trail);
    if (refused.length > 0) span.set({ 'spillway.passed_over': refused });
    const error = exchangeError(exchange);
    if (error !== null) span.fail(error);
    span.end(exchange.endedMs);
  }

  /** One that was never sent, for want of a credential, has its span made now. */
  #endAttempt(open: OpenExchange, record: AttemptRecord, exchange: ExchangeRecord, facts: Facts): void {
    const { startedMs, number, method } = record;
    const kept = open.attempts.get(number);
    const span = kept?.span ?? this.#tracer.begin(method, { kind: 'client', parent: open.span, startedMs });
    span.name(spanName(method, exchange.operation, modelOf(record)));
    span.set(facts);
    const judgedMs = kept?.judgedMs ?? null;
    if (exchange.streamed && exchange.deployment === record.deployment.id && judgedMs !== null) {
      const seconds = Math.max(0, judgedMs - startedMs) / 1_000;
      span.set({ 'gen_ai.response.time_to_first_chunk': seconds });
      span.event('spillway.first_token', judgedMs);
    }
    const error = attemptError(record);
    if (error !== null) span.fail(error);
    span.end(startedMs + (record.durationMs ?? 0));
  }
}
