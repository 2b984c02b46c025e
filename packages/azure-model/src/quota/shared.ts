/**
 * Quota that several deployments have in common: Azure gives it by subscription, region, model and type (wire §6.1), and resources
 * that look apart may draw on the same one (wire §10 no. 5). Only those that are listed here are shared; others have their own alone.
 */
import type { ModelFacts } from '@spillway/protocol';
import type { QuotaMode } from './estimate.ts';
import { limitsOf, StandardQuota } from './standard.ts';

export interface QuotaKey {
  readonly subscription: string;
  readonly region: string;
  readonly model: string;
  readonly type: string;
}

export interface SharedQuotaOptions extends QuotaKey {
  /** Thousands of tokens per minute, over all deployments of the key. Above 0. */
  readonly capacity: number;
  /** Absent: derived from the capacity. */
  readonly requestsPerMinute?: number;
  /** Default documented. */
  readonly quotaMode?: QuotaMode;
}

export class SharedQuotas {
  readonly #byKey = new Map<string, StandardQuota>();

  constructor(quotas: readonly SharedQuotaOptions[], modelFacts: (name: string) => ModelFacts) {
    for (const options of quotas) {
      const facts = modelFacts(options.model);
      const mode = options.quotaMode ?? 'documented';
      const limits = limitsOf(mode, facts, options.capacity, options.requestsPerMinute);
      const quota = new StandardQuota({ limits, mode, shared: null });
      this.#byKey.set(textOf({ ...options, model: facts.name }), quota);
    }
  }

  of(key: QuotaKey): StandardQuota | null {
    return this.#byKey.get(textOf(key)) ?? null;
  }

  get size(): number {
    return this.#byKey.size;
  }
}

function textOf({ subscription, region, model, type }: QuotaKey): string {
  return [subscription, region, model, type].join('\n').toLowerCase();
}
