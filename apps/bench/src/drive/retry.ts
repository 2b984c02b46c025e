/** Whether a call that failed is tried again, and after which wait. */
import type { RetryHint } from '@spillway/protocol';
import type { RetryPolicy } from '../spec.ts';
import type { CallClass } from './call.ts';

/** First step of waits that are made up. Milliseconds. */
const BASE_MS = 250;
/** The longest of them. */
const STEP_MS_MAX = 10_000;

export interface Failed {
  readonly class: CallClass;
  readonly hint: RetryHint | null;
  /** Tries so far. */
  readonly attempts: number;
  /** Since the first of them was sent. Milliseconds. */
  readonly elapsedMs: number;
}

/**
 * exponential: as azure-openai-benchmark's help says and its code does not (simulator reference B-56 to B-60): waits what
 * `retry-after-ms` says, else a random time below a bound that doubles. retry-after: what Azure says in any of its headers, in the
 * order of the wire reference §3.4; where it says nothing, the same. hedged: a copy besides (hedge.ts); what fails all the same as by
 * retry-after.
 * @param msMax all tries together. @param unit in [0, 1). @returns null: no more tries.
 */
export function retryWaitMs(policy: RetryPolicy, failed: Failed, msMax: number, unit: number): number | null {
  if (policy === 'none' || !mayPass(failed.class)) return null;
  const { hint, attempts, elapsedMs } = failed;
  const obeyed = policy !== 'exponential' || hint?.source === 'retry-after-ms' ? (hint?.waitMs ?? null) : null;
  const waitMs = obeyed ?? unit * Math.min(STEP_MS_MAX, BASE_MS * 2 ** Math.min(30, attempts));
  return elapsedMs + waitMs < msMax ? waitMs : null;
}

/** Failures that another try may not meet. What was sent in part is not sent again: tokens of it are spent. */
function mayPass(of: CallClass): boolean {
  return of === 'throttled' || of === 'serverError' || of === 'reset';
}
