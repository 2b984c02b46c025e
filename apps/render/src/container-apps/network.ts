/** Optional: models that answer inside a virtual network alone. The gateway itself stays reachable, for chat apps in other places. */
import { API } from '../arm/azure.ts';
import { call, copyIndex, idOf, parameter, text, variable } from '../arm/expression.ts';
import { named, parentOf, type Resource } from '../arm/template.ts';
import { accountCount, accountIdAt, accounts, modelDeployments } from './fleet.ts';
import { plain, tags } from './platform.ts';

const condition = parameter('isPrivate');
const token = variable('token');

export const network = plain(
  'network',
  'Microsoft.Network/virtualNetworks',
  API.network,
  text`vnet-${token}`,
  {
    properties: {
      addressSpace: { addressPrefixes: ['10.20.0.0/16'] },
      subnets: [
        {
          name: 'apps',
          properties: {
            addressPrefix: '10.20.0.0/23',
            delegations: [{ name: 'apps', properties: { serviceName: 'Microsoft.App/environments' } }],
          },
        },
        { name: 'endpoints', properties: { addressPrefix: '10.20.2.0/24' } },
      ],
    },
  },
  { condition },
);

/** Made with the network; named here to be pointed at. */
export const subnetId = (name: string) =>
  call('resourceId', 'Microsoft.Network/virtualNetworks/subnets', text`vnet-${token}`, name);

const zone: Resource = {
  symbol: 'zone',
  type: 'Microsoft.Network/privateDnsZones',
  apiVersion: API.dnsZones,
  name: named('privatelink.openai.azure.com'),
  condition,
  body: { location: 'global', tags },
};

const zoneLink: Resource = {
  symbol: 'zoneLink',
  type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
  apiVersion: API.dnsZones,
  name: named('network'),
  parent: parentOf(zone),
  condition,
  body: { location: 'global', tags, properties: { registrationEnabled: false, virtualNetwork: { id: idOf(network) } } },
};

const copies = { count: accountCount, isSerial: false };

const endpoints: Resource = plain(
  'endpoints',
  'Microsoft.Network/privateEndpoints',
  API.network,
  '',
  {
    properties: {
      subnet: { id: subnetId('endpoints') },
      privateLinkServiceConnections: [
        { name: 'openai', properties: { privateLinkServiceId: accountIdAt(copyIndex), groupIds: ['account'] } },
      ],
    },
  },
  { condition, copies, name: (index) => text`pe-${accounts.name(index)}`, after: [network, modelDeployments] },
);

const zoneGroups: Resource = {
  symbol: 'zoneGroups',
  type: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
  apiVersion: API.network,
  name: named('default'),
  parent: { resource: endpoints, index: (index) => index },
  condition,
  copies,
  body: { properties: { privateDnsZoneConfigs: [{ name: 'openai', properties: { privateDnsZoneId: idOf(zone) } }] } },
};

export const NETWORK_RESOURCES: readonly Resource[] = [network, zone, zoneLink, endpoints, zoneGroups];
