/**
 * What the best balancer that knows the truth would do with the same trace, under the same bounds of waiting. It sees each deployment's
 * true counters, charges and faults, and so never sends in vain; it does not see the future. It takes requests as they come, classes in
 * their order and first come, first served within each; whoever fits nowhere waits, and is no obstacle to smaller ones behind. Of the
 * deployments that would serve a request it takes those of the lowest priority number; of provisioned ones the one that has read most
 * of the prompt, then the emptiest, since an empty bucket drains nothing; of Standard ones the one whose minute ends soonest, then the
 * fullest: what is lost first is spent first, and room for large requests is kept. A request is refused when it fits
 * nowhere until its wait is over, and is told the true time at which it would have fitted.
 *
 * What it bounds: 429s that no balancer without foresight could avoid. It is no proof, since which requests fit together is a puzzle:
 * a strategy may be lucky and do slightly better, by up to some percent of goodput where far more comes than fits. What nobody can pass is {@link goodputBound}.
 */
import { REQUEST_CLASSES } from '@spillway/policy';
import { NO_USAGE } from '@spillway/protocol';
import { Heap } from './heap.ts';
import type { Run } from './run-log.ts';
import { type TrueDeployment, trueFleet } from './truth.ts';
import type { TrueAnswer } from './truth-answer.ts';
import type { Arrival, Fate, RunSpec } from './types.ts';

/** Told where no time is known. Milliseconds. */
const UNKNOWN_MS = 60_000;

interface Visit {
  readonly arrival: Arrival;
  readonly comebacks: number;
  readonly enteredMs: number;
  readonly untilMs: number;
  /** Before that nothing can have changed for it, unless something was given back. Milliseconds. */
  opensMs: number;
}

type Event =
  | { readonly kind: 'comes'; readonly arrival: Arrival; readonly comebacks: number }
  | { readonly kind: 'end'; readonly truth: TrueDeployment; readonly answer: TrueAnswer; readonly sentMs: number }
  | { readonly kind: 'wake' };

export type OracleSpec = Omit<RunSpec, 'strategy'>;

export function oracleRun(spec: OracleSpec): Run {
  return new Oracle(spec).run();
}

class Oracle {
  readonly #spec: OracleSpec;
  readonly #truths: readonly TrueDeployment[];
  readonly #heap = new Heap<Event>();
  readonly #queues = REQUEST_CLASSES.map(() => new Set<Visit>());
  readonly #fates: Fate[] = [];
  /** Of each deployment, the smallest request that did not fit in the present sweep. Tokens. */
  readonly #full: number[];

  constructor(spec: OracleSpec) {
    this.#spec = spec;
    this.#truths = trueFleet(spec.scenario, spec.draw, spec.seed);
    this.#full = this.#truths.map(() => Number.POSITIVE_INFINITY);
  }

  run(): Run {
    for (const arrival of this.#spec.trace) this.#heap.plan(arrival.atMs, { kind: 'comes', arrival, comebacks: 0 });
    for (let due = this.#heap.next(); due !== undefined; due = this.#heap.next()) this.#happen(due.event, due.atMs);
    return { fates: this.#fates, samples: [], spills: [], digest: '' };
  }

  #happen(event: Event, nowMs: number): void {
    if (event.kind === 'end') event.truth.settle(event.answer, event.sentMs, nowMs);
    const isFreed = event.kind === 'end' && event.answer.used < event.answer.charged;
    if (event.kind === 'wake' || isFreed) this.#sweep(isFreed, nowMs);
    if (event.kind === 'comes') this.#comes(event.arrival, event.comebacks, nowMs);
  }

  #comes(arrival: Arrival, comebacks: number, nowMs: number): void {
    const untilMs = nowMs + this.#spec.scenario.waitMsMax[arrival.class];
    this.#full.fill(Number.POSITIVE_INFINITY);
    const visit = { arrival, comebacks, enteredMs: nowMs, untilMs, opensMs: nowMs };
    if (this.#serve(visit, nowMs)) return;
    visit.opensMs = this.#opensMs(arrival, nowMs);
    if (untilMs <= nowMs) return this.#refuse(visit, nowMs);
    this.#queues[REQUEST_CLASSES.indexOf(arrival.class)]?.add(visit);
    this.#heap.plan(Math.min(visit.opensMs, untilMs), { kind: 'wake' });
  }

  /** @param isFreed something was given back, so that everybody may try. */
  #sweep(isFreed: boolean, nowMs: number): void {
    this.#full.fill(Number.POSITIVE_INFINITY);
    for (const queue of this.#queues) {
      for (const visit of queue) {
        const isOver = nowMs >= visit.untilMs;
        if (!isFreed && !isOver && visit.opensMs > nowMs) continue;
        if (this.#serve(visit, nowMs)) queue.delete(visit);
        else if (isOver) {
          queue.delete(visit);
          this.#refuse(visit, nowMs);
        } else if (visit.opensMs <= nowMs) {
          visit.opensMs = Math.max(nowMs + 1, this.#opensMs(visit.arrival, nowMs));
          this.#heap.plan(Math.min(visit.opensMs, visit.untilMs), { kind: 'wake' });
        }
      }
    }
  }

  #serve(visit: Visit, nowMs: number): boolean {
    const truth = this.#bestFor(visit.arrival, nowMs);
    if (truth === null) return false;
    const answer = truth.send(visit.arrival, nowMs);
    const { charged, used, usage, status, headMs, durationMs } = answer;
    if (status !== 200) throw new Error(`oracle: '${truth.spec.id}' answered ${status} to what it would serve`);
    if (used !== charged) this.#heap.plan(nowMs + durationMs, { kind: 'end', truth, answer, sentMs: nowMs });
    const waitedMs = nowMs - visit.enteredMs;
    const fate = { ...fateOf(visit), status, sends: 1, waitedMs, usage, charged: used };
    this.#fates.push({ ...fate, servedBy: truth.spec.id, answeredMs: nowMs + headMs });
    return true;
  }

  #bestFor(arrival: Arrival, nowMs: number): TrueDeployment | null {
    let best: TrueDeployment | null = null;
    for (const [i, truth] of this.#truths.entries()) {
      if (best !== null && truth.spec.priority > best.spec.priority) continue;
      const size = truth.sizeOf(arrival);
      if (size >= (this.#full[i] ?? 0)) continue;
      const obstacle = truth.obstacle(arrival, nowMs);
      if (obstacle?.isShortage === true) this.#full[i] = size;
      if (obstacle === null && (best === null || isBetter(truth, best, arrival, nowMs))) best = truth;
    }
    return best;
  }

  #opensMs(arrival: Arrival, nowMs: number): number {
    let opensMs = Number.POSITIVE_INFINITY;
    for (const truth of this.#truths) opensMs = Math.min(opensMs, truth.opensAtMs(arrival, nowMs));
    return opensMs;
  }

  #refuse(visit: Visit, nowMs: number): void {
    const { arrival, comebacks } = visit;
    const opensMs = this.#opensMs(arrival, nowMs);
    const toldMs = Math.max(1, Math.ceil(opensMs === Number.POSITIVE_INFINITY ? UNKNOWN_MS : opensMs - nowMs));
    const waitedMs = nowMs - visit.enteredMs;
    this.#fates.push({ ...fateOf(visit), status: 429, waitedMs, toldMs, answeredMs: nowMs });
    if (comebacks >= arrival.comebacks) return;
    this.#heap.plan(nowMs + toldMs, { kind: 'comes', arrival, comebacks: comebacks + 1 });
  }
}

function isBetter(one: TrueDeployment, other: TrueDeployment, arrival: Arrival, nowMs: number): boolean {
  if (one.spec.priority !== other.spec.priority) return one.spec.priority < other.spec.priority;
  const [oneLeft, otherLeft] = [one.leftTokens(nowMs), other.leftTokens(nowMs)];
  if (one.quota.kind === 'provisioned') {
    const cached = one.cache.tokensOf(arrival, nowMs) - other.cache.tokensOf(arrival, nowMs);
    return cached === 0 ? oneLeft > otherLeft : cached > 0;
  }
  const [oneEndsMs, otherEndsMs] = [one.endsAtMs(nowMs), other.endsAtMs(nowMs)];
  return oneEndsMs === otherEndsMs ? oneLeft < otherLeft : oneEndsMs < otherEndsMs;
}

function fateOf({ arrival, comebacks, enteredMs }: Visit): Omit<Fate, 'status' | 'waitedMs' | 'answeredMs'> {
  const nothing = { servedBy: null, sends: 0, wasted: 0, toldMs: null, usage: NO_USAGE, charged: 0 };
  return { arrival, enteredMs, comebacks, isComeback: comebacks > 0, ...nothing };
}
