/**
 * One try on one deployment: its deadlines, the hold on its answer, and its judgement.
 * What to do about the judgement is the exchange's matter.
 */
import { Deadline } from '@spillway/clock';
import {
  type Begun,
  type Deployment,
  judge,
  judgeEvent,
  needsBody,
  next,
  type Outcome,
  type Probes,
  type Quota,
  type Reservation,
} from '@spillway/policy';
import { errorFacts, type Repeat } from '@spillway/protocol';
import type { Receiver, UpstreamCall, UpstreamFailure } from '../forward/upstream.ts';
import type { RawHeaders } from '../listen/inbound.ts';
import type { AttemptRecord } from '../observe/events.ts';
import { readHead } from '../record/quota.ts';
import type { Context } from './context.ts';
import { Hold, type HoldMode, holdMode } from './hold.ts';

/** An error whose rest does not come is judged without it after this time: the next deployment waits. Milliseconds. */
export const ERROR_BODY_MS_MAX = 1_000;

export interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: RawHeaders;
}

/** What the exchange hears of an attempt: one of the first two, and after an incomplete answer `onMore` until `onDone` or `onCut`. */
export interface AttemptListener {
  /** @param complete all of the answer is in `held`. */
  onAnswer(attempt: Attempt, complete: boolean): void;
  onNoAnswer(attempt: Attempt): void;
  onMore(chunk: Buffer): void;
  onDone(): void;
  onCut(): void;
  /** The request cannot be sent as HTTP, to any deployment. */
  onMalformed(attempt: Attempt, message: string): void;
}

type Phase = 'connecting' | 'waiting' | 'holding' | 'passing' | 'over';

export class Attempt implements Receiver {
  readonly record: AttemptRecord;
  probes: Probes;
  readonly quotas: readonly Quota[];
  /** Of each of the quotas. */
  readonly reservations: readonly Reservation[];
  readonly #context: Context;
  readonly #listener: AttemptListener;
  #repeat: () => Repeat;
  readonly #deadline: Deadline;
  #phase: Phase = 'connecting';
  #call: UpstreamCall | null = null;
  #hold: Hold | null = null;
  #paused = false;
  head: Head | null = null;
  /** There was a connection: the backend may have got the request, and have counted it. */
  wasSent = false;
  /** An earlier try of the exchange failed in the same way. */
  isEcho = false;
  /** Whether the end of the attempt has been entered in the ledger. */
  settled = false;

  constructor(context: Context, listener: AttemptListener, record: AttemptRecord, begun: Begun, repeat: () => Repeat) {
    this.#context = context;
    this.#listener = listener;
    this.record = record;
    this.probes = begun.probes;
    this.quotas = begun.quotas;
    this.reservations = begun.reservations;
    this.#repeat = repeat;
    this.#deadline = new Deadline(this.#onDeadline);
    this.#wait(record.startedMs, context.config.gateway.timeouts.connectMs);
  }

  get deployment(): Deployment {
    return this.record.deployment;
  }

  /** The client takes no more for now. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Whether the request may be sent again after this try. */
  get repeat(): Repeat {
    return this.#repeat();
  }

  get held(): readonly Buffer[] {
    return this.#hold?.chunks ?? [];
  }

  /** The call may have failed at once, before this is told of it. */
  sent(call: UpstreamCall): void {
    this.#call = call;
    if (this.#phase === 'over') call.cancel();
  }

  /** Ends the attempt from this side; nothing more is heard of it. */
  cancel(outcome: Outcome): void {
    if (this.#phase === 'over') return;
    this.#over(outcome);
    this.#call?.cancel();
  }

  /** From now on the answer goes to the client as it comes. @returns what was held of it so far. */
  pass(): readonly Buffer[] {
    if (this.#phase === 'holding') this.#phase = 'passing';
    const { held } = this;
    this.#hold = null;
    // It holds the request's body, which nobody needs any more.
    this.#repeat = committed;
    return held;
  }

  pause(): void {
    if (this.#phase !== 'passing' || this.#paused) return;
    this.#paused = true;
    this.#context.deadlines.drop(this.#deadline);
    this.#call?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#phase === 'passing') this.#wait(this.#nowMs(), this.#context.config.gateway.timeouts.idleMs);
    this.#call?.resume();
  }

  /** Again with each piece of a long body: the first byte of the answer is awaited from the last one on. */
  onConnected(): void {
    if (this.#phase !== 'connecting' && this.#phase !== 'waiting') return;
    this.#phase = 'waiting';
    this.wasSent = true;
    this.#wait(this.#nowMs(), this.#context.config.gateway.timeouts.firstByteMs);
  }

  onHead(status: number, reason: string, headers: RawHeaders): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'holding';
    this.head = { status, reason, headers };
    const nowMs = this.#nowMs();
    this.record.headMs = nowMs - this.record.startedMs;
    readHead(this.#context.ledger, this, (name) => headerOf(headers, name), nowMs);
    const { limits, timeouts } = this.#context.config.gateway;
    this.#hold = new Hold(modeOf(status, headers), limits.heldAnswerBytesMax);
    this.#wait(nowMs, this.#wanted() ? timeouts.idleMs : Math.min(timeouts.idleMs, ERROR_BODY_MS_MAX));
  }

  onData(chunk: Buffer): void {
    switch (this.#phase) {
      case 'passing':
        this.#wait(this.#nowMs(), this.#context.config.gateway.timeouts.idleMs);
        this.#listener.onMore(chunk);
        return;
      case 'holding':
        this.#holdBack(chunk);
        return;
      case 'connecting':
      case 'waiting':
      case 'over':
        return;
    }
  }

  onEnd(): void {
    if (this.#phase === 'passing') {
      this.#over(this.record.outcome);
      this.#listener.onDone();
    } else if (this.#phase === 'holding') {
      if (this.#hold?.isEmptyStream === true) return this.#fail({ kind: 'broken', code: 'emptyStream' });
      this.#over(this.#judged());
      this.#listener.onAnswer(this, true);
    }
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.#phase === 'over') return;
    const { kind, code } = failure;
    if (kind === 'malformed') {
      this.#over({ kind: 'malformed' });
      this.#listener.onMalformed(this, failure.message);
    } else this.#fail(kind === 'unsent' ? { kind: 'connectFailed', code } : { kind: 'broken', code });
  }

  /** Without a token nothing can be sent. */
  onNoCredential(): void {
    if (this.#phase !== 'over') this.#fail({ kind: 'noCredential' });
  }

  #holdBack(chunk: Buffer): void {
    const held = this.#hold?.add(chunk);
    if (held === undefined || this.head === null) return;
    if (this.#wanted()) this.#wait(this.#nowMs(), this.#context.config.gateway.timeouts.idleMs);
    if (held.kind === 'hold') return;
    this.record.outcome = held.kind === 'commit' ? this.#judged() : judgeEvent(held.facts, this.head.status);
    // It has ended, by its own word, before anything was made: nothing can be done twice.
    if (held.kind === 'error') this.#repeat = unbegun;
    this.#listener.onAnswer(this, false);
  }

  #fail(outcome: Outcome): void {
    if (this.#phase !== 'passing') {
      this.#over(outcome);
      this.#listener.onNoAnswer(this);
      return;
    }
    const code = 'code' in outcome ? outcome.code : outcome.kind;
    this.#over({ kind: this.#paused ? 'stalled' : 'cut', code });
    this.#listener.onCut();
  }

  readonly #onDeadline = (): void => {
    const phase = this.#phase;
    if (phase === 'holding' && !this.#wanted()) {
      this.record.outcome = this.#judged();
      this.#listener.onAnswer(this, false);
      return;
    }
    const call = this.#call;
    if (call === null) this.#fail({ kind: 'noCredential' });
    else if (phase === 'connecting') this.#fail({ kind: 'connectFailed', code: 'connectTimeout' });
    else if (phase === 'waiting') this.#fail({ kind: 'firstByteTimeout' });
    else this.#fail({ kind: 'idleTimeout' });
    call?.cancel();
  };

  /** Whether the answer, by its status alone, is one the client should see, or must be read to know. */
  #wanted(): boolean {
    if (this.head === null || this.head.status < 400 || needsBody(this.head.status)) return true;
    return next(this.#judged(), this.#repeat()) === 'stop';
  }

  #judged(): Outcome {
    const head = this.head;
    if (head === null) return this.record.outcome;
    if (head.status < 400) return { kind: 'answered', status: head.status };
    const facts = needsBody(head.status) && this.#hold !== null ? errorFacts(this.#hold.text()) : null;
    const header = (name: string) => headerOf(head.headers, name);
    return judge({ status: head.status, header, facts }, this.#nowMs());
  }

  #nowMs(): number {
    return this.#context.clock.nowMs();
  }

  #wait(nowMs: number, delayMs: number): void {
    this.#context.deadlines.set(this.#deadline, nowMs, delayMs);
  }

  #over(outcome: Outcome): void {
    this.#phase = 'over';
    this.record.outcome = outcome;
    this.#context.deadlines.drop(this.#deadline);
  }
}

function modeOf(status: number, headers: RawHeaders): HoldMode {
  return holdMode(status, headerOf(headers, 'content-type'), headerOf(headers, 'content-encoding'));
}

function committed(): Repeat {
  return 'provenUnstarted';
}

function unbegun(): Repeat {
  return 'repeatable';
}

/** The first value of a header in a raw list. */
export function headerOf(headers: RawHeaders, lowerName: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    if (name !== undefined && name.length === lowerName.length && name.toLowerCase() === lowerName)
      return headers[i + 1];
  }
  return undefined;
}
