/**
 * Keeps requests from a deployment or a backend that fails, and lets one at a time find out whether it has come back.
 * Only failures move it (see blame): neither a 429 nor a client that left.
 */
import type { BreakerSettings } from './fleet.ts';
import { unreachable } from './outcome.ts';
import type { At } from './pick.ts';
import { spread } from './throttle.ts';

export type BreakerState =
  | { readonly kind: 'closed'; readonly inARow: number; readonly recent: RecentAttempts }
  /** `cooldownMs` is the length of this opening before it was spread; the next one is twice as long. */
  | { readonly kind: 'open'; readonly untilMs: number; readonly cooldownMs: number }
  | { readonly kind: 'halfOpen'; readonly probing: boolean; readonly cooldownMs: number };

/** pass: send. probe: send this one only, and tell how it ended. block: not now. */
export type Admission = 'pass' | 'probe' | 'block';

/** What an attempt says about the thing behind the breaker. none: nothing (a 429, a client that left). */
export type Verdict = 'success' | 'failure' | 'none';

export function closedBreaker(): BreakerState {
  return { kind: 'closed', inARow: 0, recent: new RecentAttempts() };
}

export function admit(state: BreakerState, nowMs: number): Admission {
  switch (state.kind) {
    case 'closed':
      return 'pass';
    case 'open':
      return nowMs >= state.untilMs ? 'probe' : 'block';
    case 'halfOpen':
      return state.probing ? 'block' : 'probe';
    default:
      return unreachable(state);
  }
}

/** The state once a request that was admitted as a probe is on its way. */
export function beginProbe(state: BreakerState): BreakerState {
  return state.kind === 'closed' ? state : { kind: 'halfOpen', probing: true, cooldownMs: state.cooldownMs };
}

/** How an attempt that was let through ended. `probe`: it was admitted as one; others that end late say nothing while it is not closed. */
export interface Ended {
  readonly verdict: Verdict;
  readonly probe: boolean;
}

/** @param unit in [0, 1): spreads the cooldown, so that replicas do not come back together. */
export function breakerAfter(
  state: BreakerState,
  ended: Ended,
  nowMs: number,
  settings: BreakerSettings,
  unit = 0,
): BreakerState {
  if (state.kind === 'closed') return closedAfter(state, ended.verdict, { nowMs, unit }, settings);
  if (!ended.probe || state.kind !== 'halfOpen') return state;
  switch (ended.verdict) {
    case 'success':
      return closedBreaker();
    case 'failure':
      return opened(Math.min(2 * state.cooldownMs, settings.cooldownMsMax), { nowMs, unit });
    case 'none':
      return { kind: 'halfOpen', probing: false, cooldownMs: state.cooldownMs };
    default:
      return unreachable(ended.verdict);
  }
}

/** A closed breaker counts in place: this runs on every attempt, and a run of successes leaves the state as it is. */
function closedAfter(
  state: Extract<BreakerState, { kind: 'closed' }>,
  verdict: Verdict,
  at: At,
  settings: BreakerSettings,
): BreakerState {
  if (verdict === 'none') return state;
  state.recent.add(verdict, at.nowMs, settings.windowMs);
  if (verdict === 'success') return state.inARow === 0 ? state : { ...state, inARow: 0 };
  const inARow = state.inARow + 1;
  if (inARow >= settings.failuresInARow || state.recent.failing(settings)) return opened(settings.cooldownMs, at);
  return { ...state, inARow };
}

function opened(cooldownMs: number, { nowMs, unit }: At): BreakerState {
  return { kind: 'open', untilMs: nowMs + spread(cooldownMs, unit), cooldownMs };
}

/** Parts of the window that are counted apart; the window moves on by one part at a time. */
const WINDOW_PARTS = 6;

/** Successes and failures of the last window, in a ring of parts. */
export class RecentAttempts {
  readonly #successes = new Uint32Array(WINDOW_PARTS);
  readonly #failures = new Uint32Array(WINDOW_PARTS);
  #part = 0;

  add(verdict: 'success' | 'failure', nowMs: number, windowMs: number): void {
    const part = Math.floor((nowMs * WINDOW_PARTS) / windowMs);
    if (part > this.#part) this.#forget(part);
    const counts = verdict === 'success' ? this.#successes : this.#failures;
    const slot = this.#part % WINDOW_PARTS;
    counts[slot] = (counts[slot] ?? 0) + 1;
  }

  failing(settings: BreakerSettings): boolean {
    const failures = sum(this.#failures);
    const attempts = failures + sum(this.#successes);
    return attempts >= settings.attemptsMin && failures >= settings.failureShare * attempts;
  }

  /** Empties each part between the last one written and `part`. */
  #forget(part: number): void {
    const first = Math.max(this.#part + 1, part - WINDOW_PARTS + 1);
    for (let p = first; p <= part; p++) {
      this.#successes[p % WINDOW_PARTS] = 0;
      this.#failures[p % WINDOW_PARTS] = 0;
    }
    this.#part = part;
  }
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
