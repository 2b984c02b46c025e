/**
 * What of each deployment's quota is spoken for: by those who wait, and by those who were told when to come back. Says how much of
 * it is kept from newcomers now (`DeploymentState.owedTokens`), and how much stands before whoever is told a time next.
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

/** Of a promise, how near its time is. held: kept from newcomers. due: kept from those who wait, too. */
export type Phase = 'ahead' | 'soon' | 'held' | 'due';

interface Debt {
  readonly deployment: Deployment;
  /** Of all promises that have not lapsed. */
  promised: number;
  /** Of these, in each phase. */
  soon: number;
  held: number;
  due: number;
  /** Of those who wait, by rank on entering: as promised, then by class. */
  readonly waiting: number[];
  /** Of these, kept from newcomers now. */
  waitingHeld: number;
  /** Bookings of all kinds; the debt is forgotten with the last. */
  count: number;
}

export class Debts {
  readonly #states: States;
  readonly #byId = new Map<string, Debt>();
  /** While those who wait try: tokens of those who have tried in vain, by deployment. */
  #ahead: Map<string, number> | null = null;
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

  /** Tokens that stand before one of such a rank. */
  before({ id }: Deployment, rank: number): number {
    const debt = this.#byId.get(id);
    if (debt === undefined) return 0;
    let tokens = rank === RANK_PROMISED ? 0 : debt.promised * this.returning;
    for (let i = 0; i <= rank + 1; i++) tokens += debt.waiting[i] ?? 0;
    return tokens;
  }

  promise(deployment: Deployment, tokens: number): void {
    const debt = this.#of(deployment);
    debt.promised += tokens;
    debt.count++;
  }

  /** The time of what was promised comes nearer. */
  move(deployment: Deployment, tokens: number, from: Phase, to: Phase): void {
    const debt = this.#of(deployment);
    if (from !== 'ahead') debt[from] -= tokens;
    if (to !== 'ahead') debt[to] += tokens;
    this.#apply(deployment);
  }

  /** It was redeemed, or has lapsed. */
  forget(deployment: Deployment, tokens: number, phase: Phase): void {
    const debt = this.#of(deployment);
    debt.promised -= tokens;
    if (phase !== 'ahead') debt[phase] -= tokens;
    this.#less(debt);
  }

  waits(deployment: Deployment, { tokens, rank, holds }: Waits): void {
    const debt = this.#of(deployment);
    debt.waiting[rank + 1] = (debt.waiting[rank + 1] ?? 0) + tokens;
    if (holds) debt.waitingHeld += tokens;
    debt.count++;
    this.#apply(deployment);
  }

  waitsNoMore(deployment: Deployment, { tokens, rank, holds }: Waits): void {
    const debt = this.#of(deployment);
    debt.waiting[rank + 1] = (debt.waiting[rank + 1] ?? 0) - tokens;
    if (holds) debt.waitingHeld -= tokens;
    this.#less(debt);
  }

  /** While those who wait try in turn, only what those before them wait for is kept from each. */
  trying(members: readonly Deployment[], areTrying: boolean): void {
    this.#ahead = areTrying ? new Map() : null;
    for (const deployment of members) this.#apply(deployment);
  }

  triedInVain(deployment: Deployment, { tokens, holds }: Waits): void {
    if (!holds || this.#ahead === null) return;
    this.#ahead.set(deployment.id, (this.#ahead.get(deployment.id) ?? 0) + tokens);
    this.#apply(deployment);
  }

  #apply(deployment: Deployment): void {
    const { soon = 0, held = 0, due = 0, waitingHeld = 0 } = this.#byId.get(deployment.id) ?? {};
    const state = this.#states.deployment(deployment);
    const ahead = this.#ahead?.get(deployment.id) ?? 0;
    state.owedTokens =
      this.#ahead === null ? (held + due) * this.returning + waitingHeld : due * this.returning + ahead;
    state.owedSoonTokens = soon * this.returning;
  }

  #less(debt: Debt): void {
    debt.count--;
    if (debt.count === 0) this.#byId.delete(debt.deployment.id);
    this.#apply(debt.deployment);
  }

  #of(deployment: Deployment): Debt {
    let debt = this.#byId.get(deployment.id);
    if (debt === undefined) {
      const waiting = [0, ...REQUEST_CLASSES.map(() => 0)];
      debt = { deployment, promised: 0, soon: 0, held: 0, due: 0, waiting, waitingHeld: 0, count: 0 };
      this.#byId.set(deployment.id, debt);
    }
    return debt;
  }
}

/** One that waits, as it is booked. */
export interface Waits {
  readonly tokens: number;
  readonly rank: number;
  /** Kept from newcomers now: the quota fills drop by drop, so that whoever takes a drop delays those who wait for it. */
  readonly holds: boolean;
}

/** Believed before any promise has come due, and how many that counts for. */
const RETURNING_FIRST = 0.8;
const FIRST_WEIGHT = 10;
/** Some five hundred promises back: those that were told the same time come, or lapse, all at once. */
const LEARNING_RATE_MIN = 0.002;
/** A place too many is free again a moment later; one too few is a broken promise. */
const RETURNING_MARGIN = 1.25;
