/** The Azure OpenAI resources and their deployments, where the template is to make them, and the right to use them. */
import { type Backend, type Deployment, isProvisioned } from '@spillway/policy';
import { API, ROLES } from '../arm/azure.ts';
import { call, idOf, parameter, propertiesOf, text, type Value, variable } from '../arm/expression.ts';
import { named, parentOf, type Resource } from '../arm/template.ts';
import { Names } from '../names.ts';
import { identity, TAGS } from './service.ts';

const ACCOUNT = 'Microsoft.CognitiveServices/accounts';

export interface Accounts {
  readonly resources: readonly Resource[];
  /** By name of the backend. */
  readonly byBackend: ReadonlyMap<string, Resource>;
}

/** @param deployments of all backends; several may be of one. */
export function accountsOf(backends: readonly Backend[], deployments: readonly Deployment[]): Accounts {
  const names = new Names();
  const symbols = new Names();
  const all = backends.map((backend) => {
    const account = accountOf(backend, names.take(backend.name), symbols.take(backend.name));
    const own = deployments.filter((deployment) => deployment.backend === backend && deployment.name !== '');
    return { backend, account, resources: [account, ...deploymentsOf(account, own), roleOf(account)] };
  });
  return {
    resources: all.flatMap(({ resources }) => resources),
    byBackend: new Map(all.map(({ backend, account }) => [backend.name, account])),
  };
}

/** Its name is also its subdomain, which tokens need. Keys are off: there is nothing to leak. */
function accountOf({ region }: Backend, name: string, symbol: string): Resource {
  const accountName = text`${name}-${parameter('resourceToken')}`;
  return {
    symbol: `account_${symbol.replaceAll('-', '_')}`,
    type: ACCOUNT,
    apiVersion: API.accounts,
    name: named(accountName),
    body: {
      location: region ?? parameter('location'),
      tags: TAGS,
      kind: 'OpenAI',
      sku: { name: 'S0' },
      properties: { customSubDomainName: accountName, disableLocalAuth: true, publicNetworkAccess: 'Enabled' },
    },
  };
}

/** One after the other: Azure refuses two at once on one resource. */
function deploymentsOf(account: Resource, deployments: readonly Deployment[]): Resource[] {
  const made: Resource[] = [];
  for (const [i, deployment] of deployments.entries()) {
    const before = made.at(-1);
    const own = deploymentOf(account, deployment, i + 1);
    made.push(before === undefined ? own : { ...own, after: [before] });
  }
  return made;
}

/** @param n from 1, for the symbol. */
function deploymentOf(account: Resource, deployment: Deployment, n: number): Resource {
  const { name, model, modelVersion, contentFilter, type } = deployment;
  return {
    symbol: `${account.symbol}_deployment_${n}`,
    type: `${ACCOUNT}/deployments`,
    apiVersion: API.accounts,
    name: named(name),
    parent: parentOf(account),
    body: {
      sku: { name: type ?? 'Standard', capacity: capacityOf(deployment) },
      properties: {
        model: { format: 'OpenAI', name: model ?? name, version: modelVersion ?? undefined },
        raiPolicyName: contentFilter ?? undefined,
        versionUpgradeOption: 'OnceNewDefaultVersionAvailable',
      },
    },
  };
}

/** Units of provisioned capacity a deployment has at least where the configuration does not say. */
const UNITS_MIN = 15;

/** Whether `OPENAI_CAPACITY` is what says how much it gets. */
export function asksCapacity({ name, capacity, type }: Deployment): boolean {
  return name !== '' && capacity === null && (type === null || !isProvisioned(type));
}

function capacityOf(deployment: Deployment): Value {
  return asksCapacity(deployment) ? parameter('deploymentCapacity') : (deployment.capacity ?? UNITS_MIN);
}

/** On the one resource, and no wider. */
function roleOf(account: Resource): Resource {
  const role = variable('openAiUserRole');
  return {
    symbol: `${account.symbol}_role`,
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: API.roleAssignments,
    name: named(call('guid', idOf(account), idOf(identity), ROLES.openAiUser)),
    scope: parentOf(account),
    body: {
      properties: {
        principalId: propertiesOf(identity).at('principalId'),
        principalType: 'ServicePrincipal',
        roleDefinitionId: role,
      },
    },
  };
}
