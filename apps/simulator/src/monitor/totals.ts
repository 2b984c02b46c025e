/** What has been counted since the start, for Prometheus: nothing here ever falls. */
import { DURATION_BOUNDS, FIRST_BYTE_BOUNDS, Histogram } from './histogram.ts';
import type { EndedRequest } from './tally.ts';

/** Pairs of deployment and operation told apart; what goes beyond is counted as `other`. Each one is some 40 lines of every scrape. */
export const TOTALS_MAX = 200;

export const OTHER = 'other';

export const TOKEN_KINDS = ['prompt', 'completion', 'cached'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

export interface Total {
  readonly deployment: string;
  readonly operation: string;
  readonly statuses: Map<number, number>;
  readonly durations: Histogram;
  /** Of answers that were given. */
  readonly firstBytes: Histogram;
  readonly tokens: Record<TokenKind, number>;
  /** Requests that a provisioned deployment had passed on to this one. */
  spilledOver: number;
}

export class Totals {
  readonly #byKey = new Map<string, Total>();

  add({ metered, status, answered, usage, startMs, firstMs, endMs }: EndedRequest): void {
    const total = this.#of(metered.deployment.name, metered.operationId);
    total.statuses.set(status, (total.statuses.get(status) ?? 0) + 1);
    total.durations.observeMs(endMs - startMs);
    if (metered.spilledFrom !== null) total.spilledOver++;
    if (!answered) return;
    total.firstBytes.observeMs((firstMs ?? endMs) - startMs);
    total.tokens.prompt += usage?.promptTokens ?? 0;
    total.tokens.completion += usage?.completionTokens ?? 0;
    total.tokens.cached += usage?.cachedTokens ?? 0;
  }

  list(): Iterable<Total> {
    return this.#byKey.values();
  }

  #of(deployment: string, operation: string): Total {
    const key = `${deployment}\n${operation}`;
    const found = this.#byKey.get(key);
    if (found !== undefined) return found;
    if (this.#byKey.size >= TOTALS_MAX && deployment !== OTHER) return this.#of(OTHER, OTHER);
    const total: Total = {
      deployment,
      operation,
      statuses: new Map(),
      durations: new Histogram(DURATION_BOUNDS),
      firstBytes: new Histogram(FIRST_BYTE_BOUNDS),
      tokens: { prompt: 0, completion: 0, cached: 0 },
      spilledOver: 0,
    };
    this.#byKey.set(key, total);
    return total;
  }
}
