/**
 * A client's request with its reply, all tries included:
 *
 *     1 route head ─▶ 2 read body ─▶ 3 route body ─▶ 4 pick ─▶ 5 forward ─▶ 6 judge ─┬─▶ 7 reply ─▶ 8 record
 *                                                      ▲                             │
 *                                                      └── try another ◀─────────────┘
 *
 * Nobody free? Before it is refused, a request waits (4) as long as its caller lets it: see choice.ts.
 * It alone (with main.ts) knows more than one stage. Every ending passes through #finish exactly once, and every attempt that
 * began is settled in the ledger exactly once.
 */
import { type Deployment, next, type Outcome, type Pool } from '@spillway/policy';
import { NO_USAGE, type Usage } from '@spillway/protocol';
import type { Body } from '../body/body.ts';
import type { BodyRead, Inbound, InboundListener } from '../listen/inbound.ts';
import type { Ending } from '../observe/events.ts';
import { beginAttempt, close, commit, failureText, settle } from '../record/record.ts';
import {
  badRequest,
  bodyRefused,
  nobodyFreeAnswer,
  notRepeated,
  type OwnAnswer,
  outOfTime,
  tooManyExchanges,
  tooManyOfClient,
} from '../reply/own-answer.ts';
import { type Route, type Routed, routeHead } from '../route/route.ts';
import { Attempt, type AttemptListener, type Head } from './attempt.ts';
import { Choice, isHopeless, type Proceed } from './choice.ts';
import type { Context } from './context.ts';
import { Delivery, joined, type Kept } from './delivery.ts';
import { dispatch } from './dispatch.ts';
import type { StreamFailure } from './event-bytes.ts';
import { clientRequest, isForeign, type Job, jobOf } from './job.ts';
import { Race } from './race.ts';
import type { StreamPlan } from './stream-plan.ts';
import { Times } from './times.ts';
import { enterJudged, newRecord, newTold, type Told } from './told.ts';
import { isUnknownId, learnOwners } from './way-home.ts';

const EMPTY = Buffer.alloc(0);
/** Of the name asked for, kept for the record. */
const MODEL_CHARS_MAX = 256;

export class Exchange implements InboundListener, AttemptListener {
  readonly #context: Context;
  readonly #inbound: Inbound;
  readonly #told: Told = newTold();
  readonly #times: Times;
  /** From when the pool is known until an answer begins. */
  #choice: Choice | null = null;
  #pool: Pool | null = null;
  #body: Body = EMPTY;
  readonly #race = new Race();
  #fallback: Kept | null = null;
  readonly #delivery: Delivery;
  /** An owner has said that it does not know an id, so that who serves it does. */
  #askedAround = false;
  #over = false;

  constructor(context: Context, inbound: Inbound) {
    this.#context = context;
    this.#inbound = inbound;
    this.#delivery = new Delivery(context, inbound, this.#told);
    this.#times = new Times(context, this.#onTimeOut);
  }

  // 1 — route the head; 2 — read the body

  start(): void {
    const { config, doors, emit } = this.#context;
    this.#context.inFlight++;
    emit({ kind: 'exchangeBegan' });
    this.#context.tracing?.begins(this.#told.requestId, this.#inbound);
    this.#inbound.listen(this);
    const { exchangesMax } = config.gateway.limits;
    if (this.#context.inFlight > exchangesMax) return this.#replyOwn(tooManyExchanges(exchangesMax));
    const routed = routeHead(this.#inbound, doors, config.gateway);
    if (!(routed instanceof Promise)) return this.#onHead(routed);
    // A token is being verified, which is bounded in time; until then no body is read.
    void routed.then((late) => this.#onHead(late));
  }

  #onHead(routed: Routed): void {
    if (this.#over) return;
    const { config, crowd, spool } = this.#context;
    const { limits } = config.gateway;
    this.#told.operation = routed.operation;
    if (routed.kind === 'refused') return this.#replyOwn(routed.answer);
    const { client, wantsDecision } = routed.route;
    this.#told.wantsDecision = wantsDecision;
    this.#told.client = client;
    const { exchangesPerClientMax } = limits;
    if (crowd.enters(client) > exchangesPerClientMax) return this.#replyOwn(tooManyOfClient(exchangesPerClientMax));
    this.#times.begin();
    this.#inbound.readBody(limits, spool, (body) => this.#onBody(body, routed.route));
  }

  // 3 — route the body: which pool serves the name asked for

  #onBody(read: BodyRead, route: Route): void {
    if (this.#over) return;
    if (read.kind !== 'whole') return this.#replyOwn(bodyRefused(read));
    const nowMs = this.#context.clock.nowMs();
    const routed = jobOf(this.#context, this.#inbound, route, read.body, nowMs);
    this.#told.model = routed.model?.slice(0, MODEL_CHARS_MAX) ?? null;
    if (routed.kind === 'refused') return this.#replyOwn(routed.answer);
    const { job } = routed;
    this.#body = read.body;
    this.#told.bodyBytes = read.body.length;
    if (job.stream !== null) this.#awaitStream(job.stream);
    const asking = { job, inbound: this.#inbound, body: read.body, nowMs, proceed: this.#proceed };
    const choice = new Choice(this.#context, this.#told, asking);
    this.#choice = choice;
    this.#pool = job.pool;
    this.#proceed(choice, choice.pick(nowMs), nowMs);
  }

  /** A stream that may begin late: the client is kept patient, and a second try made in time. */
  #awaitStream({ dialect, mayHedge }: StreamPlan): void {
    const { config, hedges } = this.#context;
    const { keepAliveSeconds, hedge } = config.gateway.streams;
    if (keepAliveSeconds > 0) this.#delivery.keepAlive(dialect, keepAliveSeconds);
    if (hedge === null || !mayHedge) return;
    hedges.earn(hedge.percentMax);
    this.#times.slowAfter(hedge.afterMs, this.#onSlow);
  }

  // 4 — pick

  /** Also when it has waited, for its turn or in vain. */
  readonly #proceed: Proceed = (choice, decision, nowMs) => {
    this.#race.end();
    this.#told.decision = decision;
    if (decision.kind === 'send') this.#forward(choice.job, decision.deployment, nowMs);
    else if (choice.job.gather?.goesOnWithout() === true) this.#proceed(choice, choice.pick(nowMs), nowMs);
    else if (decision.isLastResort) this.#nobodyLeft(choice, nowMs);
    else if (!choice.waits(nowMs)) this.#proceed(choice, choice.pickAtLast(nowMs), nowMs);
  };

  // 5 — forward

  #forward(job: Job, deployment: Deployment, nowMs: number): void {
    this.#told.tried.push(deployment.id);
    const record = newRecord(this.#told, this.#inbound.method, job, deployment, nowMs);
    const begun = beginAttempt(this.#context, deployment, job.need, nowMs);
    const attempt = new Attempt(this.#context, this, record, begun, job.wanted.repeat);
    this.#race.begins(attempt);
    const isWanted = () => this.#race.has(attempt) && !this.#over;
    dispatch(this.#context, attempt, nowMs, () => (isWanted() ? clientRequest(job, this.#inbound, this.#body) : null));
  }

  /** Beside the slow first try a second one is made, as far as the budget goes. Whichever answers first is passed on. */
  readonly #onSlow = (): void => {
    const choice = this.#choice;
    if (choice === null || this.#race.attempt === null) return;
    const nowMs = this.#context.clock.nowMs();
    const decision = choice.pick(nowMs);
    if (decision.kind === 'none' || !this.#context.hedges.take()) return;
    this.#told.decision = decision;
    this.#told.hedged = true;
    this.#forward(choice.job, decision.deployment, nowMs);
  };

  /** This one decides what the client gets: the other one, if there is one, is called off. */
  #outpace(winner: Attempt): void {
    const other = this.#race.wins(winner);
    if (other === null) return;
    other.cancel({ kind: 'outpaced' });
    this.#judged(other);
    this.#retire(other, NO_USAGE);
  }

  // 6 — judge: what an attempt's answer, or the lack of one, leads to

  onAnswer(attempt: Attempt, complete: boolean): void {
    const { head } = attempt;
    const choice = this.#choice;
    if (!this.#race.has(attempt) || head === null || choice === null) return;
    const { job } = choice;
    const { outcome } = attempt.record;
    this.#judged(attempt);
    if (complete && this.#gathered(choice, attempt, head)) return;
    const elsewhere = complete && isForeign(job) && isUnknownId(head.status, joined(attempt.held)?.toString() ?? '');
    if (elsewhere) this.#askedAround = true;
    else if (outcome.kind === 'answered' || next(outcome, attempt.repeat) === 'stop') {
      return this.#reply(job, attempt, head, complete);
    }
    const nowMs = this.#context.clock.nowMs();
    settle(this.#context, attempt, nowMs);
    const isAlone = !this.#race.loses(attempt);
    const decision = isAlone ? choice.pick(nowMs) : null;
    if (decision !== null) this.#told.decision = decision;
    const nobodyBetter = decision !== null && isHopeless(decision) && outcome.kind !== 'throttled';
    if (nobodyBetter && !complete) return this.#reply(job, attempt, head, complete);
    const keeps = complete && job.gather?.isEnough !== true;
    if (keeps) this.#fallback = { head, body: joined(attempt.held), deployment: attempt.deployment };
    if (!complete) attempt.cancel(outcome);
    close(this.#context, attempt, NO_USAGE, nowMs);
    if (decision !== null) this.#proceed(choice, decision, nowMs);
    this.#stir(nowMs);
  }

  /** A page of a list that several owners share. @returns false where the answer is none, and goes the way of others. */
  #gathered(choice: Choice, attempt: Attempt, head: Head): boolean {
    const { gather } = choice.job;
    const taken = gather === null ? null : gather.answer(attempt, head, this.#context.home.seal);
    if (gather === null || taken === null) return false;
    this.#fallback = { head, body: gather.whole(), deployment: attempt.deployment };
    this.#retire(attempt, NO_USAGE);
    const nowMs = this.#context.clock.nowMs();
    if (taken === 'more') this.#proceed(choice, choice.pick(nowMs), nowMs);
    else this.#replyKept(this.#fallback, false);
    return true;
  }

  onNoAnswer(attempt: Attempt): void {
    const choice = this.#choice;
    if (!this.#race.has(attempt) || choice === null) return;
    const { outcome } = attempt.record;
    this.#judged(attempt);
    this.#retire(attempt, NO_USAGE);
    if (this.#race.loses(attempt)) return;
    if (next(outcome, attempt.repeat) === 'tryAnother') {
      const nowMs = this.#context.clock.nowMs();
      return this.#proceed(choice, choice.pick(nowMs), nowMs);
    }
    const status = outcome.kind === 'firstByteTimeout' || outcome.kind === 'idleTimeout' ? 504 : 502;
    this.#replyOwn(notRepeated(status, attempt.deployment.id, failureText(outcome)));
  }

  onMalformed(attempt: Attempt, message: string): void {
    this.#outpace(attempt);
    this.#judged(attempt);
    this.#retire(attempt, NO_USAGE);
    this.#replyOwn(badRequest(`The request cannot be sent on as HTTP: ${message}.`));
  }

  /** Something was learned of the pool: those who wait for it try again. */
  #stir(nowMs: number): void {
    if (this.#pool !== null) this.#context.lobby.stir(this.#pool, nowMs);
  }

  #judged(attempt: Attempt): void {
    enterJudged(this.#told, attempt);
    this.#context.emit({ kind: 'attemptJudged', attempt: attempt.record });
  }

  /**
   * As long as a quota is all that keeps a deployment from serving, the client is told when to come back. Else all have failed,
   * and the last answer comes back as it was; where there was none, 503.
   */
  #nobodyLeft(choice: Choice, nowMs: number): void {
    const { gather, pool } = choice.job;
    if (gather?.isEnough === true && this.#fallback !== null) return this.#replyKept(this.#fallback, false);
    const verdict = choice.refusal(nowMs);
    const last = this.#told.outcomes.at(-1);
    const answered = last !== undefined && 'status' in last;
    if (verdict.status === 503 && answered && this.#fallback !== null) return this.#replyKept(this.#fallback, true);
    this.#replyOwn(nobodyFreeAnswer(pool.name, verdict, last === undefined ? null : failureText(last)));
  }

  // 7 — reply. What is written to the client is never taken back: from here on nothing is retried.

  #reply(job: Job, attempt: Attempt, head: Head, complete: boolean): void {
    this.#outpace(attempt);
    const { deployment } = attempt;
    const { home } = this.#context;
    const served = { method: this.#inbound.method, status: head.status, owner: deployment.backend.name };
    learnOwners(home, job.found, { ...served, askedAround: this.#askedAround });
    this.#told.servedBy = deployment.id;
    this.#body = EMPTY;
    this.#choice = null;
    const held = attempt.pass();
    const misfit = this.#delivery.misfit(head, held);
    if (misfit !== null) {
      if (!complete) attempt.cancel(attempt.record.outcome);
      this.#retire(attempt, NO_USAGE);
      return this.#breakOff(true, misfit);
    }
    const roomy = this.#delivery.begin({ job, home, deployment, head, complete }, held);
    if (complete) return this.#done(attempt);
    commit(this.#context, attempt);
    this.#times.answering();
    if (!roomy) attempt.pause();
  }

  onMore(chunk: Buffer): void {
    if (!this.#delivery.more(chunk)) this.#race.attempt?.pause();
  }

  onDrain(): void {
    this.#delivery.drained();
    this.#race.attempt?.resume();
  }

  onDone(): void {
    const { attempt } = this.#race;
    if (attempt !== null) this.#done(attempt);
  }

  /** Until now the answer counted as under way: one that nobody reads is bounded like one that nobody writes. */
  onSent(): void {
    this.#finish('whole');
  }

  onCut(): void {
    const { attempt } = this.#race;
    if (attempt === null) return;
    if (this.#delivery.ending() !== null) {
      // All of the answer has come, and said so: what broke behind it concerns nobody.
      attempt.record.outcome = { kind: 'answered', status: attempt.head?.status ?? 0 };
      return this.#done(attempt, 'cut');
    }
    const reads = attempt.record.outcome.kind !== 'stalled';
    this.#retire(attempt, NO_USAGE);
    this.#breakOff(reads, { code: 'upstream_broken', message: 'The backend broke off before the answer was whole.' });
  }

  onClientGone(): void {
    if (this.#over) return;
    this.#abandon({ kind: 'clientGone' });
    this.#finish('clientGone');
  }

  readonly #onTimeOut = (): void => {
    const { totalMs, streamMs } = this.#context.config.gateway.timeouts;
    const reads = this.#race.attempt?.isPaused === false;
    this.#abandon({ kind: 'totalTimeout' });
    if (!this.#delivery.hasBegun) return this.#replyOwn(outOfTime(totalMs));
    this.#breakOff(reads, {
      code: 'timeout',
      message: `Not whole within ${Math.min(totalMs, streamMs ?? totalMs)} ms, the limit of the gateway.`,
    });
  };

  #breakOff(reads: boolean, failure: StreamFailure): void {
    this.#race.end();
    this.#times.lastEvent();
    if (!this.#delivery.breakOff(reads, failure)) this.#finish('cut');
  }

  /** Ends what is under way from this side, so that no backend goes on working on it. */
  #abandon(outcome: Outcome): void {
    this.#choice?.leave();
    for (const attempt of this.#race.all) {
      attempt.cancel(outcome);
      if (this.#told.servedBy === null) this.#judged(attempt);
      this.#retire(attempt, NO_USAGE);
    }
    this.#race.end();
  }

  #replyKept(kept: Kept, keepsLength: boolean): void {
    const late = this.#delivery.kept(kept, keepsLength);
    if (late !== null) this.#breakOff(true, late);
  }

  #replyOwn(answer: OwnAnswer): void {
    const late = this.#over ? null : this.#delivery.own(answer);
    if (late !== null) this.#breakOff(true, late);
  }

  // 8 — record

  /** The deployment's part is over; the exchange is when the client has its answer. */
  #done(attempt: Attempt, how: 'whole' | 'cut' = 'whole'): void {
    const { usage, failure } = this.#delivery.wrapUp(how);
    if (failure !== null) attempt.record.outcome = failure;
    this.#race.end();
    this.#retire(attempt, usage);
    this.#delivery.end();
  }

  #retire(attempt: Attempt, usage: Usage): void {
    const nowMs = this.#context.clock.nowMs();
    settle(this.#context, attempt, nowMs, usage);
    close(this.#context, attempt, usage, nowMs);
    this.#stir(nowMs);
  }

  #finish(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#race.end();
    const context = this.#context;
    const endedMs = context.clock.nowMs();
    this.#times.end();
    context.inFlight--;
    context.crowd.leaves(this.#told.client);
    const exchange = this.#delivery.record(ending, this.#times.startedMs, endedMs);
    context.emit({ kind: 'exchangeEnded', exchange, trail: this.#told.trail });
    context.onExchangeEnd();
  }
}
