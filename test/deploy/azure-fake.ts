/** A model of one Azure subscription as far as `azd down` is concerned: what goes with its group, what Azure keeps for a while, what nobody deletes. */
import type { Predicted } from '../../apps/render/src/arm/evaluate.ts';
import { at } from './container-apps-fleets.ts';

const GROUP = 'Microsoft.Resources/resourceGroups';

/**
 * After these were deleted Azure keeps them, with their names and their quota, until they are purged or some days or weeks are over.
 * Source: Microsoft Learn, the pages on soft delete of each service, as known in 2026-11.
 */
const KEPT_BY_AZURE = [
  'Microsoft.ApiManagement/service',
  'Microsoft.AppConfiguration/configurationStores',
  'Microsoft.CognitiveServices/accounts',
  'Microsoft.KeyVault/managedHSMs',
  'Microsoft.KeyVault/vaults',
  'Microsoft.MachineLearningServices/workspaces',
  'Microsoft.OperationalInsights/workspaces',
  'Microsoft.RecoveryServices/vaults',
];

/** What `azd down --purge` purges of them. Source: Azure/azure-dev, pkg/infra/provisioning/bicep/bicep_provider.go, read 2026-11-21. */
const PURGED_BY_AZD = [
  'Microsoft.ApiManagement/service',
  'Microsoft.AppConfiguration/configurationStores',
  'Microsoft.CognitiveServices/accounts',
  'Microsoft.KeyVault/managedHSMs',
  'Microsoft.KeyVault/vaults',
  'Microsoft.OperationalInsights/workspaces',
];

export class FakeAzure {
  #there: readonly Predicted[] = [];
  #kept: readonly Predicted[] = [];

  /** @throws as Azure does where one of that name was deleted and not purged. */
  deploy(resources: readonly Predicted[]): void {
    const back = resources.find((one) => this.#kept.some((kept) => told(kept) === told(one)));
    if (back !== undefined) throw new Error(`FlagMustBeSetForRestore: ${told(back)}`);
    const isNew = (one: Predicted): boolean => !resources.some((other) => told(other) === told(one));
    this.#there = [...this.#there.filter(isNew), ...resources];
  }

  /** Groups that the deployment made, and all in them. @returns what was in them. */
  deleteGroups(deployed: readonly Predicted[]): readonly Predicted[] {
    const groups = deployed.filter(({ type }) => type === GROUP).map(({ name }) => name);
    const isInside = ({ type, name, group }: Predicted): boolean =>
      groups.includes(type === GROUP ? name : (group ?? ''));
    const gone = this.#there.filter(isInside);
    this.#there = this.#there.filter((one) => !isInside(one));
    this.#kept = [...this.#kept, ...gone.filter(({ type }) => KEPT_BY_AZURE.includes(type))];
    return gone;
  }

  /** As azd asks for it: of what it has just deleted, the types that it knows; a protected vault stays. */
  purge(gone: readonly Predicted[]): void {
    const names = gone.filter((one) => PURGED_BY_AZD.includes(one.type) && !isProtected(one)).map(told);
    this.#kept = this.#kept.filter((one) => !names.includes(told(one)));
  }

  /** Whatever still costs, holds quota, or keeps a name. */
  left(): readonly string[] {
    return [...this.#there.map(told), ...this.#kept.map((one) => `deleted ${told(one)}`)];
  }
}

const told = ({ type, name }: Predicted): string => `${type} ${name}`;

function isProtected({ resource }: Predicted): boolean {
  return 'properties' in resource && at(resource, 'properties', 'enablePurgeProtection') === true;
}
