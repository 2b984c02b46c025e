/**
 * What of each deployment's quota is spoken for: by those who wait, and by those who were told when to come back. Says how much of
 * it is kept from newcomers now (`DeploymentState.owedTokens` and `owedRequests`), and how much stands before whoever is told a time
 * next.
 */
import type { Deployment } from '../fleet.ts';
import { type Need, REQUEST_CLASSES } from '../need.ts';
import type { DeploymentState, States } from '../state.ts';
import { RANK_PROMISED } from './wait-room.ts';

/** Tokens that such a request is believed to cost there; where it draws on two quotas, the more of both. */
export function costOf({ quotas }: DeploymentState, need: Need): number {
  let tokens = 0;
  for (const quota of quotas) tokens = Math.max(tokens, quota.chargeOf(need));
  return tokens;
}

/** What several requests cost together, of both limits. */
export interface Load {
  readonly tokens: number;
  readonly requests: number;
}

class Sum implements Load {
  tokens = 0;
  requests = 0;

  add({ tokens, requests }: Load): void {
    this.tokens += tokens;
    this.requests += requests;
  }

  take({ tokens, requests }: Load): void {
    this.tokens -= tokens;
    this.requests -= requests;
  }
}

/** One that was told a time, or that waits, as it is booked. */
export interface Booking {
  readonly tokens: number;
  /** What of it is kept from others when the time comes; counted for whoever is told a time next, it is all of it. */
  readonly held: Load;
}

/** One that waits. Held from newcomers at once: nothing, or all that fills drop by drop, so that whoever takes a drop delays it. */
export interface Waits extends Booking {
  readonly rank: number;
}

/** Of a promise, how near its time is. held: kept from newcomers. due: kept from those who wait, too. */
export type Phase = 'ahead' | 'soon' | 'held' | 'due';

interface Debt {
  readonly deployment: Deployment;
  /** Of all promises that have not lapsed. */
  readonly promised: Sum;
  /** Of these, by phase. */
  readonly phases: Readonly<Record<Phase, Sum>>;
  /** Of those who wait, by rank on entering: as promised, then by class. */
  readonly waiting: readonly Sum[];
  /** Of these, kept from those of a lower class; by rank in the same way. */
  readonly waitingHeld: readonly Sum[];
  /** Bookings of all kinds; the debt is forgotten with the last. */
  count: number;
}

export const NOTHING_HELD: Load = { tokens: 0, requests: 0 };

export class Debts {
  readonly #states: States;
  readonly #byId = new Map<string, Debt>();
  /** While those who wait try: what those cost who have tried in vain, by deployment and rank. */
  #ahead: Map<string, readonly Sum[]> | null = null;
  /** Of those who are told when to come back, the share that did lately; and how many that was learned from. */
  #returning = RETURNING_FIRST;
  #learned = 0;

  constructor(states: States) {
    this.#states = states;
  }

  /** Deployments that owe anything. */
  get size(): number {
    return this.#byId.size;
  }

  /** Share of what is promised that will be asked for, rather too much than too little. */
  get returning(): number {
    return Math.min(1, this.#returning * RETURNING_MARGIN);
  }

  /** A promise has been redeemed, or has lapsed. */
  learn(returned: boolean): void {
    this.#learned++;
    const rate = Math.max(LEARNING_RATE_MIN, 1 / (this.#learned + FIRST_WEIGHT));
    this.#returning += ((returned ? 1 : 0) - this.#returning) * rate;
  }

  /** What stands before one of such a rank. @param how whether it would wait from now on, or is told a time. */
  before({ id }: Deployment, rank: number, how: 'waits' | 'told'): Load {
    const debt = this.#byId.get(id);
    if (debt === undefined) return NOTHING_HELD;
    const { promised, phases } = debt;
    const returning = rank === RANK_PROMISED ? 0 : this.returning;
    let tokens = promised.tokens * returning;
    // Slices are short: those whose time comes later do not stand before one that waits.
    let requests =
      (how === 'told' ? promised.requests : phases.soon.requests + phases.held.requests + phases.due.requests) *
      returning;
    for (const one of debt.waiting.slice(0, rank + 2)) {
      tokens += one.tokens;
      requests += one.requests;
    }
    return { tokens, requests };
  }

  promise(deployment: Deployment, { tokens, held }: Booking): void {
    const debt = this.#of(deployment);
    debt.promised.add({ tokens, requests: 1 });
    debt.phases.ahead.add(held);
    debt.count++;
  }

  /** The time of what was promised comes nearer. */
  move(deployment: Deployment, { held }: Booking, from: Phase, to: Phase): void {
    const { phases } = this.#of(deployment);
    phases[from].take(held);
    phases[to].add(held);
    this.#apply(deployment);
  }

  /** It was redeemed, or has lapsed. */
  forget(deployment: Deployment, { tokens, held }: Booking, phase: Phase): void {
    const debt = this.#of(deployment);
    debt.promised.take({ tokens, requests: 1 });
    debt.phases[phase].take(held);
    this.#less(debt);
  }

  waits(deployment: Deployment, { tokens, rank, held }: Waits): void {
    const debt = this.#of(deployment);
    debt.waiting[rank + 1]?.add({ tokens, requests: 1 });
    debt.waitingHeld[rank + 1]?.add(held);
    debt.count++;
    this.#apply(deployment);
  }

  waitsNoMore(deployment: Deployment, { tokens, rank, held }: Waits): void {
    const debt = this.#of(deployment);
    debt.waiting[rank + 1]?.take({ tokens, requests: 1 });
    debt.waitingHeld[rank + 1]?.take(held);
    this.#less(debt);
  }

  /** While those who wait try in turn, only what those before them wait for is kept from each. */
  trying(members: readonly Deployment[], areTrying: boolean): void {
    this.#ahead = areTrying ? new Map() : null;
    for (const deployment of members) this.#apply(deployment);
  }

  triedInVain(deployment: Deployment, { rank, held }: Waits): void {
    if (held === NOTHING_HELD || this.#ahead === null) return;
    const sums = this.#ahead.get(deployment.id) ?? byRank();
    sums[rank + 1]?.add(held);
    this.#ahead.set(deployment.id, sums);
    this.#apply(deployment);
  }

  /**
   * What is kept now: of promises from all; of what those wait for who cannot be served yet from those of a lower class alone. Among
   * equals a smaller one passes a larger one for which there is no room: what would stand empty until then is spent.
   */
  #apply(deployment: Deployment): void {
    const state = this.#states.deployment(deployment);
    const debt = this.#byId.get(deployment.id);
    const { due, held, soon } = debt?.phases ?? NO_PHASES;
    const { returning } = this;
    const isTrying = this.#ahead !== null;
    let tokens = (isTrying ? due.tokens : held.tokens + due.tokens) * returning;
    let requests = (isTrying ? due.requests : held.requests + due.requests) * returning;
    const waiting = isTrying ? this.#ahead?.get(deployment.id) : debt?.waitingHeld;
    for (const [i, kept] of state.owed.entries()) {
      tokens += waiting?.[i]?.tokens ?? 0;
      requests += waiting?.[i]?.requests ?? 0;
      kept.tokens = tokens;
      kept.requests = requests;
    }
    state.owedTokens = tokens;
    state.owedRequests = requests;
    state.owedSoonTokens = soon.tokens * returning;
    state.owedSoonRequests = soon.requests * returning;
  }

  #less(debt: Debt): void {
    debt.count--;
    if (debt.count === 0) this.#byId.delete(debt.deployment.id);
    this.#apply(debt.deployment);
  }

  #of(deployment: Deployment): Debt {
    let debt = this.#byId.get(deployment.id);
    if (debt === undefined) {
      const phases = noPhases();
      debt = { deployment, promised: new Sum(), phases, waiting: byRank(), waitingHeld: byRank(), count: 0 };
      this.#byId.set(deployment.id, debt);
    }
    return debt;
  }
}

function noPhases(): Readonly<Record<Phase, Sum>> {
  return { ahead: new Sum(), soon: new Sum(), held: new Sum(), due: new Sum() };
}
const NO_PHASES = noPhases();

function byRank(): readonly Sum[] {
  return [new Sum(), ...REQUEST_CLASSES.map(() => new Sum())];
}

/** Believed before any promise has come due, and how many that counts for. */
const RETURNING_FIRST = 0.8;
const FIRST_WEIGHT = 3;
/** Some five hundred promises back: those that were told the same time come, or lapse, all at once. */
const LEARNING_RATE_MIN = 0.002;
/** A place too many is free again a moment later; one too few is a broken promise. */
const RETURNING_MARGIN = 1.25;
