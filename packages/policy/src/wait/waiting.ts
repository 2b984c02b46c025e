/**
 * The bounded wait, and honest times for those who cannot wait so long. One object for all pools of a gateway; it decides, and its
 * driver (the gateway's exchanges, the lab) holds the clock and sends:
 *
 *     arrive ─▶ pick ─┬─ a deployment ─▶ send
 *                     └─ none ─▶ enter ─┬─ waits ─▶ (stir, onTime) ─▶ driver.pick ─▶ driver.go
 *                                       └─ null ─▶ pick as a last resort ─┬─ a deployment ─▶ send
 *                                                                         └─ none ─▶ tell: 429 with a time that is kept
 */
import type { Deployment, PolicySettings, Pool, WaitingSettings } from '../fleet.ts';
import type { Bounds } from '../look.ts';
import { type Need, REQUEST_CLASSES } from '../need.ts';
import { type NobodyFree, nobodyFree } from '../nobody-free.ts';
import type { Decision } from '../pick.ts';
import type { Filling } from '../quota/quota.ts';
import { SOON_MS, type States } from '../state.ts';
import { costOf, Debts, type Load, NOTHING_HELD, type Waits } from './debts.ts';
import { type Due, GRACE_MS, Promises, type Redeemed } from './promises.ts';
import { type Books, earliestSpot, type Wish } from './spot.ts';
import { RANK_PROMISED, type Waiter, WaitRoom } from './wait-room.ts';

/** Waiters that try at one stirring; those behind them wait for the next. */
export const TRIES_MAX = 64;
/**
 * Where so many have tried in vain at one stirring, the next ones within the rest change nothing: in a crowd each answer would cost as
 * many choices, and there would be time for nothing else.
 */
const VAIN_TRIES_MAX = 16;
export const REST_MS = 10;
/** A waiter for whom no time is known tries again after this. Milliseconds. */
const RECHECK_MS = 250;
/**
 * Over so much of a window those are spread who were told to come when it opens: of a minute ten seconds, since requests have limits of
 * seconds (wire §6.3), and of those as much less.
 */
const SPREAD_SHARE = 1 / 6;
const FILL_MS_MIN = 100;
const FILL_MS_MAX = 2_000;

/** What comes of it is told by `go`; neither may call `stir` and expect it to be done on return. */
export interface WaitDriver<Item> {
  /** Chooses for it once more, not as a last resort. */
  pick(item: Item, nowMs: number): Decision;
  /** It waits no more. @param decision to be sent as it says; null: its time is over. */
  go(item: Item, decision: Decision | null, nowMs: number): void;
}

/** By what a request is known again when it comes back. */
export interface Knock {
  /** The same when the same caller sends the same again. Asked only where it tells something, since it may cost. */
  readonly fingerprint: () => string;
  /** Whose it is; null or absent: callers are not told apart. */
  readonly client?: string | null;
  /** It says of itself that it was not sent before. */
  readonly isFirst: boolean;
}

export interface Arrived {
  /** It comes back as it was told to; for {@link Ask.isPromised}. */
  readonly isPromised: boolean;
  /** What it had been promised; null: nothing. */
  readonly redeemed: Redeemed | null;
  /** null: it will not be known again. */
  readonly knock: Knock | null;
}

export interface WaitAsk<Item> extends Wish {
  readonly item: Item;
  readonly pool: Pool;
  readonly arrived: Arrived;
  /** When it gives up, as far as its caller goes. Milliseconds since 1970. */
  readonly untilMs: number;
}

/** One that waits: to be given back to {@link Waiting.leave}. */
export interface Stay<Item> {
  readonly item: Item;
  readonly pool: Pool;
  readonly deployment: Deployment;
  readonly booked: Waits;
  /** When it gives up. Milliseconds since 1970. */
  readonly untilMs: number;
  waiter: Waiter<Stay<Item>> | null;
}

export class Waiting<Item> {
  readonly #states: States;
  readonly #driver: WaitDriver<Item>;
  #settings: WaitingSettings;
  readonly #rooms = new Map<string, WaitRoom<Stay<Item>>>();
  readonly #debts: Debts;
  readonly #books: Books;
  readonly #promises: Promises;
  /** Pools to be stirred, in turn; more come while they are. */
  readonly #toStir = new Map<string, Pool>();
  #isStirring = false;

  constructor(states: States, driver: WaitDriver<Item>, settings: WaitingSettings) {
    this.#states = states;
    this.#driver = driver;
    this.#settings = settings;
    this.#debts = new Debts(states);
    this.#books = { states, debts: this.#debts };
    this.#promises = new Promises(this.#debts);
  }

  set settings(settings: WaitingSettings) {
    this.#settings = settings;
    for (const room of this.#rooms.values()) room.settings = settings;
  }

  /** Requests that wait for a pool. */
  waiters({ name }: Pool): number {
    return this.#rooms.get(name)?.size ?? 0;
  }

  /** When {@link onTime} is to be called; Infinity where nobody waits. Milliseconds since 1970. */
  get nextAtMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const room of this.#rooms.values()) nextMs = Math.min(nextMs, room.nextAtMs);
    return nextMs;
  }

  /**
   * Before the first choice for a request: whoever waits and may go goes first, and what is due is held.
   * @param knock null: it will not be known again.
   */
  arrive(pool: Pool, knock: Knock | null, nowMs: number): Arrived {
    this.#promises.advance(nowMs);
    const room = this.#rooms.get(pool.name);
    if (room !== undefined && room.nextAtMs <= nowMs) this.stir(pool, nowMs);
    if (knock === null || knock.isFirst || this.#promises.size === 0)
      return { isPromised: false, redeemed: null, knock };
    const redeemed = this.#promises.redeem(keyOf(pool, knock), nowMs);
    return { isPromised: redeemed?.isDue ?? false, redeemed, knock };
  }

  /** Nobody can take it now. @returns null where it is not worth waiting: no place opens in time, or the room is full. */
  enter(ask: WaitAsk<Item>, nowMs: number): Stay<Item> | null {
    const { pool, need, arrived, untilMs, item } = ask;
    if (untilMs <= nowMs) return null;
    const { isPromised } = arrived;
    const rank = isPromised ? RANK_PROMISED : REQUEST_CLASSES.indexOf(need.class);
    const spot = earliestSpot(pool, this.#books, ask, { rank, how: 'waits', fromMs: nowMs, nowMs });
    if (spot === null || spot.opensMs > untilMs) return null;
    const { deployment, opensMs, filling } = spot;
    const tokens = costOf(this.#states.deployment(deployment), need);
    const booked = { tokens, rank, held: filling?.byDrops ? heldOf(filling, tokens) : NOTHING_HELD };
    const stay: Stay<Item> = { item, pool, deployment, booked, untilMs, waiter: null };
    const wakeMs = opensMs > nowMs ? opensMs : nowMs + RECHECK_MS;
    const client = arrived.knock?.client ?? null;
    stay.waiter = this.#room(pool).enter(stay, { class: need.class, isPromised, untilMs, client }, wakeMs, nowMs);
    if (stay.waiter === null) return null;
    this.#debts.waits(deployment, booked);
    return stay;
  }

  /** Its caller has gone, or it is over otherwise. Without effect on one that waits no more. */
  leave(stay: Stay<Item>): void {
    const { waiter, pool, deployment, booked } = stay;
    if (waiter === null || !waiter.isIn) return;
    this.#rooms.get(pool.name)?.leave(waiter);
    this.#debts.waitsNoMore(deployment, booked);
    this.#close(pool);
  }

  /** Something has ended in the pool, or something was read of it: who can go goes. */
  stir(pool: Pool, nowMs: number): void {
    if (!this.#rooms.has(pool.name)) return;
    this.#toStir.set(pool.name, pool);
    if (this.#isStirring) return;
    this.#isStirring = true;
    try {
      // A map may be added to while it is walked: what a send at once led to is done here, not on top of it.
      for (const [name, next] of this.#toStir) {
        this.#toStir.delete(name);
        this.#sweep(next, nowMs);
      }
    } finally {
      this.#isStirring = false;
    }
  }

  /** Time has come: see {@link nextAtMs}. */
  onTime(nowMs: number): void {
    this.#promises.advance(nowMs);
    for (const room of [...this.#rooms.values()]) {
      const pool = room.nextAtMs <= nowMs ? room.order(nowMs, 1)[0]?.item.pool : undefined;
      if (pool !== undefined) this.stir(pool, nowMs);
    }
  }

  /** Nobody waits any more, and everybody is told at once. */
  drain(nowMs: number): void {
    for (const room of [...this.#rooms.values()])
      for (const { item: stay } of room.order(nowMs)) this.#go(stay, null, nowMs);
  }

  /**
   * What to tell one that is refused. A time that is told with 429 is kept: it counts against the deployment that will open.
   * @param arrived as {@link arrive} gave it; its place is kept if it was promised one and is early.
   */
  tell(
    pool: Pool,
    asked: Bounds & { readonly need: Need },
    arrived: Arrived,
    nowMs: number,
    settings: PolicySettings,
  ): NobodyFree {
    const verdict = nobodyFree(pool, this.#states, asked, nowMs, settings);
    if (verdict.status !== 429) return verdict;
    const prior = arrived.redeemed?.due ?? null;
    // Who comes too early keeps its place.
    if (prior !== null && prior.dueMs > nowMs) return this.#promise(pool, arrived, prior, nowMs);
    const rank = arrived.isPromised ? RANK_PROMISED : REQUEST_CLASSES.length - 1;
    const spot = earliestSpot(
      pool,
      this.#books,
      { ...asked, tried: [] },
      { rank, how: 'told', fromMs: nowMs + 1, nowMs },
    );
    if (spot === null) return verdict;
    const { deployment, opensMs, filling } = spot;
    const tokens = costOf(this.#states.deployment(deployment), asked.need);
    const turnMs = filling === null ? 0 : turnMsOf(filling, this.#debts.before(deployment, rank, 'told'));
    const dueMs = nowMs + Math.ceil(opensMs - nowMs + turnMs);
    const held = filling === null ? { tokens, requests: 0 } : heldOf(filling, tokens);
    const heldFromMs = filling?.byDrops ? dueMs - fillMs(filling, { tokens, requests: 1 }) : opensMs;
    // A slice of requests that opens at once is theirs who were promised it, from its beginning on and not before.
    const isSlice = filling?.of === 'requests' && !filling.byDrops;
    const soonFromMs = isSlice ? heldFromMs : Math.min(heldFromMs, dueMs - SOON_MS);
    const dueFromMs = isSlice ? heldFromMs : dueMs;
    const due = { deployment, tokens, held, dueMs, heldFromMs, soonFromMs, dueFromMs };
    return this.#promise(pool, arrived, due, nowMs);
  }

  #promise(pool: Pool, { knock }: Arrived, due: Due, nowMs: number): NobodyFree {
    if (knock !== null) this.#promises.make(keyOf(pool, knock), due, nowMs, knock.client);
    return { status: 429, retryAfterMs: Math.max(1, Math.ceil(due.dueMs - nowMs)) };
  }

  #sweep(pool: Pool, nowMs: number): void {
    const room = this.#rooms.get(pool.name);
    if (room === undefined) return;
    if (nowMs < room.restsUntilMs) room.triesAtMs = room.restsUntilMs;
    else this.#tryAll(room, pool, nowMs);
    // Who has tried in vain at the last moment gives up.
    for (let late = room.takeExpired(nowMs); late !== null; late = room.takeExpired(nowMs)) {
      this.#debts.waitsNoMore(late.item.deployment, late.item.booked);
      this.#driver.go(late.item.item, null, nowMs);
    }
    this.#close(pool);
  }

  #tryAll(room: WaitRoom<Stay<Item>>, { members }: Pool, nowMs: number): void {
    this.#debts.trying(members, true);
    try {
      let triesAtMs = Number.POSITIVE_INFINITY;
      let inVain = 0;
      for (const waiter of room.order(nowMs, TRIES_MAX)) {
        if (!waiter.isIn) continue;
        triesAtMs = Math.min(triesAtMs, this.#try(waiter.item, nowMs));
        if (waiter.isIn) inVain++;
      }
      room.triesAtMs = triesAtMs;
      if (inVain >= VAIN_TRIES_MAX) room.restsUntilMs = nowMs + REST_MS;
    } finally {
      this.#debts.trying(members, false);
    }
  }

  /** @returns when it is to try again; Infinity where it has gone. */
  #try(stay: Stay<Item>, nowMs: number): number {
    const decision = this.#driver.pick(stay.item, nowMs);
    const triesAtMs = opensMs(decision, nowMs) ?? nowMs + RECHECK_MS;
    // A guess that it would wait for in vain yields at once.
    const isDone =
      decision.kind === 'send' || (triesAtMs > stay.untilMs && decision.looks.some((look) => look.isGuess));
    if (isDone) {
      this.#go(stay, decision.kind === 'send' ? decision : null, nowMs);
      return Number.POSITIVE_INFINITY;
    }
    this.#debts.triedInVain(stay.deployment, stay.booked);
    return triesAtMs;
  }

  #go(stay: Stay<Item>, decision: Decision | null, nowMs: number): void {
    this.leave(stay);
    this.#driver.go(stay.item, decision, nowMs);
  }

  #room(pool: Pool): WaitRoom<Stay<Item>> {
    let room = this.#rooms.get(pool.name);
    if (room === undefined) {
      room = new WaitRoom(this.#settings);
      this.#rooms.set(pool.name, room);
    }
    return room;
  }

  /** An empty room is no room. */
  #close({ name }: Pool): void {
    if (this.#rooms.get(name)?.size === 0) this.#rooms.delete(name);
  }
}

/** Of all who are told to come when a window opens, each a little later than the one before. */
function turnMsOf({ of, byDrops, tokens, requests }: Filling, before: Load): number {
  const rate = of === 'tokens' ? tokens : requests;
  if (byDrops || rate === null) return 0;
  const { perPeriod, periodMs } = rate;
  const turn = before[of] % perPeriod;
  const spreadMs = (turn / perPeriod) * SPREAD_SHARE * periodMs;
  if (requests === null || requests.periodMs >= periodMs || before.tokens <= 0) return spreadMs;
  // The tokens of a minute are there at once; the requests that may take them come slice by slice.
  const requestsBefore = (before.requests * turn) / before.tokens;
  return Math.min(periodMs, Math.max(spreadMs, (requestsBefore / requests.perPeriod) * requests.periodMs));
}

/**
 * What is kept for one that such a limit kept out. Of requests only where it was they that ran out, and in slices that last: who finds a
 * short one spent waits for the next, before everybody else.
 */
function heldOf({ of, requests }: Filling, tokens: number): Load {
  return { tokens, requests: of === 'requests' && requests !== null && requests.periodMs > GRACE_MS ? 1 : 0 };
}

/** How long it takes until so much has come together, within bounds. */
function fillMs({ of, tokens, requests }: Filling, load: Load): number {
  const rate = of === 'tokens' ? tokens : requests;
  const ms = rate === null ? 0 : (load[of] / rate.perPeriod) * rate.periodMs;
  return Math.min(FILL_MS_MAX, Math.max(FILL_MS_MIN, ms));
}

function keyOf({ name }: Pool, { fingerprint }: Knock): string {
  return `${name}\n${fingerprint()}`;
}

/** When the first of those that are believed to be full opens; null where none is. */
function opensMs({ looks }: Decision, nowMs: number): number | null {
  let earliestMs: number | null = null;
  for (const { reason, untilMs } of looks) {
    if (untilMs === null || untilMs <= nowMs || (reason !== 'noHeadroom' && reason !== 'throttled')) continue;
    earliestMs = Math.min(earliestMs ?? untilMs, untilMs);
  }
  return earliestMs;
}
