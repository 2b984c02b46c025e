/**
 * What a deployment really remembers of prompts: of each key the longest beginning that it has read, for some minutes.
 * Source: Azure's page on prompt caching: from 1,024 tokens on, in steps of 128, cleared after 5 to 10 minutes without use.
 */
import { CACHED_TOKENS_MIN, CACHED_TOKENS_STEP, REMEMBERED_MS } from '@spillway/azure-model';
import type { Arrival } from './types.ts';

/** Keys that one deployment remembers; the one that was not used for longest makes room. */
export const KEYS_MAX = 4096;

interface Remembered {
  readonly promptTokens: number;
  readonly usedMs: number;
}

export class TrueCache {
  /** The latest used at the end. */
  readonly #keys = new Map<number, Remembered>();

  /** Tokens of the prompt that need not be read again. */
  tokensOf({ cacheKey, sharedTokens }: Arrival, nowMs: number): number {
    const known = cacheKey === null ? undefined : this.#keys.get(cacheKey);
    if (known === undefined || nowMs - known.usedMs > REMEMBERED_MS) return 0;
    const tokens = Math.min(sharedTokens, known.promptTokens);
    return tokens < CACHED_TOKENS_MIN ? 0 : tokens - (tokens % CACHED_TOKENS_STEP);
  }

  /** Of a prompt that was let in. */
  remember({ cacheKey, promptTokens }: Arrival, nowMs: number): void {
    if (cacheKey === null) return;
    const longest = Math.max(promptTokens, this.#keys.get(cacheKey)?.promptTokens ?? 0);
    this.#keys.delete(cacheKey);
    this.#keys.set(cacheKey, { promptTokens: longest, usedMs: nowMs });
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= KEYS_MAX) break;
      this.#keys.delete(oldest);
    }
  }

  get size(): number {
    return this.#keys.size;
  }
}
