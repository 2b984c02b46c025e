/**
 * A client's request with its reply, all tries included:
 *
 *     1 route head ─▶ 2 read body ─▶ 3 route body ─▶ 4 pick ─▶ 5 forward ─▶ 6 judge ─┬─▶ 7 reply ─▶ 8 record
 *                                                      ▲                             │
 *                                                      └── try another ◀─────────────┘
 *
 * It alone (with main.ts) knows more than one stage. Every ending passes through #finish exactly once, and every attempt that
 * began is settled in the ledger exactly once.
 */
import { randomUUID } from 'node:crypto';
import { Deadline } from '@spillway/clock';
import {
  begin,
  type Decision,
  type Deployment,
  end,
  next,
  nobodyFree,
  type Outcome,
  type Pool,
  pick,
  statusOf,
} from '@spillway/policy';
import { NO_USAGE, type Usage } from '@spillway/protocol';
import type { AuthHeader } from '../credential/credential.ts';
import { type ClientRequest, pathFor, upstreamRequest } from '../forward/request.ts';
import type { BodyRead, Inbound, InboundListener, RawHeaders } from '../listen/inbound.ts';
import type { AttemptRecord, Ending, QuotaHeaders } from '../observe/events.ts';
import { headersDown } from '../reply/headers-down.ts';
import {
  badRequest,
  bodyTooLarge,
  deploymentNotFound,
  nobodyFreeAnswer,
  notRepeated,
  type OwnAnswer,
  outOfTime,
  tooManyExchanges,
} from '../reply/own-answer.ts';
import { type Route, routeBody, routeHead, type Wanted } from '../route/route.ts';
import { Attempt, type AttemptListener, type Head, headerOf } from './attempt.ts';
import type { Context } from './context.ts';
import { decisionText } from './decision-text.ts';
import { UsageTail } from './usage-tail.ts';

/** A whole answer that would be retried elsewhere, kept in case nobody else can do better. */
interface Fallback {
  readonly head: Head;
  readonly chunks: readonly Buffer[];
  readonly deployment: Deployment;
}

const EMPTY = Buffer.alloc(0);
const UNJUDGED: Outcome = { kind: 'broken', code: 'unjudged' };
/** What logs and metrics say of a client that left before its answer was whole (wire §3.2). */
const CLIENT_GONE_STATUS = 499;

export class Exchange implements InboundListener, AttemptListener {
  readonly #context: Context;
  readonly #inbound: Inbound;
  readonly #requestId = randomUUID();
  readonly #startedMs: number;
  readonly #deadline: Deadline;
  readonly #tried: string[] = [];
  readonly #outcomes: Outcome[] = [];
  readonly #tail = new UsageTail();
  #route: Route | null = null;
  #wanted: Wanted | null = null;
  #pool: Pool | null = null;
  #body: Buffer = EMPTY;
  #decision: Decision | null = null;
  #attempt: Attempt | null = null;
  #fallback: Fallback | null = null;
  #status = 0;
  #servedBy: string | null = null;
  #streamed = false;
  #ttfbMs: number | null = null;
  #over = false;

  constructor(context: Context, inbound: Inbound) {
    this.#context = context;
    this.#inbound = inbound;
    this.#startedMs = context.clock.nowMs();
    this.#deadline = new Deadline(this.#onTotalTimeout);
  }

  // 1 — route the head; 2 — read the body

  start(): void {
    const { config, doors, deadlines, emit } = this.#context;
    this.#context.inFlight++;
    emit({ kind: 'exchangeBegan' });
    this.#inbound.listen(this);
    const { exchangesMax, bodyBytesMax } = config.gateway.limits;
    if (this.#context.inFlight > exchangesMax) return this.#replyOwn(tooManyExchanges(exchangesMax));
    const routed = routeHead(this.#inbound, doors, config.gateway);
    if (routed.kind === 'refused') return this.#replyOwn(routed.answer);
    this.#route = routed.route;
    deadlines.set(this.#deadline, this.#startedMs, config.gateway.timeouts.totalMs);
    this.#inbound.readBody(bodyBytesMax, (body) => this.#onBody(body, routed.route));
  }

  // 3 — route the body: which pool serves the name asked for

  #onBody(read: BodyRead, route: Route): void {
    if (this.#over) return;
    if (read.kind === 'tooLarge') return this.#replyOwn(bodyTooLarge(this.#context.config.gateway.limits.bodyBytesMax));
    const routed = routeBody(route, this.#inbound.header('content-type'), read.bytes);
    if (routed.kind === 'refused') return this.#replyOwn(routed.answer);
    const { ledger, clock } = this.#context;
    const { model } = routed.wanted;
    const pool = model === null ? ledger.fleet.resources : ledger.pool(model, clock.nowMs());
    if (pool === null) return this.#replyOwn(deploymentNotFound(model ?? ''));
    this.#body = read.bytes;
    this.#wanted = routed.wanted;
    this.#pool = pool;
    this.#pick(route, routed.wanted, pool);
  }

  // 4 — pick

  #pick(route: Route, wanted: Wanted, pool: Pool): void {
    const { ledger, clock, unit } = this.#context;
    const nowMs = clock.nowMs();
    const decision = pick(pool, ledger, { tried: this.#tried, pinnedTo: route.pinnedTo }, { nowMs, unit: unit() });
    this.#decision = decision;
    if (decision.kind === 'none') return this.#nobodyLeft(route, pool, nowMs);
    this.#forward(route, wanted, decision.deployment, nowMs);
  }

  // 5 — forward

  #forward(route: Route, wanted: Wanted, deployment: Deployment, nowMs: number): void {
    this.#tried.push(deployment.id);
    const record: AttemptRecord = {
      requestId: this.#requestId,
      number: this.#tried.length,
      deployment,
      method: this.#inbound.method,
      path: pathFor(route, deployment),
      startedMs: nowMs,
      passedOver: this.#decision?.passedOver ?? [],
      outcome: UNJUDGED,
      headMs: null,
      durationMs: null,
      quota: null,
    };
    const probes = begin(this.#context.ledger, deployment, nowMs);
    const attempt = new Attempt(this.#context, this, record, probes, wanted.repeat);
    this.#attempt = attempt;
    const source = this.#context.credential(deployment.backend);
    const auth = source.current(nowMs);
    if (auth !== null) return this.#send(attempt, route, wanted, auth);
    source.ready().then(
      (late) => {
        if (this.#attempt === attempt && !this.#over) this.#send(attempt, route, wanted, late);
      },
      () => attempt.onNoCredential(),
    );
  }

  #send(attempt: Attempt, route: Route, wanted: Wanted, auth: AuthHeader): void {
    const { method, rawHeaders } = this.#inbound;
    const { target, query } = route;
    const { model, modelSpans } = wanted;
    const request: ClientRequest = { method, target, query, rawHeaders, body: this.#body, model, modelSpans };
    attempt.sent(this.#context.upstream.send(upstreamRequest(request, attempt.deployment, auth), attempt));
  }

  // 6 — judge: what an attempt's answer, or the lack of one, leads to

  onAnswer(attempt: Attempt, complete: boolean): void {
    const { head } = attempt;
    if (attempt !== this.#attempt || head === null) return;
    const { outcome } = attempt.record;
    this.#context.emit({ kind: 'attemptJudged', attempt: attempt.record });
    this.#outcomes.push(outcome);
    if (next(outcome, this.#repeat) === 'stop') return this.#reply(attempt, head, complete);
    this.#settle(attempt);
    const decision = this.#anotherFor(attempt);
    if (decision === null && !complete && outcome.kind !== 'throttled') return this.#reply(attempt, head, complete);
    if (complete) this.#fallback = { head, chunks: attempt.held, deployment: attempt.deployment };
    else attempt.cancel(outcome);
    this.#close(attempt, NO_USAGE);
    this.#again(decision);
  }

  onNoAnswer(attempt: Attempt): void {
    if (attempt !== this.#attempt) return;
    const { outcome } = attempt.record;
    this.#context.emit({ kind: 'attemptJudged', attempt: attempt.record });
    this.#outcomes.push(outcome);
    this.#settle(attempt);
    this.#close(attempt, NO_USAGE);
    if (next(outcome, this.#repeat) === 'tryAnother') return this.#again(this.#anotherFor(attempt));
    this.#attempt = null;
    const status = outcome.kind === 'firstByteTimeout' || outcome.kind === 'idleTimeout' ? 504 : 502;
    this.#replyOwn(notRepeated(status, attempt.deployment.id, failureText(outcome)));
  }

  onMalformed(attempt: Attempt, message: string): void {
    this.#settle(attempt);
    this.#close(attempt, NO_USAGE);
    this.#replyOwn(badRequest(`The request cannot be sent on as HTTP: ${message}.`));
  }

  /** The decision that sends to another deployment; null where none is left. */
  #anotherFor(attempt: Attempt): Extract<Decision, { kind: 'send' }> | null {
    if (this.#route === null || this.#pool === null || attempt !== this.#attempt) return null;
    const { ledger, clock, unit } = this.#context;
    const ask = { tried: this.#tried, pinnedTo: this.#route.pinnedTo };
    const decision = pick(this.#pool, ledger, ask, { nowMs: clock.nowMs(), unit: unit() });
    this.#decision = decision;
    return decision.kind === 'send' ? decision : null;
  }

  #again(decision: Extract<Decision, { kind: 'send' }> | null): void {
    this.#attempt = null;
    const route = this.#route;
    const wanted = this.#wanted;
    const pool = this.#pool;
    if (this.#over || route === null || wanted === null || pool === null) return;
    const nowMs = this.#context.clock.nowMs();
    if (decision === null) this.#nobodyLeft(route, pool, nowMs);
    else this.#forward(route, wanted, decision.deployment, nowMs);
  }

  /** All have failed: the last answer as it was; but in place of a 429, and where there was no answer, the earliest time to come back. */
  #nobodyLeft(route: Route, pool: Pool, nowMs: number): void {
    const last = this.#outcomes.at(-1);
    const fallback = this.#fallback;
    if (fallback !== null && last !== undefined && last.kind !== 'throttled' && statusOf(last) !== null) {
      return this.#replyFallback(fallback);
    }
    const { ledger, config } = this.#context;
    const verdict = nobodyFree(pool, ledger, route.pinnedTo, nowMs, config.policy);
    this.#replyOwn(nobodyFreeAnswer(pool.name, verdict, last === undefined ? null : failureText(last)));
  }

  // 7 — reply

  #reply(attempt: Attempt, head: Head, complete: boolean): void {
    this.#servedBy = attempt.deployment.id;
    this.#streamed = !complete;
    this.#writeHead(head, attempt.deployment);
    const { held } = attempt;
    for (const chunk of held) this.#tail.add(chunk);
    if (complete) {
      this.#inbound.end(held.length === 1 ? (held[0] ?? null) : joined(held));
      return this.#done(attempt);
    }
    attempt.pass();
    let roomy = true;
    for (const chunk of held) roomy = this.#inbound.write(chunk);
    if (!roomy) attempt.pause();
  }

  onMore(chunk: Buffer): void {
    this.#tail.add(chunk);
    if (!this.#inbound.write(chunk)) this.#attempt?.pause();
  }

  onDrain(): void {
    this.#attempt?.resume();
  }

  onDone(): void {
    this.#inbound.end(null);
    if (this.#attempt !== null) this.#done(this.#attempt);
  }

  /** After the commit point nothing is replayed: the client must see that its answer is broken. */
  onCut(): void {
    this.#inbound.destroy();
    const attempt = this.#attempt;
    if (attempt === null) return;
    this.#settle(attempt);
    this.#close(attempt, NO_USAGE);
    this.#finish('cut', NO_USAGE);
  }

  onClientGone(): void {
    if (this.#over) return;
    const attempt = this.#attempt;
    if (attempt !== null) {
      const judged = attempt.head !== null && this.#servedBy !== null;
      attempt.cancel({ kind: 'clientGone' });
      if (!judged) this.#context.emit({ kind: 'attemptJudged', attempt: attempt.record });
      this.#settle(attempt);
      this.#close(attempt, NO_USAGE);
    }
    this.#status = this.#ttfbMs === null ? CLIENT_GONE_STATUS : this.#status;
    this.#finish('clientGone', NO_USAGE);
  }

  readonly #onTotalTimeout = (): void => {
    const attempt = this.#attempt;
    const begun = this.#ttfbMs !== null;
    if (attempt !== null) {
      attempt.cancel({ kind: 'totalTimeout' });
      if (!begun) this.#context.emit({ kind: 'attemptJudged', attempt: attempt.record });
      this.#settle(attempt);
      this.#close(attempt, NO_USAGE);
    }
    if (!begun) return this.#replyOwn(outOfTime(this.#context.config.gateway.timeouts.totalMs));
    this.#inbound.destroy();
    this.#finish('cut', NO_USAGE);
  };

  #replyFallback({ head, chunks, deployment }: Fallback): void {
    this.#servedBy = deployment.id;
    this.#writeHead(head, deployment);
    this.#inbound.end(joined(chunks));
    this.#finish('whole', NO_USAGE);
  }

  #replyOwn(answer: OwnAnswer): void {
    if (this.#over) return;
    const headers = [
      'content-type',
      'application/json',
      'content-length',
      String(answer.body.length),
      ...answer.headers,
    ];
    this.#writeStatus(answer.status, '', this.#withOwn(headers, null));
    this.#inbound.end(answer.body);
    this.#finish('whole', NO_USAGE);
  }

  #writeHead(head: Head, deployment: Deployment): void {
    const headers = headersDown(head.headers, this.#context.config.gateway.headers.hideUpstreamHeaders);
    this.#writeStatus(head.status, head.reason, this.#withOwn(headers, deployment));
  }

  #writeStatus(status: number, reason: string, headers: string[]): void {
    this.#status = status;
    this.#ttfbMs = this.#context.clock.nowMs() - this.#startedMs;
    this.#inbound.writeHead(status, reason, headers);
  }

  #withOwn(headers: string[], deployment: Deployment | null): string[] {
    const settings = this.#context.config.gateway.headers;
    if (settings.spillway) {
      headers.push('x-spillway-request-id', this.#requestId, 'x-spillway-attempts', String(this.#tried.length));
      if (deployment !== null) headers.push('x-spillway-deployment', deployment.id);
      if (this.#route?.wantsDecision === true) {
        headers.push('x-spillway-decision', decisionText(this.#tried, this.#outcomes, this.#decision));
      }
    }
    if (settings.backendUrl && deployment !== null) headers.push('x-openai-backendurl', deployment.backend.url);
    return headers;
  }

  // 8 — record

  get #repeat(): Wanted['repeat'] {
    return this.#wanted?.repeat ?? 'provenUnstarted';
  }

  #done(attempt: Attempt): void {
    const usage = this.#countsTokens(attempt.head) ? this.#tail.read() : NO_USAGE;
    this.#settle(attempt);
    this.#close(attempt, usage);
    this.#finish('whole', usage);
  }

  /** Only JSON and streams of JSON: text that a client asked for may look like usage. */
  #countsTokens(head: Head | null): boolean {
    if (head === null || head.status >= 400) return false;
    const contentType = headerOf(head.headers, 'content-type') ?? '';
    return contentType.includes('json') || contentType.startsWith('text/event-stream');
  }

  /** Enters the attempt's outcome in the ledger, once. */
  #settle(attempt: Attempt): void {
    if (attempt.settled) return;
    attempt.settled = true;
    const { ledger, clock, config, emit } = this.#context;
    const { deployment, record, probes } = attempt;
    const nowMs = clock.nowMs();
    const { outcome } = record;
    const moved = end(ledger, deployment, { outcome, probes }, nowMs, config.policy);
    if (outcome.kind === 'refused' || outcome.kind === 'noCredential') this.#tellOperator(attempt, nowMs);
    if (outcome.kind === 'deploymentMissing') {
      emit({
        kind: 'operatorProblem',
        subject: deployment.id,
        message: 'the backend does not know this deployment (404 DeploymentNotFound); create it there or mend its name',
      });
    }
    const state = ledger.deployment(deployment);
    if (moved.throttled) {
      const { untilMs, source } = state.throttle;
      emit({ kind: 'throttled', deployment, untilMs, source: source ?? 'default', atMs: nowMs });
    }
    if (moved.deploymentBreaker) {
      emit({ kind: 'breakerMoved', scope: 'deployment', name: deployment.id, state: state.breaker, atMs: nowMs });
    }
    if (moved.backendBreaker) {
      const { breaker } = ledger.backend(deployment.backend);
      emit({ kind: 'breakerMoved', scope: 'backend', name: deployment.backend.name, state: breaker, atMs: nowMs });
    }
  }

  #tellOperator(attempt: Attempt, nowMs: number): void {
    const { backend } = attempt.deployment;
    const { outcome } = attempt.record;
    const status = statusOf(outcome);
    if (status === 401) this.#context.credential(backend).refused(nowMs);
    const message =
      status === null
        ? 'no token could be had for this backend; see the messages about its credential'
        : `the backend refused the gateway's credential or network with ${status}; check its key or role assignment, and its firewall`;
    this.#context.emit({ kind: 'operatorProblem', subject: backend.name, message });
  }

  #close(attempt: Attempt, usage: Usage): void {
    const { record, head } = attempt;
    if (record.durationMs !== null) return;
    const nowMs = this.#context.clock.nowMs();
    record.durationMs = nowMs - record.startedMs;
    if (head !== null) record.quota = quotaHeaders(head.headers);
    this.#context.emit({ kind: 'attemptEnded', attempt: record, usage, endedMs: nowMs });
  }

  #finish(ending: Ending, usage: Usage): void {
    if (this.#over) return;
    this.#over = true;
    this.#attempt = null;
    const context = this.#context;
    const nowMs = context.clock.nowMs();
    context.deadlines.drop(this.#deadline);
    context.inFlight--;
    context.emit({
      kind: 'exchangeEnded',
      exchange: {
        requestId: this.#requestId,
        client: this.#route?.client ?? null,
        operation: this.#route?.operation.name ?? 'other',
        model: this.#wanted?.model ?? null,
        deployment: this.#servedBy,
        attempts: this.#tried.length,
        status: this.#status,
        ending,
        streamed: this.#streamed,
        usage,
        ttfbMs: this.#ttfbMs,
        durationMs: nowMs - this.#startedMs,
        endedMs: nowMs,
      },
    });
    context.onExchangeEnd();
  }
}

function joined(chunks: readonly Buffer[]): Buffer | null {
  return chunks.length === 0 ? null : Buffer.concat(chunks);
}

function failureText(outcome: Outcome): string {
  if ('code' in outcome) return `${outcome.kind} ${outcome.code}`;
  const status = statusOf(outcome);
  return status === null ? outcome.kind : `${outcome.kind} ${status}`;
}

function quotaHeaders(headers: RawHeaders): QuotaHeaders | null {
  const remainingTokens = headerOf(headers, 'x-ratelimit-remaining-tokens') ?? null;
  const remainingRequests = headerOf(headers, 'x-ratelimit-remaining-requests') ?? null;
  if (remainingTokens === null && remainingRequests === null) return null;
  return {
    remainingTokens,
    remainingRequests,
    limitTokens: headerOf(headers, 'x-ratelimit-limit-tokens') ?? null,
    limitRequests: headerOf(headers, 'x-ratelimit-limit-requests') ?? null,
  };
}
