/** Subscriptions and resource groups, as far as a client asks for them on the way: they are those that the resources name. */

import { ArmError } from './arm-error.ts';
import { type ArmAnswer, type ArmCall, type ArmRoute, isSameName, listed } from './call.ts';
import { regionId } from './regions.ts';

export const subscriptionRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: '/subscriptions', act: list },
  { method: 'GET', path: '/subscriptions/{sub}', act: show },
  { method: 'GET', path: '/subscriptions/{sub}/resourceGroups', act: groups },
];

function json(subscriptionId: string) {
  return { id: `/subscriptions/${subscriptionId}`, subscriptionId, displayName: subscriptionId, state: 'Enabled' };
}

function named({ simulation }: ArmCall): readonly string[] {
  return [...new Set(simulation.sites.map(({ facts }) => facts.subscription))];
}

function list(call: ArmCall): ArmAnswer {
  return listed(named(call).map(json));
}

function show(call: ArmCall): ArmAnswer {
  const [wanted = ''] = call.names;
  const found = named(call).find((each) => isSameName(each, wanted));
  if (found !== undefined) return { status: 200, body: json(found) };
  throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${wanted}' could not be found.`);
}

function groups({ simulation, names }: ArmCall): ArmAnswer {
  const [subscription = ''] = names;
  const sites = simulation.sites.filter(({ facts }) => isSameName(facts.subscription, subscription));
  // Of several in one group, the first says where it is.
  const first = new Map(sites.toReversed().map((site) => [site.resourceGroup.toLowerCase(), site]));
  return listed(
    [...first.values()].map(({ resourceGroup: name, facts }) => ({
      id: `/subscriptions/${subscription}/resourceGroups/${name}`,
      name,
      type: 'Microsoft.Resources/resourceGroups',
      location: regionId(facts.region),
      properties: { provisioningState: 'Succeeded' },
    })),
  );
}
