/**
 * The gateway's counts, as a fold over its events. It runs on the path, several times for each exchange: typed arrays, one lookup
 * by operation and one by deployment, no text. What is read from it is made when somebody asks (metrics.ts, admin/fleet-report.ts).
 */
import { type Deployment, type PassedOver, passedOver, type RequestClass } from '@spillway/policy';
import { type ExchangeCounts, OPERATION_NAMES } from '@spillway/protocol';
import type { Trail } from '../explain/trail.ts';
import { AttemptCounters, DURATION_BOUNDS } from './attempt-counters.ts';
import { CostCounters } from './cost-counters.ts';
import type { ExchangeRecord, GatewayEvent, WaitEnding } from './events.ts';
import { type Bounds, Histogram } from './histogram.ts';

/**
 * Deployments of names learned from clients that are told apart here; the one unused for longest makes room, and its sums go to
 * `other` of its backend. Fewer than the ledger may know: each one is some 30 lines of every scrape.
 */
export const LEARNED_DEPLOYMENTS_MAX = 500;
/** A deployment with a longer id is counted as `other`: a client chose its name. Characters. */
export const ID_CHARS_MAX = 300;
/** Stands for the deployments of a backend that are not told apart. No id is like it: those have a slash. */
export const OTHER = 'other';

/** Of `gen_ai.server.time_to_first_token`. Source: wire reference §9.3. */
export const FIRST_BYTE_BOUNDS: Bounds = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Waits are bounded by seconds mostly, and by a minute at the most where nobody sets them higher. Seconds. */
export const WAIT_BOUNDS: Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/** Statuses are kept by number; what is no status of HTTP goes to the first place. */
const STATUS_MAX = 599;

export class OperationCounters {
  /** Ended exchanges by status; 0 for what is none. */
  readonly statuses = new Float64Array(STATUS_MAX + 1);
  readonly durations = new Histogram(DURATION_BOUNDS);
  readonly firstBytes = new Histogram(FIRST_BYTE_BOUNDS);
  cut = 0;
  clientsGone = 0;
  hedged = 0;

  ended(exchange: ExchangeRecord): void {
    const { status, ttfbMs, ending } = exchange;
    const place = status >= 100 && status <= STATUS_MAX ? status : 0;
    this.statuses[place] = (this.statuses[place] ?? 0) + 1;
    this.durations.observeMs(exchange.durationMs);
    if (ttfbMs !== null && exchange.deployment !== null) this.firstBytes.observeMs(ttfbMs);
    if (ending === 'cut') this.cut++;
    else if (ending === 'clientGone') this.clientsGone++;
    if (exchange.hedged) this.hedged++;
  }
}

export interface DeploymentCounters {
  /** Of the deployment, or {@link OTHER}. */
  readonly deployment: string;
  readonly backend: string;
  readonly attempts: AttemptCounters;
}

export interface WaitCounters {
  readonly class: RequestClass;
  readonly ending: WaitEnding;
  readonly durations: Histogram;
}

interface Kept extends DeploymentCounters {
  /** Of the configuration, and so never in the way of others. */
  readonly lasting: boolean;
}

export class Counters {
  readonly #isLasting: (deployment: Deployment) => boolean;
  /** By class and ending; only those that occurred. */
  readonly #waits = new Map<string, WaitCounters>();
  readonly #operations = new Map<string, OperationCounters>();
  readonly #deployments = new Map<string, Kept>();
  /** By backend. */
  readonly #others = new Map<string, DeploymentCounters>();
  #learned = 0;
  readonly costs = new CostCounters();
  readonly #exchanges = {
    total: 0,
    ended: 0,
    answered: 0,
    failed: 0,
    throttledToClient: 0,
    clientGone: 0,
    failedOver: 0,
  };

  /** @param isLasting whether a deployment is of the configuration, not of a name learned from clients; asked once for each. */
  constructor(isLasting: (deployment: Deployment) => boolean) {
    this.#isLasting = isLasting;
  }

  fold(event: GatewayEvent): void {
    switch (event.kind) {
      case 'exchangeBegan':
        this.#exchanges.total++;
        return;
      case 'attemptJudged':
        this.#of(event.attempt.deployment).attempts.began(event.attempt.startedMs);
        return;
      case 'attemptEnded': {
        const { attempt, usage, endedMs } = event;
        const { attempts } = this.#of(attempt.deployment);
        attempts.began(attempt.startedMs);
        attempts.ended(attempt, usage, endedMs);
        this.#passOver(attempt.passedOver);
        return;
      }
      case 'exchangeEnded':
        this.#operation(event.exchange.operation).ended(event.exchange);
        this.#countEnding(event.exchange);
        this.costs.ended(event.exchange);
        if (event.trail !== null) this.#countRefusal(event.trail);
        return;
      case 'waited':
        this.#wait(event.class, event.ending).observeMs(event.waitedMs);
        return;
      case 'throttled':
      case 'breakerMoved':
      case 'operatorProblem':
      case 'notice':
        return;
    }
  }

  /** Forgets deployments that are no longer there; their sums go to `other`. */
  retain(isThere: (id: string) => boolean): void {
    for (const [id, kept] of this.#deployments) if (!isThere(id)) this.#forget(id, kept);
  }

  /** Counters of one deployment; null where it has none of its own. */
  ofDeployment(id: string): AttemptCounters | null {
    return this.#deployments.get(id)?.attempts ?? null;
  }

  /** Over all deployments there ever were: what one has counted is never lost. */
  all(): AttemptCounters {
    const all = new AttemptCounters();
    for (const { attempts } of this.deployments) all.add(attempts);
    return all;
  }

  get deployments(): readonly DeploymentCounters[] {
    return [...this.#deployments.values(), ...this.#others.values()];
  }

  get operations(): Iterable<readonly [operation: string, counters: OperationCounters]> {
    return this.#operations;
  }

  get waits(): Iterable<WaitCounters> {
    return this.#waits.values();
  }

  exchanges(): ExchangeCounts {
    const { ended, ...counts } = this.#exchanges;
    return { ...counts, inFlight: counts.total - ended };
  }

  #of(deployment: Deployment): DeploymentCounters {
    return this.#deployments.get(deployment.id) ?? this.#newDeployment(deployment);
  }

  #newDeployment(deployment: Deployment): DeploymentCounters {
    const { id, backend } = deployment;
    if (id.length > ID_CHARS_MAX) return this.#other(backend.name);
    const lasting = this.#isLasting(deployment);
    if (!lasting && this.#learned >= LEARNED_DEPLOYMENTS_MAX) this.#forgetLongestUnused();
    if (!lasting) this.#learned++;
    const kept: Kept = { deployment: id, backend: backend.name, attempts: new AttemptCounters(), lasting };
    this.#deployments.set(id, kept);
    return kept;
  }

  #forgetLongestUnused(): void {
    let longest: Kept | null = null;
    for (const kept of this.#deployments.values()) {
      if (kept.lasting) continue;
      if (longest === null || kept.attempts.lastUsedMs < longest.attempts.lastUsedMs) longest = kept;
    }
    if (longest !== null) this.#forget(longest.deployment, longest);
  }

  #forget(id: string, kept: Kept): void {
    this.#other(kept.backend).attempts.add(kept.attempts);
    this.#deployments.delete(id);
    if (!kept.lasting) this.#learned--;
  }

  #other(backend: string): DeploymentCounters {
    let other = this.#others.get(backend);
    if (other === undefined) {
      other = { deployment: OTHER, backend, attempts: new AttemptCounters() };
      this.#others.set(backend, other);
    }
    return other;
  }

  #wait(ofClass: RequestClass, ending: WaitEnding): Histogram {
    const key = `${ofClass} ${ending}`;
    let counters = this.#waits.get(key);
    if (counters === undefined) {
      counters = { class: ofClass, ending, durations: new Histogram(WAIT_BOUNDS) };
      this.#waits.set(key, counters);
    }
    return counters.durations;
  }

  /** Those of the choice that found nobody: no attempt tells of them. */
  #countRefusal({ picks }: Trail): void {
    const last = picks.at(-1);
    if (last?.kind === 'none') this.#passOver(passedOver(last));
  }

  #passOver(others: readonly PassedOver[]): void {
    for (const { deployment, reason } of others) this.#of(deployment).attempts.passedOver(reason);
  }

  /** Operations are a closed list; whatever else were to come goes to its last name. */
  #operation(name: string): OperationCounters {
    let counters = this.#operations.get(name);
    if (counters === undefined) {
      if (!OPERATION_NAMES.includes(name)) return this.#operation('other');
      counters = new OperationCounters();
      this.#operations.set(name, counters);
    }
    return counters;
  }

  #countEnding(exchange: ExchangeRecord): void {
    const counts = this.#exchanges;
    counts.ended++;
    if (exchange.ending === 'clientGone') counts.clientGone++;
    else if (exchange.ending === 'cut') counts.failed++;
    else if (exchange.status === 429) counts.throttledToClient++;
    else if (isFailure(exchange)) counts.failed++;
    else {
      counts.answered++;
      if (exchange.attempts > 1) counts.failedOver++;
    }
  }
}

/** 401, 403 and 408 of a deployment are its failures; the gateway's own tell the client what it did. */
function isFailure({ status, deployment }: ExchangeRecord): boolean {
  return status >= 500 || (deployment !== null && (status === 401 || status === 403 || status === 408));
}
