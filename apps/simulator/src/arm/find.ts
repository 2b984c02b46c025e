/** Finds what a path names, or refuses as ARM does. */
import type { Deployment, DeploymentOptions } from '@spillway/azure-model';
import type { Site } from '../site.ts';
import { deploymentNotFound, PROVIDER, resourceNotFound } from './arm-error.ts';
import { type ArmCall, isSameName } from './call.ts';
import type { Provisioning } from './control.ts';
import { regionId } from './regions.ts';
import type { DeploymentControl } from './wanted.ts';

export function accountPath(subscription: string, group: string, account: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${PROVIDER}/accounts/${account}`;
}

export function accountId({ facts, resourceGroup }: Site): string {
  return accountPath(facts.subscription, resourceGroup, facts.name);
}

/** In the group and subscription of the path. */
export function siteOf({ simulation, names }: ArmCall): Site | undefined {
  const [subscription = '', group = '', account = ''] = names;
  return simulation.sites.find(
    ({ facts, resourceGroup }) =>
      isSameName(facts.name, account) &&
      isSameName(facts.subscription, subscription) &&
      isSameName(resourceGroup, group),
  );
}

export function findAccount(call: ArmCall): Site {
  const site = siteOf(call);
  if (site !== undefined) return site;
  throw resourceNotFound(call.names[2] ?? '', call.names[1] ?? '');
}

/** A deployment as the control plane has it: there, or being made. */
export interface Found {
  readonly site: Site;
  readonly options: DeploymentOptions;
  readonly control: DeploymentControl;
  /** null: it is being made. */
  readonly running: Deployment | null;
}

export function deploymentsOf(site: Site): readonly Found[] {
  const there = [...site.deployed.values()].map(({ options, control }) => {
    return { site, options, control, running: site.resource.deployments.get(options.name) ?? null };
  });
  return [...there, ...[...site.provisioning.values()].map((each) => foundProvisioning(site, each))];
}

function foundProvisioning(site: Site, { options, control }: Provisioning): Found {
  return { site, options, control, running: null };
}

export function deploymentIn(site: Site, name: string): Found | undefined {
  return deploymentsOf(site).find(({ options }) => isSameName(options.name, name));
}

export function findDeployment(call: ArmCall): Found {
  const site = findAccount(call);
  const name = call.names[3] ?? '';
  const found = deploymentIn(site, name);
  if (found === undefined) throw deploymentNotFound(name, site.facts.name);
  return found;
}

export function sitesIn({ simulation }: ArmCall, subscription: string, group: string | null): readonly Site[] {
  return simulation.sites.filter(
    (site) =>
      isSameName(site.facts.subscription, subscription) && (group === null || isSameName(site.resourceGroup, group)),
  );
}

/** Regions where the subscription has something; `eastus` where it has nothing. */
export function regionsOf(call: ArmCall, subscription: string): readonly string[] {
  const regions = sitesIn(call, subscription, null).map(({ facts }) => regionId(facts.region));
  return regions.length === 0 ? ['eastus'] : [...new Set(regions)];
}
