/**
 * How much a subscription may deploy, and how much it has. Standard quota is by subscription, region, model and type; that of
 * provisioned units by subscription, region and type, for all models together (wire §6.1, §7.1).
 */
import { type DeploymentType, isProvisioned } from '@spillway/azure-model';
import type { ModelFacts } from '@spillway/protocol';
import { type ControlQuota, STANDARD_QUOTA, UNITS_QUOTA } from './control-options.ts';
import { formatOf } from './offers.ts';
import { regionId } from './regions.ts';

/** A quota, and its row in `usages`. */
export interface QuotaName {
  /** `OpenAI.Standard.gpt-4o`, `OpenAI.ProvisionedManaged`. */
  readonly value: string;
  /** For people. */
  readonly localizedValue: string;
}

export function quotaName(facts: ModelFacts, type: DeploymentType): QuotaName {
  // Models of others than OpenAI draw on pools of their own.
  const family = formatOf(facts) === 'OpenAI' ? 'OpenAI' : 'AIServices';
  if (isProvisioned(type)) return { value: `${family}.${type}`, localizedValue: UNIT_POOLS[type] ?? type };
  const suffix = type === 'Standard' ? '' : ` - ${type}`;
  const localizedValue = `Tokens Per Minute (thousands) - ${facts.name}${suffix}`;
  return { value: `${family}.${type}.${facts.name}`, localizedValue };
}

/** The texts of provisioned rows are a guess. */
const UNIT_POOLS: Readonly<Partial<Record<DeploymentType, string>>> = {
  ProvisionedManaged: 'Provisioned Managed Throughput Unit',
  DataZoneProvisionedManaged: 'Data Zone Provisioned Managed Throughput Unit',
  GlobalProvisionedManaged: 'Global Provisioned Managed Throughput Unit',
};

export interface QuotaPlace {
  readonly subscription: string;
  /** In either form. */
  readonly region: string;
}

/** Capacity that a deployment holds. */
export interface Holding extends QuotaPlace {
  /** In lower case. */
  readonly account: string;
  /** In lower case. */
  readonly deployment: string;
  readonly quota: string;
  readonly capacity: number;
}

/** Of quotas that were set by hand; each change counts as one. */
export const CONTROL_QUOTAS_MAX = 1_000;

export class ControlQuotas {
  /** Of those that fit, the last counts. */
  #quotas: readonly ControlQuota[];

  constructor(quotas: readonly ControlQuota[]) {
    this.#quotas = quotas;
  }

  get list(): readonly ControlQuota[] {
    return this.#quotas;
  }

  /** One of the same scope is replaced. @returns false where there are {@link CONTROL_QUOTAS_MAX} already. */
  set(quota: ControlQuota): boolean {
    const others = this.#quotas.filter((each) => scopeOf(each) !== scopeOf(quota));
    if (others.length >= CONTROL_QUOTAS_MAX) return false;
    this.#quotas = [...others, quota];
    return true;
  }

  limitOf({ subscription, region }: QuotaPlace, facts: ModelFacts, type: DeploymentType): number {
    const fits = (quota: ControlQuota): boolean =>
      quota.type === type &&
      isSame(quota.subscription, subscription) &&
      (quota.region === undefined || regionId(quota.region) === regionId(region)) &&
      (isProvisioned(type) || isSame(quota.model, facts.name));
    const usual = isProvisioned(type) ? UNITS_QUOTA : STANDARD_QUOTA;
    return this.#quotas.findLast(fits)?.limit ?? usual;
  }
}

function scopeOf({ subscription = '', region = '', model = '', type }: ControlQuota): string {
  return [subscription, regionId(region), isProvisioned(type) ? '' : model, type].join('\n').toLowerCase();
}

function isSame(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === value.toLowerCase();
}

export function isInPlace(holding: QuotaPlace, { subscription, region }: QuotaPlace): boolean {
  return isSame(holding.subscription, subscription) && regionId(holding.region) === regionId(region);
}

/** What is held of a quota there. */
export function heldOf(holdings: readonly Holding[], place: QuotaPlace, quota: string): number {
  let held = 0;
  for (const holding of holdings) {
    if (holding.quota === quota && isInPlace(holding, place)) held += holding.capacity;
  }
  return held;
}
