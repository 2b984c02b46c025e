/** A request with all its tries, from when it comes until its client sees an answer; and what an answer means to policy. */
import { type Arrived, judge, type Need, type Outcome, type Settlement, type Ticket } from '@spillway/policy';
import { NO_USAGE } from '@spillway/protocol';
import type { TrueAnswer } from './truth-answer.ts';
import type { Arrival } from './types.ts';

export interface Visit {
  readonly arrival: Arrival;
  readonly ticket: Ticket;
  readonly need: Need;
  readonly arrived: Arrived;
  readonly enteredMs: number;
  /** How often it has come back before. */
  readonly comebacks: number;
  /** Ids in turn; the same twice only after a wait. */
  readonly tried: string[];
  /** Of each try, as far as it is known. */
  readonly outcomes: Outcome[];
  /** Ids that it may not use now. */
  barred: readonly string[];
  wasted: number;
  waitsSinceMs: number;
  waitedMs: number;
}

export function newVisit(came: Pick<Visit, 'arrival' | 'ticket' | 'arrived' | 'comebacks'>, nowMs: number): Visit {
  const counters = { wasted: 0, waitsSinceMs: nowMs, waitedMs: 0 };
  return { ...came, need: came.ticket.need, enteredMs: nowMs, tried: [], outcomes: [], barred: [], ...counters };
}

const TOO_LONG = { code: 'context_length_exceeded', message: null, type: null };

export function outcomeOf({ status, header }: TrueAnswer, nowMs: number): Outcome {
  if (status === 0) return { kind: 'connectFailed', code: 'ECONNREFUSED' };
  return judge({ status, header, facts: status === 400 ? TOO_LONG : null }, nowMs);
}

export function settlementOf(outcome: Outcome): Settlement {
  switch (outcome.kind) {
    case 'throttled':
      return { kind: 'refused' };
    case 'connectFailed':
      return { kind: 'unsent' };
    case 'answered':
      return { kind: 'served', usage: NO_USAGE };
    default:
      return { kind: 'lost' };
  }
}
