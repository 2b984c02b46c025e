/** A checked file to the Config that the gateway works with. Nothing can go wrong here any more. */
import {
  type Allowance,
  type Backend,
  type Credential,
  type Deployment,
  type Fleet,
  NOTHING_KNOWN,
  type OpenBackend,
  type Pool,
  PriceBook,
  type QuotaKey,
} from '@spillway/policy';
import type { Config } from './config.ts';
import { HiddenKey } from './hidden-key.ts';
import { resolveDoors, toClient } from './resolve-doors.ts';
import type { BackendData, ClientData, DeploymentData, FileData } from './schema.ts';
import { defaultScope } from './schema-fleet.ts';
import { toPriceTable } from './schema-prices.ts';
import { backendUrl } from './url.ts';

export function resolveConfig(file: FileData): Config {
  const { drainMs, headers, v1ApiVersion, usage, explain, clients } = file;
  const { throttle, breaker, strategy, quota, waiting } = file;
  const streams = { ...file.streams, hedge: file.streams.hedge ?? null };
  const timeouts = { ...file.timeouts, streamMs: file.timeouts.streamMs ?? null };
  const limits = { ...file.limits, spoolFolder: file.limits.spoolFolder ?? null };
  const fleet = resolveFleet(file);
  return {
    fleet,
    policy: { throttle, breaker, strategy, quota, waiting },
    clients: clients.map((client) => toClient(client, toAllowance(client), fleet.pools)),
    gateway: { timeouts, limits, drainMs, headers, v1ApiVersion, usage, streams, explain },
    doors: resolveDoors(file),
    prices: file.prices === undefined ? null : new PriceBook(toPriceTable(file.prices)),
  };
}

function toAllowance(data: ClientData): Allowance | null {
  const { regions, types, modelVersions, contentFilters, features, contextTokensMin } = data;
  const bounds = [regions, types, modelVersions, contentFilters, features, contextTokensMin];
  if (bounds.every((bound) => bound === undefined)) return null;
  return {
    regions: regions ?? null,
    types: types ?? null,
    modelVersions: modelVersions ?? null,
    contentFilters: contentFilters ?? null,
    features: features ?? null,
    contextTokensMin: contextTokensMin ?? null,
  };
}

function resolveFleet(file: FileData): Fleet {
  const backends: Backend[] = [];
  const deployments: Deployment[] = [];
  const openBackends: OpenBackend[] = [];
  const resources: Deployment[] = [];
  for (const data of file.backends) {
    const backend = toBackend(data);
    backends.push(backend);
    const listed = data.deployments?.map((deployment) => toDeployment(backend, deployment, file.quotas)) ?? null;
    if (listed === null) openBackends.push(toOpenBackend(backend, data));
    else deployments.push(...listed);
    resources.push(toResource(backend, data, listed));
  }
  const pools = poolsOf(file, deployments);
  return { backends, deployments, pools, openBackends, resources: { name: 'resources', members: resources } };
}

function toBackend(data: BackendData): Backend {
  const { url, host } = backendUrl(data.url) ?? { url: data.url, host: '' };
  const credential: Credential =
    data.apiKey === undefined ? { kind: 'entra', scope: data.scope ?? defaultScope(host) } : new HiddenKey(data.apiKey);
  const { name, region = null, dialect = 'both', apiVersion = null } = data;
  return { name, url, credential, region, dialect, apiVersion };
}

function toDeployment(backend: Backend, data: DeploymentData, quotas: FileData['quotas']): Deployment {
  const { name, model = null, modelVersion = null, contentFilter = null, contextTokens = null, features = [] } = data;
  const { type = null, capacity = null, requestsPerMinute = null, priority, weight } = data;
  const id = `${backend.name}/${name}`;
  const granted = { type, capacity, requestsPerMinute, quotaKey: toQuotaKey(data.quotaKey, quotas) };
  const facts = { model, modelVersion, contentFilter, contextTokens, features, ...granted };
  return { id, backend, name, ...facts, priority, weight };
}

function toQuotaKey(name: string | undefined, quotas: FileData['quotas']): QuotaKey | null {
  return name === undefined ? null : { name, capacity: quotas[name]?.capacity ?? null };
}

function toOpenBackend(backend: Backend, data: BackendData): OpenBackend {
  const { deploymentName = null, type = null, capacity = null, priority = 1, weight = 1 } = data;
  return { backend, deploymentName, type, capacity, priority, weight };
}

/** The resource itself is as preferred as the best deployment on it. */
function toResource(backend: Backend, data: BackendData, listed: readonly Deployment[] | null): Deployment {
  const priority =
    listed === null ? (data.priority ?? 1) : Math.min(...listed.map((deployment) => deployment.priority));
  const weight = data.weight ?? 1;
  return { id: `${backend.name}/`, backend, name: '', ...NOTHING_KNOWN, priority, weight };
}

/** Every name a client may ask for, in the order in which names are looked up: pools, aliases, deployments. */
function poolsOf(file: FileData, deployments: readonly Deployment[]): ReadonlyMap<string, Pool> {
  const pools = modelPools(deployments);
  for (const [name, pool] of Object.entries(file.pools)) pools.set(name, declaredPool(name, pool, deployments));
  const byDeployment = deploymentPools(deployments, pools);
  const names = new Map(pools);
  for (const [alias, target] of Object.entries(file.aliases)) {
    const pool = pools.get(target) ?? byDeployment.get(target);
    if (pool !== undefined) names.set(alias, pool);
  }
  for (const [name, pool] of byDeployment) if (!names.has(name)) names.set(name, pool);
  return names;
}

function modelPools(deployments: readonly Deployment[]): Map<string, Pool> {
  const byModel = new Map<string, Deployment[]>();
  for (const deployment of deployments) {
    if (deployment.model !== null) gather(byModel, deployment.model, deployment);
  }
  return new Map([...byModel].map(([name, members]) => [name, { name, members }]));
}

type PoolData = FileData['pools'][string];

function declaredPool(name: string, { members, waitMsMax }: PoolData, deployments: readonly Deployment[]): Pool {
  const byId = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  const resolved = members.flatMap((member) => {
    const given = typeof member === 'string' ? { deployment: member } : member;
    const deployment = byId.get(given.deployment);
    if (deployment === undefined) return [];
    const { priority = deployment.priority, weight = deployment.weight } = given;
    return [{ ...deployment, priority, weight }];
  });
  return waitMsMax === undefined ? { name, members: resolved } : { name, members: resolved, waitMsMax };
}

/** A deployment's name leads to the pool of its model; without a model, or where that pool leaves it out, to all of that name. */
function deploymentPools(deployments: readonly Deployment[], pools: ReadonlyMap<string, Pool>): Map<string, Pool> {
  const byName = new Map<string, Deployment[]>();
  for (const deployment of deployments) gather(byName, deployment.name, deployment);
  return new Map(
    [...byName].map(([name, members]) => {
      const model = members[0]?.model ?? null;
      const ofModel = model === null ? undefined : pools.get(model);
      const holds = ofModel?.members.some((member) => member.name === name) === true;
      return [name, holds && ofModel !== undefined ? ofModel : { name, members }];
    }),
  );
}

function gather(groups: Map<string, Deployment[]>, name: string, deployment: Deployment): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [deployment]);
  else group.push(deployment);
}
