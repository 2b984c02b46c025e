/**
 * Sends the calls of a run, or of one worker's share of it: in open loop when they are due, in closed loop whenever a client is free.
 *
 *   plan → due → ( a client is free ? send : wait in line ) → ended → a result
 */
import { type Intended, isOver } from '../load/plan.ts';
import type { LoadSpec } from '../spec.ts';
import { type CallResult, LATE_MS, type SenderReport, spentTokens } from './call.ts';
import { type CallAsk, type CallParts, OneCall } from './one-call.ts';

/** Calls that are due and wait for a free client, in open loop; beyond it the run ends: the server has fallen behind for good. */
export const WAITING_MAX = 100_000;
/** Calls that are sent in one turn of the event loop, so that answers are read in between. */
const BURST_MAX = 200;
/** Those that have left the line are cut off so many at a time. */
const CUT = 1_000;

/** What may be used up here. */
export interface Budget {
  readonly tokensMax: number;
  /** Of one answer, at most; 0 where it is not bounded. */
  readonly answerTokensMax: number;
  /** How often a request may be under way at once. */
  readonly copies: number;
}

/** Why sending ends before its time: the budget is used up or under way; the server has fallen behind for good. */
export type EarlyEnd = 'tokens' | 'behind';

export interface DriverOptions {
  readonly spec: Pick<LoadSpec, 'clients' | 'retry' | 'retryMsMax' | 'drainMs' | 'end' | 'warmUpMs' | 'targets'>;
  /** Of this worker; null in closed loop. */
  readonly plan: Iterator<Intended> | null;
  readonly parts: CallParts;
  /** Makes the request of a call. */
  readonly requestOf: (call: Intended) => Pick<CallAsk, 'request' | 'promptTokens'>;
  readonly onResult: (result: CallResult) => void;
  /** Once at most; it is stopped then. */
  readonly onEarlyEnd: (why: EarlyEnd) => void;
  /** null: no bound. */
  readonly budget: Budget | null;
  /** Of the measured part, in closed loop: sends no more after so many; null: no bound. The share of the whole run's. */
  readonly closedCallsMax: number | null;
  /** Of calls in closed loop: every n-th index is this worker's. */
  readonly worker: number;
  readonly workers: number;
}

export class Driver {
  readonly #options: DriverOptions;
  /** With the tokens that each may use, and its prompt was thought to have. */
  readonly #underWay = new Map<OneCall, { readonly tokens: number; readonly promptTokens: number }>();
  readonly #waiting: Intended[] = [];
  #first = 0;
  #next: Intended | null = null;
  #timer: { cancel(): void } | null = null;
  #isStopped = false;
  /** All that was planned is due, or nothing more is to be sent: when the line is empty, it ends. */
  #isPlannedOut = false;
  #begun = 0;
  #measured = 0;
  #late = 0;
  #lagMsMax = 0;
  #capped = 0;
  #unsent = 0;
  #tokensUsed = 0;
  #tokensExpected = 0;
  /** By how much the server's count of a prompt has been above ours, at most. */
  #promptFactor = 1;
  #done: (() => void) | null = null;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /** @returns when all that was sent has ended. */
  run(): Promise<Omit<SenderReport, 'cpuMs'>> {
    return new Promise((resolve) => {
      this.#done = () =>
        resolve({ late: this.#late, lagMsMax: this.#lagMsMax, capped: this.#capped, unsent: this.#unsent });
      if (this.#options.plan === null) this.#runClosed();
      else this.#schedule();
    });
  }

  #runClosed(): void {
    const { end, warmUpMs } = this.#options.spec;
    const { clock } = this.#options.parts;
    const endsByTime = end.durationMs !== null && (end.mode === 'or' || end.requests === null);
    const inMs = warmUpMs + (end.durationMs ?? 0) - clock.nowMs();
    // Also where no call ends any more.
    if (endsByTime) this.#timer = clock.after(Math.max(0, inMs), () => this.stop());
    this.#fill();
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Sends no more; what is under way may end, for a while. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#unsent = this.#waiting.length - this.#first;
    this.#waiting.length = 0;
    this.#first = 0;
    this.#drain();
  }

  #endEarly(why: EarlyEnd): void {
    this.stop();
    this.#options.onEarlyEnd(why);
  }

  /** No more is planned: what is under way, and in line, has so long. */
  #drain(): void {
    this.#isPlannedOut = true;
    this.#timer?.cancel();
    this.#timer = null;
    const { spec, parts } = this.#options;
    if (this.#underWay.size > 0) this.#timer = parts.clock.after(spec.drainMs, () => this.cancel());
    this.#endIfDone();
  }

  /** Ends what is under way, as cancelled. */
  cancel(): void {
    this.stop();
    for (const call of [...this.#underWay.keys()]) call.cancel();
  }

  #schedule(): void {
    const { parts } = this.#options;
    let sent = 0;
    for (;;) {
      if (this.#isStopped) return;
      this.#next ??= this.#planned();
      if (this.#next === null) return this.#drain();
      const lagMs = parts.clock.nowMs() - this.#next.atMs;
      if (lagMs < 0 || sent >= BURST_MAX) {
        this.#timer = parts.clock.after(Math.max(0, -lagMs), () => this.#schedule());
        return;
      }
      const due = this.#next;
      this.#next = null;
      this.#lagMsMax = Math.max(this.#lagMsMax, lagMs);
      if (lagMs > LATE_MS) this.#late++;
      sent++;
      this.#send(due);
    }
  }

  #planned(): Intended | null {
    const next = this.#options.plan?.next();
    return next === undefined || next.done === true ? null : next.value;
  }

  #send(due: Intended): void {
    if (this.#underWay.size < this.#options.spec.clients) return this.#begin(due);
    this.#capped++;
    this.#waiting.push(due);
    if (this.#waiting.length - this.#first > WAITING_MAX) this.#endEarly('behind');
  }

  /** Closed loop: whoever is free asks. */
  #fill(): void {
    const { spec, parts, closedCallsMax, worker, workers } = this.#options;
    while (!this.#isStopped && this.#underWay.size < spec.clients) {
      const nowMs = parts.clock.nowMs();
      const isWarmUp = nowMs < spec.warmUpMs;
      // Those of a bound in calls are dealt out before; of both bounds, as they are joined.
      const bound = closedCallsMax === null ? spec.end : { ...spec.end, requests: closedCallsMax };
      if (!isWarmUp && isOver(bound, this.#measured, nowMs - spec.warmUpMs)) return this.stop();
      const index = worker + workers * this.#begun;
      const target = this.#begun % spec.targets.length;
      this.#begin({ index, atMs: nowMs, phase: isWarmUp ? 'warmUp' : 'measure', target });
    }
  }

  #begin(due: Intended): void {
    const { parts, requestOf, spec } = this.#options;
    const asked = requestOf(due);
    const { answerTokensMax = 0, copies = 1 } = this.#options.budget ?? {};
    const tokens = (asked.promptTokens * this.#promptFactor + answerTokensMax) * copies;
    if (!this.#affords(tokens)) return this.#endEarly('tokens');
    this.#begun++;
    if (due.phase === 'measure') this.#measured++;
    const { target, phase, atMs: intendedMs } = due;
    const ask: CallAsk = { target, phase, intendedMs, ...asked };
    const call: OneCall = new OneCall(ask, spec, parts, (result) => this.#ended(call, result));
    this.#underWay.set(call, { tokens, promptTokens: asked.promptTokens });
    this.#tokensExpected += tokens;
  }

  #affords(tokens: number): boolean {
    const { budget } = this.#options;
    return budget === null || this.#tokensUsed + this.#tokensExpected + tokens <= budget.tokensMax;
  }

  #ended(call: OneCall, result: CallResult): void {
    const { tokens, promptTokens } = this.#underWay.get(call) ?? { tokens: 0, promptTokens: 0 };
    this.#underWay.delete(call);
    this.#tokensExpected -= tokens;
    this.#tokensUsed += spentTokens(result);
    if (promptTokens > 0) this.#promptFactor = Math.max(this.#promptFactor, result.promptTokens / promptTokens);
    this.#options.onResult(result);
    if (this.#options.plan === null) this.#fill();
    else this.#takeWaiting();
    this.#endIfDone();
  }

  #takeWaiting(): void {
    const due = this.#waiting[this.#first];
    if (due === undefined) return;
    this.#first++;
    if (this.#first >= CUT) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    this.#begin(due);
  }

  #endIfDone(): void {
    if (!this.#isPlannedOut || this.#underWay.size > 0) return;
    this.#timer?.cancel();
    this.#done?.();
    this.#done = null;
  }
}
