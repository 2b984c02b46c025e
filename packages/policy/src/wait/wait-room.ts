/**
 * Who waits for a pool, and in which order they try again: those who come back as told first, then interactive, standard, batch; a
 * waiter counts one class higher after each {@link WaitingSettings.ageingMs}; among equals whoever came first.
 */
import type { WaitingSettings } from '../fleet.ts';
import { REQUEST_CLASSES, type RequestClass } from '../need.ts';
import { Agenda, type Entry } from './agenda.ts';
import { Shares } from './shares.ts';

/** Lower goes first. Of those who come back as told. */
export const RANK_PROMISED = -1;

export interface Place {
  readonly class: RequestClass;
  /** It comes back as it was told to. */
  readonly isPromised: boolean;
  /** When it gives up. Milliseconds since 1970. */
  readonly untilMs: number;
  /** Whose it is; null or absent: not told apart. */
  readonly client?: string | null;
}

export class Waiter<Item> implements Entry {
  readonly item: Item;
  readonly wish: Place;
  readonly enteredMs: number;
  atMs = 0;
  place = -1;

  constructor(item: Item, wish: Place, enteredMs: number) {
    this.item = item;
    this.wish = wish;
    this.enteredMs = enteredMs;
  }

  /** Whether it still waits. */
  get isIn(): boolean {
    return this.place >= 0;
  }
}

export class WaitRoom<Item> {
  settings: WaitingSettings;
  /** Before that nobody tries again. Milliseconds since 1970. */
  restsUntilMs = Number.NEGATIVE_INFINITY;
  #triesAtMs = Number.POSITIVE_INFINITY;
  /** By the time at which each gives up. */
  readonly #agenda = new Agenda<Waiter<Item>>();
  readonly #shares = new Shares();
  /** Those who come back as told, then each class; each in order of entering. */
  readonly #queues: readonly Set<Waiter<Item>>[] = [new Set(), ...REQUEST_CLASSES.map(() => new Set<Waiter<Item>>())];

  constructor(settings: WaitingSettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.#agenda.size;
  }

  /** When they are to try again, or one gives up; Infinity where nobody waits. Milliseconds since 1970. */
  get nextAtMs(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : Math.min(this.#agenda.nextAtMs, this.#triesAtMs);
  }

  /** They try again then, and not before unless something happens. Milliseconds since 1970. */
  set triesAtMs(atMs: number) {
    this.#triesAtMs = atMs;
  }

  /** @param triesAtMs when a place is believed to open for it. @returns null where the room is full, or the client has too much of it. */
  enter(item: Item, wish: Place, triesAtMs: number, nowMs: number): Waiter<Item> | null {
    const { client = null } = wish;
    if (!this.#shares.mayTake(client, this.size, this.settings.waitersMax)) return null;
    this.#shares.take(client);
    const waiter = new Waiter(item, wish, nowMs);
    this.#queueOf(waiter).add(waiter);
    this.#agenda.set(waiter, wish.untilMs);
    this.#triesAtMs = Math.min(this.#triesAtMs, triesAtMs);
    return waiter;
  }

  /** Without effect on one that has left. */
  leave(waiter: Waiter<Item>): void {
    if (waiter.isIn) this.#shares.giveBack(waiter.wish.client ?? null);
    this.#agenda.drop(waiter);
    this.#queueOf(waiter).delete(waiter);
  }

  /** Takes out one whose time is over; null where there is none. */
  takeExpired(nowMs: number): Waiter<Item> | null {
    const { first } = this.#agenda;
    if (first === null || first.wish.untilMs > nowMs) return null;
    this.leave(first);
    return first;
  }

  /** Lower goes first: -1 as promised, then 0 interactive to 2 batch, and less with age. */
  rankOf({ wish, enteredMs }: Waiter<Item>, nowMs: number): number {
    if (wish.isPromised) return RANK_PROMISED;
    const aged = Math.floor((nowMs - enteredMs) / this.settings.ageingMs);
    return Math.max(0, REQUEST_CLASSES.indexOf(wish.class) - aged);
  }

  /** Who may try next, the first first. @param countMax no more than so many. */
  order(nowMs: number, countMax = Number.POSITIVE_INFINITY): Waiter<Item>[] {
    // Within a queue whoever is older never ranks lower, so it is enough to look at the heads.
    const heads = this.#queues.map((queue) => queue.values());
    const nexts = heads.map((head) => head.next().value);
    const ordered: Waiter<Item>[] = [];
    while (ordered.length < countMax) {
      let best = -1;
      for (const [i, waiter] of nexts.entries()) if (waiter && this.#precedes(waiter, nexts[best], nowMs)) best = i;
      const waiter = nexts[best];
      if (waiter === undefined) break;
      ordered.push(waiter);
      nexts[best] = heads[best]?.next().value;
    }
    return ordered;
  }

  #precedes(waiter: Waiter<Item>, other: Waiter<Item> | undefined, nowMs: number): boolean {
    if (other === undefined) return true;
    const ahead = this.rankOf(waiter, nowMs) - this.rankOf(other, nowMs);
    return ahead !== 0 ? ahead < 0 : waiter.enteredMs < other.enteredMs;
  }

  #queueOf({ wish }: Waiter<Item>): Set<Waiter<Item>> {
    const queue = this.#queues[wish.isPromised ? 0 : 1 + REQUEST_CLASSES.indexOf(wish.class)];
    if (queue === undefined) throw new RangeError(`WaitRoom: ${wish.class} is no class`);
    return queue;
  }
}
