/** The quotas that several deployments share, as the admin routes name them. */
import type { QuotaKey, SharedQuotas, StandardQuota } from '@spillway/azure-model';
import type { Plan } from './options.ts';

/** A quota that several deployments draw on, with its number as the admin routes name it. */
export interface NumberedQuota {
  readonly id: string;
  readonly key: QuotaKey;
  readonly quota: StandardQuota;
}

export function numbered({ quotas, models }: Plan, shared: SharedQuotas): readonly NumberedQuota[] {
  return quotas.flatMap(({ subscription, region, model, type }, index) => {
    const key = { subscription, region, model: models.facts(model).name, type };
    const quota = shared.of(key);
    return quota === null ? [] : [{ id: `quota-${index + 1}`, key, quota }];
  });
}
