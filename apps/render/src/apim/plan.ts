/**
 * A gateway's configuration as API Management can have it: a backend for each deployment, since it is the deployment that is throttled;
 * a pool for each name that clients ask for. What it cannot have is told in left-out.ts, and nothing of it is left open instead.
 */
import type { Config } from '@spillway/config';
import type { Backend, Deployment, OpenBackend, Pool } from '@spillway/policy';
import { Names } from '../names.ts';
import { boundedBeyond } from './bounds.ts';
import { prioritiesOf, weightsOf } from './shares.ts';

/** A deployment, as a backend of API Management. */
export interface PlannedBackend {
  readonly id: string;
  readonly backend: Backend;
  /** null: the resource itself, which is sent whatever path the client asked for. */
  readonly deployment: Deployment | null;
}

export interface PlannedMember {
  readonly backend: PlannedBackend;
  /** 0 to 100. */
  readonly priority: number;
  /** 1 to 100. */
  readonly weight: number;
}

export interface PlannedPool {
  readonly id: string;
  /** What clients ask for; null: every name that leads nowhere else. */
  readonly names: readonly string[] | null;
  readonly members: readonly PlannedMember[];
}

export interface PlannedClient {
  /** Of its subscription. */
  readonly id: string;
  readonly name: string;
  /** Ids of the pools it may use; null: all. */
  readonly pools: readonly string[] | null;
}

export interface Plan {
  readonly backends: readonly PlannedBackend[];
  readonly pools: readonly PlannedPool[];
  readonly clients: readonly PlannedClient[];
}

/** API Management takes so many in a pool. */
export const POOL_MEMBERS_MAX = 30;

export function planOf(config: Config): Plan {
  const names = new Names();
  const backends = [
    ...config.fleet.deployments
      .filter(({ name }) => name !== '')
      .map((deployment) => plannedBackend(names, deployment.backend, deployment)),
    ...takenOpen(config).map(({ backend }) => plannedBackend(names, backend, null)),
  ];
  const pools = [...listedPools(config, names, backends), ...openPool(config, names, backends)];
  return { backends, pools, clients: clientsOf(config, pools) };
}

function plannedBackend(names: Names, backend: Backend, deployment: Deployment | null): PlannedBackend {
  return { id: names.take(deployment === null ? backend.name : deployment.id), backend, deployment };
}

/** Pools, each with all the names that lead to it. */
function listedPools(config: Config, names: Names, backends: readonly PlannedBackend[]): PlannedPool[] {
  const byPool = Map.groupBy(config.fleet.pools, ([, pool]) => pool);
  return [...byPool].flatMap(([pool, entries]) => {
    const members = pool.members.slice(0, POOL_MEMBERS_MAX);
    const planned = membersOf(members, (member) => backends.find(({ deployment }) => deployment?.id === member.id));
    return [{ id: names.take(`pool-${pool.name}`), names: entries.map(([name]) => name), members: planned }];
  });
}

/** Backends without a list of deployments serve every name that leads nowhere else. */
function openPool(config: Config, names: Names, backends: readonly PlannedBackend[]): PlannedPool[] {
  const open = takenOpen(config).slice(0, POOL_MEMBERS_MAX);
  if (open.length === 0) return [];
  const find = (member: OpenBackend) =>
    backends.find(({ backend, deployment }) => deployment === null && backend === member.backend);
  return [{ id: names.take('pool-any'), names: null, members: membersOf(open, find) }];
}

/** One that sends another name in place of the one asked for cannot share a path with those that do not. */
export function takenOpen({ fleet }: Config): readonly OpenBackend[] {
  return fleet.openBackends.filter(({ deploymentName }) => deploymentName === null);
}

function membersOf<T extends Pick<Pool['members'][number], 'priority' | 'weight'>>(
  members: readonly T[],
  find: (member: T) => PlannedBackend | undefined,
): PlannedMember[] {
  const priorities = prioritiesOf(members.map(({ priority }) => priority));
  const weights = weightsOf(members.map(({ weight }) => weight));
  return members.flatMap((member, i) => {
    const backend = find(member);
    return backend === undefined ? [] : [{ backend, priority: priorities[i] ?? 1, weight: weights[i] ?? 1 }];
  });
}

/** A client with bounds that cannot be kept here is left out, rather than let in without them. */
function clientsOf({ clients }: Config, pools: readonly PlannedPool[]): PlannedClient[] {
  const names = new Names();
  return clients
    .filter((client) => boundedBeyond(client).length === 0)
    .map(({ name, access }) => ({
      id: names.take(name),
      name,
      pools: access.models === null ? null : poolsNamed(pools, access.models),
    }));
}

function poolsNamed(pools: readonly PlannedPool[], models: readonly string[]): string[] {
  return pools.filter(({ names }) => names?.some((name) => models.includes(name)) ?? false).map(({ id }) => id);
}
