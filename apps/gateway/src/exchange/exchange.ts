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
import { Deadline } from '@spillway/clock';
import { type Decision, type Deployment, next, nobodyFree, type Outcome, pick } from '@spillway/policy';
import { NO_USAGE, type Usage } from '@spillway/protocol';
import type { AuthHeader } from '../credential/credential.ts';
import { type ClientRequest, pathFor, upstreamRequest } from '../forward/request.ts';
import type { BodyRead, Inbound, InboundListener } from '../listen/inbound.ts';
import type { AttemptRecord, Ending } from '../observe/events.ts';
import { beginAttempt, close, commit, failureText, settle } from '../record/record.ts';
import {
  badRequest,
  bodyTooLarge,
  nobodyFreeAnswer,
  notRepeated,
  type OwnAnswer,
  outOfTime,
  tooManyExchanges,
} from '../reply/own-answer.ts';
import { type Route, routeHead } from '../route/route.ts';
import { type AnswerBytes, AS_THEY_COME, answerBytes } from './answer-bytes.ts';
import { Attempt, type AttemptListener, type Head } from './attempt.ts';
import { ClientAnswer, newTold, type Told } from './client-answer.ts';
import type { Context } from './context.ts';
import type { StreamFailure } from './event-bytes.ts';
import { boundsOf, isForeign, type Job, jobOf } from './job.ts';
import { countsTokens, UsageTail } from './usage-tail.ts';
import { isUnknownId } from './way-home.ts';

/** A whole answer, kept in case nobody else can do better, or has more to add. */
interface Kept {
  readonly head: Head;
  readonly body: Buffer | null;
  readonly deployment: Deployment;
}

const EMPTY = Buffer.alloc(0);
/** Of the name asked for, kept for the record. */
const MODEL_CHARS_MAX = 256;
const UNJUDGED: Outcome = { kind: 'broken', code: 'unjudged' };
/** A stream's last event, which tells that it failed, is given this time to reach the client. Milliseconds. */
const LAST_EVENT_MS_MAX = 2_000;
/** What logs and metrics say of a client that left before its answer had begun (wire §3.2). */
const CLIENT_GONE_STATUS = 499;

export class Exchange implements InboundListener, AttemptListener {
  readonly #context: Context;
  readonly #inbound: Inbound;
  readonly #told: Told = newTold();
  readonly #startedMs: number;
  readonly #deadline: Deadline;
  readonly #tail = new UsageTail();
  #job: Job | null = null;
  #body: Buffer = EMPTY;
  #attempt: Attempt | null = null;
  #fallback: Kept | null = null;
  readonly #answer: ClientAnswer;
  #bytes: AnswerBytes = AS_THEY_COME;
  /** Tokens of the answer, once it is whole and on its way. */
  #usage: Usage = NO_USAGE;
  /** The answer has ended badly; what is left is to tell the client. */
  #brokenOff = false;
  #over = false;

  constructor(context: Context, inbound: Inbound) {
    this.#context = context;
    this.#inbound = inbound;
    this.#answer = new ClientAnswer(context, inbound, this.#told);
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
    this.#told.operation = routed.operation;
    if (routed.kind === 'refused') return this.#replyOwn(routed.answer);
    this.#told.wantsDecision = routed.route.wantsDecision;
    this.#told.client = routed.route.client;
    deadlines.set(this.#deadline, this.#startedMs, config.gateway.timeouts.totalMs);
    this.#inbound.readBody(bodyBytesMax, (body) => this.#onBody(body, routed.route));
  }

  // 3 — route the body: which pool serves the name asked for

  #onBody(read: BodyRead, route: Route): void {
    if (this.#over) return;
    if (read.kind === 'tooLarge') return this.#replyOwn(bodyTooLarge(this.#context.config.gateway.limits.bodyBytesMax));
    const nowMs = this.#context.clock.nowMs();
    const routed = jobOf(this.#context, this.#inbound, route, read.bytes, nowMs);
    this.#told.model = routed.model?.slice(0, MODEL_CHARS_MAX) ?? null;
    if (routed.kind === 'refused') return this.#replyOwn(routed.answer);
    const { job } = routed;
    this.#body = read.bytes;
    this.#job = job;
    this.#proceed(job, this.#pick(job, nowMs), nowMs);
  }

  // 4 — pick

  #pick(job: Job, nowMs: number): Decision {
    const { ledger, unit } = this.#context;
    const { pool } = job;
    const ask = { tried: this.#told.tried, ...boundsOf(job) };
    const decision = pick(pool, ledger, ask, { nowMs, unit: unit() });
    this.#told.decision = decision;
    return decision;
  }

  #proceed(job: Job, decision: Decision, nowMs: number): void {
    this.#attempt = null;
    if (decision.kind === 'send') this.#forward(job, decision.deployment, nowMs);
    else if (job.gather?.goesOnWithout() === true) this.#proceed(job, this.#pick(job, nowMs), nowMs);
    else this.#nobodyLeft(job);
  }

  // 5 — forward

  #forward(job: Job, deployment: Deployment, nowMs: number): void {
    const { credential } = this.#context;
    this.#told.tried.push(deployment.id);
    const record = this.#newRecord(job, deployment, nowMs);
    const probes = beginAttempt(this.#context, deployment, nowMs);
    const attempt = new Attempt(this.#context, this, record, probes, job.wanted.repeat);
    this.#attempt = attempt;
    const source = credential(deployment.backend);
    const auth = source.current(nowMs);
    if (auth !== null) return this.#send(attempt, job, auth);
    source.ready().then(
      (late) => {
        if (this.#attempt === attempt && !this.#over) this.#send(attempt, job, late);
      },
      () => attempt.onNoCredential(),
    );
  }

  #newRecord(job: Job, deployment: Deployment, startedMs: number): AttemptRecord {
    return {
      requestId: this.#told.requestId,
      number: this.#told.tried.length,
      deployment,
      method: this.#inbound.method,
      path: pathFor(job.found ?? job.route, deployment),
      startedMs,
      passedOver: this.#told.decision?.passedOver ?? [],
      outcome: UNJUDGED,
      headMs: null,
      durationMs: null,
      quota: null,
    };
  }

  #send(attempt: Attempt, { route, wanted, found, gather }: Job, auth: AuthHeader): void {
    const { method, rawHeaders } = this.#inbound;
    const { target } = found ?? route;
    const query = gather?.query ?? found?.query ?? route.query;
    const replacements = found?.replacements ?? [];
    const request: ClientRequest = { method, target, query, rawHeaders, body: this.#body, named: wanted, replacements };
    attempt.sent(this.#context.upstream.send(upstreamRequest(request, attempt.deployment, auth), attempt));
  }

  // 6 — judge: what an attempt's answer, or the lack of one, leads to

  onAnswer(attempt: Attempt, complete: boolean): void {
    const { head } = attempt;
    const job = this.#job;
    if (attempt !== this.#attempt || head === null || job === null) return;
    const { outcome } = attempt.record;
    this.#judged(attempt);
    if (complete && this.#gathered(job, attempt, head)) return;
    const elsewhere = complete && isForeign(job) && isUnknownId(head.status, joined(attempt.held)?.toString() ?? '');
    if (!elsewhere && (outcome.kind === 'answered' || next(outcome, job.wanted.repeat()) === 'stop')) {
      return this.#reply(attempt, head, complete);
    }
    const nowMs = this.#context.clock.nowMs();
    settle(this.#context, attempt, nowMs);
    const decision = this.#pick(job, nowMs);
    const nobodyBetter = decision.kind === 'none' && outcome.kind !== 'throttled';
    if (nobodyBetter && !complete) return this.#reply(attempt, head, complete);
    const keeps = complete && job.gather?.isEnough !== true;
    if (keeps) this.#fallback = { head, body: joined(attempt.held), deployment: attempt.deployment };
    if (!complete) attempt.cancel(outcome);
    close(this.#context, attempt, NO_USAGE, nowMs);
    this.#proceed(job, decision, nowMs);
  }

  /** A page of a list that several owners share. @returns false where the answer is none, and goes the way of others. */
  #gathered(job: Job, attempt: Attempt, head: Head): boolean {
    const { gather } = job;
    const taken = gather === null ? null : gather.answer(attempt, head, this.#context.home.seal);
    if (gather === null || taken === null) return false;
    this.#fallback = { head, body: gather.whole(), deployment: attempt.deployment };
    this.#retire(attempt, NO_USAGE);
    const nowMs = this.#context.clock.nowMs();
    if (taken === 'more') this.#proceed(job, this.#pick(job, nowMs), nowMs);
    else this.#replyKept(this.#fallback, false);
    return true;
  }

  onNoAnswer(attempt: Attempt): void {
    const job = this.#job;
    if (attempt !== this.#attempt || job === null) return;
    const { outcome } = attempt.record;
    this.#judged(attempt);
    this.#retire(attempt, NO_USAGE);
    if (next(outcome, job.wanted.repeat()) === 'tryAnother') {
      const nowMs = this.#context.clock.nowMs();
      return this.#proceed(job, this.#pick(job, nowMs), nowMs);
    }
    this.#attempt = null;
    const status = outcome.kind === 'firstByteTimeout' || outcome.kind === 'idleTimeout' ? 504 : 502;
    this.#replyOwn(notRepeated(status, attempt.deployment.id, failureText(outcome)));
  }

  onMalformed(attempt: Attempt, message: string): void {
    this.#judged(attempt);
    this.#retire(attempt, NO_USAGE);
    this.#replyOwn(badRequest(`The request cannot be sent on as HTTP: ${message}.`));
  }

  #judged(attempt: Attempt): void {
    this.#told.outcomes.push(attempt.record.outcome);
    this.#context.emit({ kind: 'attemptJudged', attempt: attempt.record });
  }

  /**
   * As long as a quota is all that keeps a deployment from serving, the client is told when to come back. Else all have failed,
   * and the last answer comes back as it was; where there was none, 503.
   */
  #nobodyLeft(job: Job): void {
    const { ledger, config, clock } = this.#context;
    const { pool } = job;
    const verdict = nobodyFree(pool, ledger, boundsOf(job), clock.nowMs(), config.policy);
    if (job.gather?.isEnough === true && this.#fallback !== null) return this.#replyKept(this.#fallback, false);
    const last = this.#told.outcomes.at(-1);
    const answered = last !== undefined && 'status' in last;
    if (verdict.status === 503 && answered && this.#fallback !== null) return this.#replyKept(this.#fallback, true);
    this.#replyOwn(nobodyFreeAnswer(pool.name, verdict, last === undefined ? null : failureText(last)));
  }

  // 7 — reply. What is written to the client is never taken back: from here on nothing is retried.

  #reply(attempt: Attempt, head: Head, complete: boolean): void {
    this.#told.servedBy = attempt.deployment.id;
    this.#told.streamed = !complete;
    const { home } = this.#context;
    const bytes = this.#job === null ? AS_THEY_COME : answerBytes(this.#job, home, attempt.deployment, head, complete);
    this.#bytes = bytes;
    this.#body = EMPTY;
    this.#job = null;
    const held = attempt.pass();
    for (const chunk of held) this.#tail.add(chunk);
    const whole = complete ? joined(held) : null;
    const written = whole === null ? null : bytes.add(whole);
    this.#answer.ofDeployment(head, attempt.deployment, complete ? written === whole : bytes.keepsLength);
    if (complete) return this.#done(attempt, written);
    commit(this.#context, attempt);
    let roomy = true;
    for (const chunk of held) roomy = this.#write(bytes.add(chunk));
    if (!roomy) attempt.pause();
  }

  #write(chunk: Buffer): boolean {
    return chunk.length === 0 || this.#inbound.write(chunk);
  }

  onMore(chunk: Buffer): void {
    this.#tail.add(chunk);
    if (!this.#write(this.#bytes.add(chunk))) this.#attempt?.pause();
  }

  onDrain(): void {
    this.#attempt?.resume();
  }

  onDone(): void {
    if (this.#attempt !== null) this.#done(this.#attempt, this.#bytes.end());
  }

  /** Until now the answer counted as under way: one that nobody reads is bounded like one that nobody writes. */
  onSent(): void {
    this.#finish(this.#brokenOff ? 'cut' : 'whole', this.#usage);
  }

  onCut(): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    const reads = attempt.record.outcome.kind !== 'stalled';
    this.#retire(attempt, NO_USAGE);
    this.#breakOff(reads, { code: 'upstream_broken', message: 'The backend broke off before the answer was whole.' });
  }

  onClientGone(): void {
    if (this.#over) return;
    this.#abandon({ kind: 'clientGone' });
    if (this.#answer.atMs === null) this.#answer.status = CLIENT_GONE_STATUS;
    this.#finish(this.#brokenOff ? 'cut' : 'clientGone', this.#usage);
  }

  readonly #onTotalTimeout = (): void => {
    const { totalMs } = this.#context.config.gateway.timeouts;
    const reads = this.#attempt !== null && !this.#attempt.isPaused;
    this.#abandon({ kind: 'totalTimeout' });
    if (this.#answer.atMs === null) return this.#replyOwn(outOfTime(totalMs));
    this.#breakOff(reads, { code: 'timeout', message: `Not whole within ${totalMs} ms, the limit of the gateway.` });
  };

  /** The client must see that its answer is broken: a stream that it reads by an event that says so, anything else by its connection. */
  #breakOff(reads: boolean, failure: StreamFailure): void {
    const last = reads && !this.#brokenOff ? this.#bytes.broken(failure) : null;
    this.#attempt = null;
    this.#brokenOff = true;
    if (last === null) {
      this.#inbound.destroy();
      return this.#finish('cut', this.#usage);
    }
    const { clock, deadlines } = this.#context;
    deadlines.set(this.#deadline, clock.nowMs(), LAST_EVENT_MS_MAX);
    this.#inbound.end(last);
  }

  /** Ends the attempt under way from this side, so that the backend stops working on it. */
  #abandon(outcome: Outcome): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    attempt.cancel(outcome);
    if (this.#told.servedBy === null) this.#judged(attempt);
    this.#retire(attempt, NO_USAGE);
  }

  #replyKept({ head, body, deployment }: Kept, keepsLength: boolean): void {
    this.#told.servedBy = deployment.id;
    this.#answer.ofDeployment(head, deployment, keepsLength);
    this.#inbound.end(body);
  }

  #replyOwn(answer: OwnAnswer): void {
    if (this.#over) return;
    this.#answer.own(answer);
    this.#inbound.end(answer.body);
  }

  // 8 — record

  /** The deployment's part is over; the exchange is when the client has its answer. */
  #done(attempt: Attempt, rest: Buffer | null): void {
    this.#usage = countsTokens(attempt.head) ? this.#tail.read() : NO_USAGE;
    this.#attempt = null;
    this.#retire(attempt, this.#usage);
    this.#inbound.end(rest);
  }

  #retire(attempt: Attempt, usage: Usage): void {
    const nowMs = this.#context.clock.nowMs();
    settle(this.#context, attempt, nowMs);
    close(this.#context, attempt, usage, nowMs);
  }

  #finish(ending: Ending, usage: Usage): void {
    if (this.#over) return;
    this.#over = true;
    this.#attempt = null;
    const context = this.#context;
    const endedMs = context.clock.nowMs();
    context.deadlines.drop(this.#deadline);
    context.inFlight--;
    const exchange = this.#answer.record(ending, usage, this.#startedMs, endedMs);
    context.emit({ kind: 'exchangeEnded', exchange });
    context.onExchangeEnd();
  }
}

function joined(chunks: readonly Buffer[]): Buffer | null {
  if (chunks.length === 0) return null;
  return chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks);
}
