/**
 * What is believed of the deployments' quotas, own and shared. A belief is kept over a reload as long as what was granted stays the
 * same; where that changed it begins anew, since what was learned was learned of another quota.
 */
import {
  type Deployment,
  type Fleet,
  isProvisioned,
  type Quota,
  type QuotaKey,
  type QuotaSettings,
  quotasOf,
  sharedQuota,
} from '@spillway/policy';

interface Shared {
  readonly grant: string;
  readonly quota: Quota;
}

export class QuotaBook {
  #settings: QuotaSettings;
  readonly #shared = new Map<string, Shared>();
  /** What each deployment's own quota was made for. */
  readonly #grants = new WeakMap<Quota, string>();

  constructor(settings: QuotaSettings) {
    this.#settings = settings;
  }

  /** @param before the quotas it had: its own one stays where nothing has changed. */
  of(deployment: Deployment, before: readonly Quota[] = []): readonly Quota[] {
    const [fresh, ...shared] = quotasOf(deployment, this.#settings, (key) => this.#sharedOf(key, deployment));
    const [own] = before;
    const grant = this.#grantOf(deployment);
    if (own !== undefined && this.#grants.get(own) === grant) return [own, ...shared];
    if (fresh === undefined) return shared;
    this.#grants.set(fresh, grant);
    return [fresh, ...shared];
  }

  /** Shared quotas that nobody draws on any more are forgotten. The deployments' own are then asked for again, by {@link of}. */
  reload(settings: QuotaSettings, { deployments }: Fleet): void {
    this.#settings = settings;
    const named = new Set(deployments.map(({ quotaKey }) => quotaKey?.name));
    for (const name of this.#shared.keys()) if (!named.has(name)) this.#shared.delete(name);
  }

  #sharedOf(key: QuotaKey, deployment: Deployment): Quota {
    const { type, model } = deployment;
    const grant = this.#grantOf({ type, model, capacity: key.capacity, requestsPerMinute: null });
    const known = this.#shared.get(key.name);
    if (known?.grant === grant) return known.quota;
    const quota = sharedQuota(key, deployment, this.#settings);
    this.#shared.set(key.name, { grant, quota });
    return quota;
  }

  /** Equal for equal grants. */
  #grantOf(of: Pick<Deployment, 'type' | 'model' | 'capacity' | 'requestsPerMinute'>): string {
    const { type, model, capacity, requestsPerMinute } = of;
    const spillAt = type !== null && isProvisioned(type) ? this.#settings.spillAt : null;
    return JSON.stringify([type, model, capacity, requestsPerMinute, spillAt]);
  }
}
