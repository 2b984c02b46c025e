/**
 * The gateway's only mutable state: what each deployment and backend has been through, and the pools of names learned from clients.
 * It outlives a reload of the configuration. Decisions about it are policy's; this only keeps it.
 */
import {
  type Backend,
  type BackendState,
  DEFAULT_POLICY,
  type Deployment,
  type DeploymentState,
  type Fleet,
  NOTHING_KNOWN,
  newBackendState,
  newDeploymentState,
  type Pool,
  type QuotaSettings,
  type Seat,
  Seating,
  type States,
} from '@spillway/policy';
import { isDeploymentName } from '@spillway/protocol';
import { QuotaBook } from './quota-book.ts';

export interface LearnedNames {
  /** Most names kept at a time; the one asked for longest ago makes room. */
  readonly namesMax: number;
  /** A name not asked for in this time is forgotten. Milliseconds. */
  readonly expiryMs: number;
}

/** No deployment of Azure has a longer name (64 characters); what a client made up is not kept. */
const NAME_LENGTH_MAX = 256;

interface Learned {
  readonly pool: Pool;
  lastAskedMs: number;
}

export class Ledger implements States {
  readonly #seating = new Seating();
  #fleet: Fleet;
  #learnedNames: LearnedNames;
  readonly #quotas: QuotaBook;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #backends = new Map<string, BackendState>();
  /** Of pools, which a reload makes anew; their counts may begin again then. */
  readonly #turns = new WeakMap<Pool, number>();
  /** In order of last use, the longest ago first. */
  readonly #learned = new Map<string, Learned>();
  /** The one at the end, or forgotten since. */
  #lastLearned = '';
  /** Ids whose name may be forgotten; where it is, their states go as soon as no attempt is under way. */
  readonly #orphans = new Set<string>();

  constructor(fleet: Fleet, learnedNames: LearnedNames, quota: QuotaSettings = DEFAULT_POLICY.quota) {
    this.#fleet = fleet;
    this.#learnedNames = learnedNames;
    this.#quotas = new QuotaBook(quota);
  }

  get fleet(): Fleet {
    return this.#fleet;
  }

  deployment(deployment: Deployment): DeploymentState {
    let state = this.#deployments.get(deployment.id);
    if (state === undefined) {
      state = newDeploymentState(deployment, this.#quotas.of(deployment));
      this.#deployments.set(deployment.id, state);
      // A wait or a promise may ask for it after its name was forgotten: it goes with the next name that is learned.
      if (this.#isOfOpenBackend(deployment)) this.#orphans.add(deployment.id);
    }
    return state;
  }

  #isOfOpenBackend({ backend, name }: Deployment): boolean {
    return name !== '' && this.#fleet.openBackends.some((open) => open.backend.name === backend.name);
  }

  backend(backend: Backend): BackendState {
    let state = this.#backends.get(backend.name);
    if (state === undefined) {
      state = newBackendState();
      this.#backends.set(backend.name, state);
    }
    return state;
  }

  seats(pool: Pool): readonly Seat[] {
    return this.#seating.of(pool, this);
  }

  turn(pool: Pool): number {
    const turn = this.#turns.get(pool) ?? 0;
    this.#turns.set(pool, turn + 1);
    return turn;
  }

  /** The pool for the name a client asked for; null where no backend serves it. Names of open backends are learned here. */
  pool(name: string, nowMs: number): Pool | null {
    return this.#fleet.pools.get(name) ?? this.#learnedPool(name, nowMs);
  }

  /** Names learned from clients and not expired. */
  learnedPools(nowMs: number): readonly Pool[] {
    this.#expire(nowMs);
    return [...this.#learned.values()].map((learned) => learned.pool);
  }

  /** Takes a new configuration; what was learned about deployments and backends that are still there stays. */
  reload(fleet: Fleet, learnedNames: LearnedNames, quota: QuotaSettings = DEFAULT_POLICY.quota): void {
    this.#fleet = fleet;
    this.#seating.clear();
    this.#learnedNames = learnedNames;
    this.#quotas.reload(quota, fleet);
    for (const [name, learned] of this.#learned) {
      for (const { id } of learned.pool.members) this.#orphans.add(id);
      if (fleet.openBackends.length === 0 || fleet.pools.has(name)) this.#learned.delete(name);
      else this.#learned.set(name, { ...learned, pool: openPool(name, fleet) });
    }
    this.#dropOrphans();
    const deployments = new Set([...fleet.deployments, ...fleet.resources.members].map((deployment) => deployment.id));
    const backends = new Set(fleet.backends.map((backend) => backend.name));
    const learned = this.#learnedIds();
    for (const [id, state] of this.#deployments) {
      if (!deployments.has(id) && !learned.has(id) && state.inFlight === 0) this.#deployments.delete(id);
    }
    for (const name of this.#backends.keys()) if (!backends.has(name)) this.#backends.delete(name);
    this.#requote();
  }

  /** What was learned of a quota stays where the same is still granted. */
  #requote(): void {
    const learned = [...this.#learned.values()].flatMap(({ pool }) => pool.members);
    for (const deployment of [...this.#fleet.deployments, ...this.#fleet.resources.members, ...learned]) {
      const state = this.#deployments.get(deployment.id);
      if (state !== undefined) state.quotas = this.#quotas.of(deployment, state.quotas);
    }
  }

  #learnedPool(name: string, nowMs: number): Pool | null {
    if (this.#fleet.openBackends.length === 0 || name === '' || name.length > NAME_LENGTH_MAX) return null;
    // It may come from a body, and go into a path.
    if (!isDeploymentName(name)) return null;
    const known = this.#learned.get(name);
    if (known !== undefined) {
      known.lastAskedMs = nowMs;
      // Moved to the end, unless it is there: a map that is taken from and added to with every request makes work for the collector.
      if (name !== this.#lastLearned) {
        this.#learned.delete(name);
        this.#learned.set(name, known);
        this.#lastLearned = name;
      }
      return known.pool;
    }
    this.#expire(nowMs);
    this.#dropOrphans();
    while (this.#learned.size >= this.#learnedNames.namesMax) this.#forgetOldest();
    const pool = openPool(name, this.#fleet);
    this.#learned.set(name, { pool, lastAskedMs: nowMs });
    this.#lastLearned = name;
    return pool;
  }

  #expire(nowMs: number): void {
    for (const learned of this.#learned.values()) {
      if (nowMs - learned.lastAskedMs < this.#learnedNames.expiryMs) return;
      this.#forgetOldest();
    }
  }

  /** The states of its deployments go with it, but for those that other names share. */
  #forgetOldest(): void {
    for (const [name, { pool }] of this.#learned) {
      this.#learned.delete(name);
      for (const { id } of pool.members) this.#orphans.add(id);
      this.#dropOrphans();
      return;
    }
  }

  #learnedIds(): ReadonlySet<string> {
    return new Set([...this.#learned.values()].flatMap(({ pool }) => pool.members.map((member) => member.id)));
  }

  #dropOrphans(): void {
    if (this.#orphans.size === 0) return;
    this.#seating.clear();
    const known = this.#learnedIds();
    for (const id of this.#orphans) {
      const state = this.#deployments.get(id);
      if (!known.has(id) && state !== undefined && state.inFlight > 0) continue;
      this.#orphans.delete(id);
      if (!known.has(id)) this.#deployments.delete(id);
    }
  }
}

function openPool(name: string, fleet: Fleet): Pool {
  const members = fleet.openBackends.map((open): Deployment => {
    const deployment = open.deploymentName ?? name;
    const { backend, type, capacity, priority, weight } = open;
    return {
      id: `${backend.name}/${deployment}`,
      backend,
      name: deployment,
      ...NOTHING_KNOWN,
      type,
      capacity,
      priority,
      weight,
    };
  });
  return { name, members };
}
