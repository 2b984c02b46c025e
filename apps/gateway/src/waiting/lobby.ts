/**
 * Where exchanges wait for quota. Who may go, and when, is decided by policy's `Waiting`; this holds the clock for it: one deadline
 * for all who wait.
 */
import { type Clock, Deadline, type Deadlines } from '@spillway/clock';
import {
  type Arrived,
  type Bounds,
  DEFAULT_POLICY,
  type Decision,
  type Knock,
  type Need,
  type NobodyFree,
  type PolicySettings,
  type Pool,
  type States,
  type Stay,
  type WaitAsk,
  Waiting,
} from '@spillway/policy';

/**
 * Bodies in memory of all who wait, in all pools together: whoever would pass it is refused at once, as where a room is full. Those in
 * files do not count, they have a limit of their own (`limits.spoolBytesMax`). Bytes.
 */
export const WAITING_BYTES_MAX = 256 * 1024 * 1024;

/** Somebody who waits. */
export interface Guest {
  /** Kept in memory for it until it goes. Bytes. */
  readonly heldBytes: number;
  /** Chooses for it once more. */
  pick(nowMs: number): Decision;
  /** It waits no more. @param decision where it goes; null: its time is over. */
  goOn(decision: Decision | null, nowMs: number): void;
}

export interface LobbyParts {
  readonly states: States;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** In force now: a reload changes them. */
  readonly settings: () => PolicySettings;
}

export class Lobby {
  readonly #parts: LobbyParts;
  readonly #waiting: Waiting<Guest>;
  readonly #deadline = new Deadline(() => this.#onTime());
  /** Of all who wait. */
  #heldBytes = 0;
  /** For what the deadline is set; Infinity where it is not. */
  #setForMs = Number.POSITIVE_INFINITY;

  constructor(parts: LobbyParts) {
    this.#parts = parts;
    const driver = {
      pick: (guest: Guest, nowMs: number) => guest.pick(nowMs),
      go: (guest: Guest, decision: Decision | null, nowMs: number) => {
        this.#heldBytes -= guest.heldBytes;
        guest.goOn(decision, nowMs);
      },
    };
    this.#waiting = new Waiting(parts.states, driver, DEFAULT_POLICY.waiting);
  }

  /** Of bodies in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  waiters(pool: Pool): number {
    return this.#waiting.waiters(pool);
  }

  arrive(pool: Pool, knock: Knock, nowMs: number): Arrived {
    const arrived = this.#waiting.arrive(pool, knock, nowMs);
    this.#arm(nowMs);
    return arrived;
  }

  /** @returns null where it is not worth waiting, or too much is held for others. */
  enter(ask: WaitAsk<Guest>, nowMs: number): Stay<Guest> | null {
    const { heldBytes } = ask.item;
    if (this.#heldBytes + heldBytes > WAITING_BYTES_MAX) return null;
    this.#waiting.settings = this.#parts.settings().waiting;
    const stay = this.#waiting.enter(ask, nowMs);
    if (stay !== null) this.#heldBytes += heldBytes;
    this.#arm(nowMs);
    return stay;
  }

  leave(stay: Stay<Guest>): void {
    if (stay.waiter?.isIn === true) this.#heldBytes -= stay.item.heldBytes;
    this.#waiting.leave(stay);
    this.#arm(this.#parts.clock.nowMs());
  }

  /** Something has ended in the pool, or was read of it. */
  stir(pool: Pool, nowMs: number): void {
    this.#waiting.stir(pool, nowMs);
    this.#arm(nowMs);
  }

  /** Nobody waits any more: each is told at once. */
  drain(nowMs: number): void {
    this.#waiting.drain(nowMs);
    this.#arm(nowMs);
  }

  /** What one that is refused is told. */
  tell(pool: Pool, asked: Bounds & { readonly need: Need }, arrived: Arrived, nowMs: number): NobodyFree {
    return this.#waiting.tell(pool, asked, arrived, nowMs, this.#parts.settings());
  }

  #onTime(): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#setForMs = Number.POSITIVE_INFINITY;
    this.#waiting.onTime(nowMs);
    this.#arm(nowMs);
  }

  #arm(nowMs: number): void {
    const { nextAtMs } = this.#waiting;
    if (nextAtMs === this.#setForMs) return;
    this.#setForMs = nextAtMs;
    if (nextAtMs === Number.POSITIVE_INFINITY) this.#parts.deadlines.drop(this.#deadline);
    else this.#parts.deadlines.set(this.#deadline, nowMs, Math.max(0, nextAtMs - nowMs));
  }
}
