/**
 * Times that were told with a 429, as promises: whoever comes back then finds a place. What is promised counts against the deployment
 * that will open for it, so that the next one refused is told a later time, and newcomers do not take it. A promise that is not
 * redeemed lapses soon after its time.
 */
import type { Deployment } from '../fleet.ts';
import { Agenda, type Entry } from './agenda.ts';
import type { Booking, Debts, Phase } from './debts.ts';
import { Shares } from './shares.ts';

/** Promises kept at a time; beyond, times are told and nothing is kept. */
export const PROMISES_MAX = 4_096;
/** How long a place is kept for one who is late. Milliseconds. */
export const GRACE_MS = 3_000;
/** Who is early by no more is in time: clocks and timers differ. Milliseconds. */
export const EARLY_MS_MAX = 100;

export interface Due extends Booking {
  readonly deployment: Deployment;
  /** As told. Milliseconds since 1970. */
  readonly dueMs: number;
  /** From when on so much is kept from newcomers: when the quota opens, where it does so all at once; else so long as it takes to fill. */
  readonly heldFromMs: number;
  /** From when on it is kept from those who wait, too; no later than `dueMs`. */
  readonly dueFromMs: number;
  /** From when on newcomers must not take what it will need then; no later than `heldFromMs`. */
  readonly soonFromMs: number;
}

interface Kept extends Entry {
  readonly key: string;
  readonly client: string | null;
  readonly due: Due;
  phase: Phase;
}

/** What is remembered of a comeback. */
export interface Redeemed {
  readonly due: Due;
  /** It is not early. */
  readonly isDue: boolean;
}

export class Promises {
  readonly #debts: Debts;
  /** Several of a caller that sends the same several times; the first made first. */
  readonly #byKey = new Map<string, Kept[]>();
  readonly #agenda = new Agenda<Kept>();
  readonly #shares = new Shares();

  constructor(debts: Debts) {
    this.#debts = debts;
  }

  get size(): number {
    return this.#agenda.size;
  }

  /** Keeps a place, as long as there are not too many, in all and of the client. @param client null: not told apart. */
  make(key: string, due: Due, nowMs: number, client: string | null = null): void {
    if (!this.#shares.mayTake(client, this.size, PROMISES_MAX)) return;
    this.#shares.take(client);
    const kept: Kept = { key, client, due, phase: 'ahead', atMs: 0, place: -1 };
    const others = this.#byKey.get(key);
    if (others === undefined) this.#byKey.set(key, [kept]);
    else others.push(kept);
    this.#debts.promise(due.deployment, due);
    this.#agenda.set(kept, due.soonFromMs);
    this.advance(nowMs);
  }

  /** A request has come that may have been promised a place: it is free again. @returns null where none was. */
  redeem(key: string, nowMs: number): Redeemed | null {
    const kept = this.#byKey.get(key)?.[0];
    if (kept === undefined) return null;
    this.#remove(kept);
    this.#debts.learn(true);
    return { due: kept.due, isDue: nowMs >= kept.due.dueMs - EARLY_MS_MAX };
  }

  /** Holds what is due, lets lapse what is overdue. */
  advance(nowMs: number): void {
    for (let { first } = this.#agenda; first !== null && first.atMs <= nowMs; { first } = this.#agenda) {
      if (first.phase === 'due') {
        this.#remove(first);
        this.#debts.learn(false);
      } else this.#comesNearer(first, nowMs);
    }
  }

  #comesNearer(kept: Kept, nowMs: number): void {
    const { deployment, dueMs, heldFromMs, dueFromMs } = kept.due;
    const phase = nowMs >= dueFromMs ? 'due' : nowMs >= heldFromMs ? 'held' : 'soon';
    this.#debts.move(deployment, kept.due, kept.phase, phase);
    kept.phase = phase;
    this.#agenda.set(kept, { soon: heldFromMs, held: dueFromMs, due: dueMs + GRACE_MS }[phase]);
  }

  #remove(kept: Kept): void {
    const others = (this.#byKey.get(kept.key) ?? []).filter((other) => other !== kept);
    if (others.length === 0) this.#byKey.delete(kept.key);
    else this.#byKey.set(kept.key, others);
    this.#agenda.drop(kept);
    this.#shares.giveBack(kept.client);
    this.#debts.forget(kept.due.deployment, kept.due, kept.phase);
  }
}
