/** The resource that an Azure resource id names: `/subscriptions/S/resourceGroups/G/providers/Microsoft.CognitiveServices/accounts/N`. */
import type { Site } from '../site.ts';
import { type Refusal, unknownAccount } from './refusals.ts';

export interface AccountId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
}

const ACCOUNT =
  /^\/?subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.CognitiveServices\/accounts\/([^/]+)\/?$/i;

/** @returns null where it is the id of something else. */
export function readAccountId(id: string): AccountId | null {
  const [, subscription, resourceGroup, name] = ACCOUNT.exec(id) ?? [];
  return subscription === undefined || resourceGroup === undefined || name === undefined
    ? null
    : { subscription, resourceGroup, name };
}

/** In any case, as Azure compares them. */
export function findAccount(sites: readonly Site[], { subscription, resourceGroup, name }: AccountId): Site | Refusal {
  const found = sites.find(
    (site) =>
      isSame(site.facts.name, name) &&
      isSame(site.facts.subscription, subscription) &&
      isSame(site.resourceGroup, resourceGroup),
  );
  return found ?? unknownAccount(resourceGroup, name);
}

/** As Azure spells it. */
export function accountIdOf({ facts, resourceGroup }: Pick<Site, 'facts' | 'resourceGroup'>): string {
  return `/subscriptions/${facts.subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.CognitiveServices/accounts/${facts.name}`;
}

/** `eastus` for `East US`. */
export function regionId(region: string): string {
  return region.toLowerCase().replaceAll(' ', '');
}

export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
