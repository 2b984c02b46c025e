/** Where a request goes: each choice made for one exchange, its wait for quota, and what it is told where nobody can take it. */
import { type Arrived, barredAfterWait, type Decision, type NobodyFree, pick, type Stay } from '@spillway/policy';
import type { Body } from '../body/body.ts';
import type { Inbound } from '../listen/inbound.ts';
import { WAIT_HEADER, waitMsMax } from '../waiting/bound.ts';
import { knockOf } from '../waiting/fingerprint.ts';
import type { Guest } from '../waiting/lobby.ts';
import type { Context } from './context.ts';
import { boundsOf, type Job } from './job.ts';
import type { Told } from './told.ts';

/** It has waited. */
export type Proceed = (choice: Choice, decision: Decision, nowMs: number) => void;

/** Whose choices they are. */
export interface Chooser {
  readonly job: Job;
  readonly inbound: Pick<Inbound, 'header'>;
  readonly body: Body;
  readonly nowMs: number;
  readonly proceed: Proceed;
}

export class Choice implements Guest {
  readonly #context: Context;
  readonly #told: Told;
  readonly job: Job;
  readonly heldBytes: number;
  readonly #proceed: Proceed;
  readonly #arrived: Arrived;
  /** When it gives up waiting. Milliseconds since 1970. */
  readonly #untilMs: number;
  #stay: Stay<Guest> | null = null;
  #enteredMs = 0;
  #hasWaited = false;

  constructor(context: Context, told: Told, { job, inbound, body, nowMs, proceed }: Chooser) {
    const { lobby, config } = context;
    const { pool, need, route } = job;
    this.#context = context;
    this.#told = told;
    this.job = job;
    this.heldBytes = Buffer.isBuffer(body) ? body.length : 0;
    this.#proceed = proceed;
    const knock = knockOf(route.client, body, inbound.header('x-stainless-retry-count'));
    this.#arrived = lobby.arrive(pool, knock, nowMs);
    const patience = { class: need.class, clientMsMax: route.waitMsMax, asked: inbound.header(WAIT_HEADER) };
    this.#untilMs = nowMs + waitMsMax(pool, config.policy.waiting, patience);
  }

  /** What is only believed stands in its way: it may wait, or come back. */
  pick(nowMs: number): Decision {
    return this.#pick(nowMs, false);
  }

  /** It would be refused else: what is only believed no longer stands in its way. */
  pickAtLast(nowMs: number): Decision {
    return this.#pick(nowMs, true);
  }

  #pick(nowMs: number, isLastResort: boolean): Decision {
    const { ledger, unit, config } = this.#context;
    const { need, pool, chance } = this.job;
    const ask = {
      tried: this.#barred,
      ...boundsOf(this.job, this.#told),
      need,
      isPromised: this.#arrived.isPromised,
      isLastResort,
    };
    const at = { nowMs, unit: chance ?? unit() };
    return this.#told.trail.picked(pool, need, pick(pool, ledger, ask, at, config.policy));
  }

  get #barred(): readonly string[] {
    const { tried, outcomes } = this.#told;
    return this.#hasWaited ? barredAfterWait(tried, outcomes) : tried;
  }

  /** @returns whether it waits for a place that opens in time; `proceed` is called then. A list from several owners does not wait. */
  waits(nowMs: number): boolean {
    const { lobby, draining } = this.#context;
    if (draining || this.job.gather !== null || this.#untilMs <= nowMs) return false;
    const { pool, need } = this.job;
    const tried = barredAfterWait(this.#told.tried, this.#told.outcomes);
    const ask = { item: this, pool, need, ...boundsOf(this.job, this.#told), tried };
    this.#stay = lobby.enter({ ...ask, arrived: this.#arrived, untilMs: this.#untilMs }, nowMs);
    if (this.#stay === null) return false;
    this.#enteredMs = nowMs;
    this.#hasWaited = true;
    return true;
  }

  goOn(found: Decision | null, nowMs: number): void {
    const decision = found ?? this.pickAtLast(nowMs);
    this.#waited(decision.kind === 'send' ? 'served' : 'expired', nowMs);
    this.#proceed(this, decision, nowMs);
  }

  /** Its client has gone, or its time is over: no trace of it stays in the queue. */
  leave(): void {
    if (this.#stay === null) return;
    this.#context.lobby.leave(this.#stay);
    this.#waited('left', this.#context.clock.nowMs());
  }

  #waited(ending: 'served' | 'expired' | 'left', atMs: number): void {
    const { pool, need } = this.job;
    this.#stay = null;
    this.#told.trail.waited(this.#enteredMs, atMs);
    const waitedMs = atMs - this.#enteredMs;
    this.#context.emit({ kind: 'waited', pool: pool.name, class: need.class, ending, waitedMs, atMs });
  }

  /** What the client is told, where nobody can take it. */
  refusal(nowMs: number): NobodyFree {
    const { pool, need } = this.job;
    return this.#context.lobby.tell(pool, { ...boundsOf(this.job, this.#told), need }, this.#arrived, nowMs);
  }
}

/** Nobody else will take it, not even at last. */
export function isHopeless({ kind, looks }: Decision): boolean {
  return kind === 'none' && !looks.some(({ isGuess }) => isGuess);
}
