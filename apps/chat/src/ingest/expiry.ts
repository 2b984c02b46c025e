/**
 * Takes out what visitors without a name uploaded for themselves, once nobody can come back for it: a visitor is known for
 * twelve hours (`SESSION_MS`) by a cookie that is not renewed, and then by nothing. Counted from when a file was indexed last, since it is used by
 * that visitor alone, and for no longer than the cookie lasts after it.
 */
import type { Clock, Timer } from '@spillway/clock';
import { isVisitor } from '../auth/visitor.ts';
import type { DocumentRow, DocumentStore } from '../store/store.ts';

/** Between the end of a sweep and the next. Milliseconds. */
export const SWEEP_MS = 60 * 60 * 1_000;
/** Documents that one sweep looks at; the next goes on behind them. */
const LOOKED_MAX = 20_000;
/** Documents of one call to the store. */
const AT_ONCE = 500;

export interface ExpiryParts {
  readonly store: Pick<DocumentStore, 'list' | 'remove'>;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly keptMs: number;
  /** @param removed above 0. */
  readonly onRemoved: (removed: number) => void;
  readonly onFailure: (reason: string) => void;
  /** Default {@link LOOKED_MAX}. */
  readonly lookedMax?: number;
}

const EVERYTHING = { user: null, groups: [], isAdmin: true } as const;

export class Expiry {
  readonly #parts: ExpiryParts;
  #timer: Timer | null = null;
  #isClosed = false;
  /** Where the last sweep ended; null: the next begins anew. */
  #after: string | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(parts: ExpiryParts) {
    this.#parts = parts;
  }

  /** Sweeps now, and from then on by itself. */
  start(): void {
    this.#sweeping = this.#sweepAndWait();
  }

  /** Resolves when the sweep under way is over. */
  idle(): Promise<void> {
    return this.#sweeping;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#sweeping;
  }

  async #sweepAndWait(): Promise<void> {
    const { clock, keptMs, onRemoved, onFailure } = this.#parts;
    try {
      const removed = await this.#sweep();
      if (removed > 0) onRemoved(removed);
    } catch (error) {
      onFailure(error instanceof Error ? error.message : String(error));
    }
    if (!this.#isClosed) this.#timer = clock.after(Math.min(SWEEP_MS, keptMs), () => this.start());
  }

  async #sweep(): Promise<number> {
    const { store, lookedMax = LOOKED_MAX } = this.#parts;
    let removed = 0;
    for (let looked = 0; looked < lookedMax && !this.#isClosed; ) {
      const limit = Math.min(AT_ONCE, lookedMax - looked);
      const page = await store.list(EVERYTHING, { after: this.#after, limit });
      for (const row of page) if (!this.#isClosed && this.#isOver(row) && (await store.remove(row.id))) removed += 1;
      looked += limit;
      this.#after = page.length < limit ? null : (page.at(-1)?.path ?? null);
      if (this.#after === null) break;
    }
    return removed;
  }

  #isOver({ owner, access: { users, groups }, indexedMs }: DocumentRow): boolean {
    const isPrivate = groups.length === 0 && users.length === 1 && users[0] === owner;
    return isVisitor(owner) && isPrivate && this.#parts.clock.nowMs() - indexedMs >= this.#parts.keptMs;
  }
}
