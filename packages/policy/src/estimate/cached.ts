/**
 * How much of a prompt its deployment is likely to have in its cache: what the last answers with the same key reported.
 * Azure forgets a prefix after 5 to 10 minutes without use, and after an hour at the latest.
 */
import { Recent } from './recent.ts';

/** Keys remembered at a time. */
const KEYS_MAX = 16_384;
/** Without use for so long, nothing is expected to be left. Milliseconds. */
const FORGOTTEN_MS = 10 * 60_000;

interface Kept {
  tokens: number;
  lastMs: number;
}

export class CachedTokens {
  readonly #kept: Recent<number, Kept>;

  constructor(keysMax = KEYS_MAX) {
    this.#kept = new Recent(keysMax);
  }

  /** @returns tokens; 0 where nothing is known. */
  expected(key: number | null, nowMs: number): number {
    const kept = key === null ? undefined : this.#kept.get(key);
    return kept === undefined || nowMs - kept.lastMs > FORGOTTEN_MS ? 0 : kept.tokens;
  }

  /**
   * An answer that found nothing in the cache may have been served elsewhere than the others: half of what was expected stays so.
   * @param tokens as reported.
   */
  learn(key: number, tokens: number, nowMs: number): void {
    const before = this.expected(key, nowMs);
    this.#kept.set(key, { tokens: Math.max(tokens, Math.floor(before / 2)), lastMs: nowMs });
  }
}
