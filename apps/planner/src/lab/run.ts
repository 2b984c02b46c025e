/**
 * One strategy on one trace under virtual time: policy's own functions on the one side, the truth on the other, and nothing between
 * them but statuses, headers and usages, as on the wire. The same arguments give the same result, fate by fate.
 */

import { seededUnit, type Unit } from '@spillway/clock';
import {
  ANYWHERE,
  answerBegan,
  type Begun,
  barredAfterWait,
  begin,
  DEFAULT_POLICY,
  type Decision,
  type Deployment,
  end,
  isEcho,
  NO_PROBES,
  next,
  type PolicySettings,
  type Pool,
  pick,
  readingOf,
  readQuota,
  settleQuota,
  statusOf,
  strategyOf,
  Waiting,
} from '@spillway/policy';
import { Heap } from './heap.ts';
import { OverLimit } from './over-limit.ts';
import { LabStates, poolOf } from './run-fleet.ts';
import { type Run, RunLog } from './run-log.ts';
import { Guesser } from './run-need.ts';
import { newVisit, outcomeOf, settlementOf, type Visit } from './run-visit.ts';
import { type TrueDeployment, trueFleet } from './truth.ts';
import type { TrueAnswer } from './truth-answer.ts';
import type { Arrival, RunSpec } from './types.ts';

/** Keeps a run's dice apart from those of its trace. */
const SALT = 0x0dd_d1ce5;
/** Between two looks at belief and truth. Milliseconds. */
const SAMPLE_MS = 1_000;
/** Of one run; the longest trace with all its tries takes some millions. More is a run that does not end. */
const EVENTS_MAX = 20_000_000;
/** A timer fires no sooner. Milliseconds. */
const WAKE_MS_MIN = 1;

interface Try {
  /** Of its visit, from 0. */
  readonly number: number;
  readonly visit: Visit;
  readonly deployment: Deployment;
  readonly truth: TrueDeployment;
  readonly begun: Begun;
  readonly answer: TrueAnswer;
  readonly sentMs: number;
}

type Event =
  | { readonly kind: 'comes'; readonly arrival: Arrival; readonly comebacks: number }
  | { readonly kind: 'head'; readonly attempt: Try }
  | { readonly kind: 'end'; readonly attempt: Try }
  | { readonly kind: 'wake' }
  | { readonly kind: 'sample' };

/** @param eventsMax throws where there are more. */
export function run(spec: RunSpec, eventsMax = EVENTS_MAX): Run {
  return new Runner(spec).run(eventsMax);
}

class Runner {
  readonly #spec: RunSpec;
  readonly #settings: PolicySettings;
  readonly #pool: Pool;
  /** That clients ask for. */
  readonly #model: string;
  readonly #states: LabStates;
  readonly #truths: ReadonlyMap<string, TrueDeployment>;
  readonly #heap = new Heap<Event>();
  readonly #unit: Unit;
  readonly #guesser = new Guesser();
  readonly #waiting: Waiting<Visit>;
  readonly #log: RunLog;
  /** Whether it counts quota, and so waits and keeps what it told; the ancestors do neither (wire §10.1). */
  readonly #foresees: boolean;
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(spec: RunSpec) {
    const { scenario, draw, seed, strategy } = spec;
    this.#spec = spec;
    this.#settings = { ...DEFAULT_POLICY, strategy, waiting: { ...DEFAULT_POLICY.waiting, maxMs: scenario.waitMsMax } };
    this.#foresees = strategyOf(strategy).foresees;
    this.#pool = poolOf(scenario);
    this.#model = scenario.fleet[0]?.model ?? '';
    this.#states = new LabStates(this.#settings.quota);
    this.#truths = new Map(trueFleet(scenario, draw, seed).map((truth) => [truth.spec.id, truth]));
    this.#unit = seededUnit(seed ^ SALT);
    const driver = {
      pick: (visit: Visit, nowMs: number) => this.#pick(visit, false, nowMs),
      go: (visit: Visit, decision: Decision | null, nowMs: number) => this.#go(visit, decision, nowMs),
    };
    this.#waiting = new Waiting(this.#states, driver, this.#settings.waiting);
    this.#log = new RunLog(spec, [...this.#truths.values()], this.#pool, this.#states);
  }

  run(eventsMax: number): Run {
    const { trace, scenario, seed, strategy } = this.#spec;
    for (const arrival of trace) this.#heap.plan(arrival.atMs, { kind: 'comes', arrival, comebacks: 0 });
    for (let atMs = SAMPLE_MS; atMs <= scenario.seconds * 1000; atMs += SAMPLE_MS) {
      this.#heap.plan(atMs, { kind: 'sample' });
    }
    let events = 0;
    for (let due = this.#heap.next(); due !== undefined; due = this.#heap.next()) {
      if (++events > eventsMax) {
        throw new OverLimit(
          `${scenario.name}: with ${strategy} and seed ${seed}, more than ${eventsMax} events until ${Math.round(due.atMs / 1000)} s; lower the load, the comebacks or the time`,
        );
      }
      this.#happen(due.event, due.atMs);
    }
    return this.#log.result();
  }

  #happen(event: Event, nowMs: number): void {
    this.#tell(event, nowMs);
    if (event.kind === 'head' || event.kind === 'end') this.#waiting.stir(this.#pool, nowMs);
    const wakeMs = Math.max(this.#waiting.nextAtMs, nowMs + WAKE_MS_MIN);
    if (wakeMs >= this.#wakeMs) return;
    this.#wakeMs = wakeMs;
    this.#heap.plan(wakeMs, { kind: 'wake' });
  }

  #tell(event: Event, nowMs: number): void {
    switch (event.kind) {
      case 'comes':
        return this.#comes(event.arrival, event.comebacks, nowMs);
      case 'head':
        return this.#onHead(event.attempt, nowMs);
      case 'end':
        return this.#onEnd(event.attempt, nowMs);
      case 'wake':
        // An earlier one took its place: it was planned for somebody who went before.
        if (nowMs < this.#wakeMs) return;
        this.#wakeMs = Number.POSITIVE_INFINITY;
        return this.#waiting.onTime(nowMs);
      case 'sample':
        return this.#log.sample(nowMs);
    }
  }

  #comes(arrival: Arrival, comebacks: number, nowMs: number): void {
    const knock = { fingerprint: () => fingerprintOf(arrival), isFirst: comebacks === 0 };
    const arrived = this.#waiting.arrive(this.#pool, this.#foresees ? knock : null, nowMs);
    const ticket = this.#guesser.ticketOf(arrival, this.#model, nowMs);
    const visit = newVisit({ arrival, ticket, arrived, comebacks }, nowMs);
    this.#proceed(visit, nowMs);
  }

  /** Sends it, or has it wait, or refuses it. */
  #proceed(visit: Visit, nowMs: number): void {
    const decision = this.#pick(visit, !this.#foresees, nowMs);
    if (decision.kind === 'send') return this.#send(visit, decision.deployment, nowMs);
    if (!this.#foresees || !this.#waits(visit, nowMs)) this.#lastly(visit, nowMs);
  }

  #waits(visit: Visit, nowMs: number): boolean {
    const untilMs = visit.enteredMs + this.#settings.waiting.maxMs[visit.need.class];
    const barred = barredAfterWait(visit.tried, visit.outcomes);
    const { need, arrived } = visit;
    const ask = { ...ANYWHERE, item: visit, pool: this.#pool, need, arrived, untilMs, tried: barred };
    if (this.#waiting.enter(ask, nowMs) === null) return false;
    visit.barred = barred;
    visit.waitsSinceMs = nowMs;
    return true;
  }

  /** Of one that waits no more. */
  #go(visit: Visit, decision: Decision | null, nowMs: number): void {
    visit.waitedMs += nowMs - visit.waitsSinceMs;
    if (decision?.kind === 'send') this.#send(visit, decision.deployment, nowMs);
    else this.#lastly(visit, nowMs);
  }

  /** What is only believed stands in its way no longer. */
  #lastly(visit: Visit, nowMs: number): void {
    const decision = this.#foresees ? this.#pick(visit, true, nowMs) : null;
    if (decision?.kind === 'send') this.#send(visit, decision.deployment, nowMs);
    else this.#refuse(visit, nowMs);
  }

  #pick({ barred, need, arrived }: Visit, isLastResort: boolean, nowMs: number): Decision {
    const ask = { ...ANYWHERE, tried: barred, need, isPromised: arrived.isPromised, isLastResort };
    return pick(this.#pool, this.#states, ask, { nowMs, unit: this.#unit() }, this.#settings);
  }

  #send(visit: Visit, deployment: Deployment, nowMs: number): void {
    const truth = this.#truths.get(deployment.id);
    if (truth === undefined) throw new RangeError(`lab: '${deployment.id}' is in the pool and not in the fleet`);
    const number = visit.tried.length;
    visit.tried.push(deployment.id);
    visit.barred = [...visit.barred, deployment.id];
    this.#log.sends(visit, deployment, nowMs);
    const begun = begin(this.#states, deployment, visit.need, nowMs);
    const answer = truth.send(visit.arrival, nowMs);
    const attempt = { number, visit, deployment, truth, begun, answer, sentMs: nowMs };
    this.#heap.plan(nowMs + answer.headMs, { kind: 'head', attempt });
  }

  #onHead(attempt: Try, nowMs: number): void {
    const { number, visit, deployment, begun, answer, sentMs } = attempt;
    const outcome = outcomeOf(answer, nowMs);
    visit.outcomes[number] = outcome;
    const { reservations, probes } = begun;
    const reading = readingOf(answer.status, answer.header, nowMs);
    if (answer.status !== 0) readQuota(this.#states, deployment, reservations, reading, nowMs);
    if (answer.status === 200) {
      answerBegan(this.#states, deployment, probes, nowMs, this.#settings);
      this.#log.served(visit, deployment, answer, nowMs);
      this.#heap.plan(sentMs + answer.durationMs, { kind: 'end', attempt });
      return;
    }
    const echoes = isEcho(visit.outcomes, number);
    const over = { outcome, probes, reservations, isEcho: echoes, unit: this.#unit() };
    end(this.#states, deployment, over, nowMs, this.#settings);
    settleQuota(this.#states, deployment, reservations, settlementOf(outcome), nowMs);
    if (outcome.kind === 'throttled') this.#log.refusedBy(visit, deployment);
    if (next(outcome, 'repeatable') === 'tryAnother') this.#proceed(visit, nowMs);
    else this.#log.ended(visit, answer.status, null, nowMs);
  }

  #onEnd({ visit, deployment, truth, begun, answer, sentMs }: Try, nowMs: number): void {
    truth.settle(answer, sentMs, nowMs);
    this.#guesser.learn(visit.ticket, answer.usage, nowMs);
    const { reservations } = begun;
    const outcome = { kind: 'answered', status: answer.status } as const;
    end(this.#states, deployment, { outcome, probes: NO_PROBES, reservations }, nowMs, this.#settings);
    settleQuota(this.#states, deployment, reservations, { kind: 'served', usage: answer.usage }, nowMs);
  }

  #refuse(visit: Visit, nowMs: number): void {
    const { arrival, comebacks, need, outcomes } = visit;
    const asked = { ...ANYWHERE, need };
    const told = this.#waiting.tell(this.#pool, asked, visit.arrived, nowMs, this.#settings);
    const last = outcomes.at(-1);
    const upstream = last === undefined ? null : statusOf(last);
    const status = told.status === 503 && upstream !== null ? upstream : told.status;
    this.#log.ended(visit, status, told.status === 429 ? told.retryAfterMs : null, nowMs);
    if (comebacks >= arrival.comebacks || told.status !== 429) return;
    this.#heap.plan(nowMs + told.retryAfterMs, { kind: 'comes', arrival, comebacks: comebacks + 1 });
  }
}

/** The same request, when it comes again. */
function fingerprintOf({ client, atMs }: Arrival): string {
  return `${client} ${atMs}`;
}
