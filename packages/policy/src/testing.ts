/** Small fleets for tests of policy. */
import { type Backend, DEFAULT_POLICY, type Deployment, NOTHING_KNOWN, type Pool, type QuotaKey } from './fleet.ts';
import type { Quota } from './quota/quota.ts';
import { quotasOf, sharedQuota } from './quota/quotas.ts';
import { type Seat, Seating } from './seats.ts';
import { type BackendState, type DeploymentState, newBackendState, newDeploymentState, type States } from './state.ts';

function backend(name: string): Backend {
  return {
    name,
    url: `https://${name}.openai.azure.com`,
    credential: { kind: 'key', key: 'secret' },
    region: null,
    dialect: 'both',
    apiVersion: null,
  };
}

export interface Member {
  readonly on: string;
  readonly name?: string;
  readonly priority?: number;
  readonly weight?: number;
  readonly model?: string;
  readonly type?: Deployment['type'];
  readonly capacity?: number;
  readonly quotaKey?: QuotaKey;
}

export function deployment({ on, name = 'chat', priority = 1, weight = 1, ...known }: Member): Deployment {
  const id = `${on}/${name}`;
  return { id, backend: backend(on), name, ...NOTHING_KNOWN, ...known, priority, weight };
}

export function pool(...members: Member[]): Pool {
  return { name: 'chat', members: members.map(deployment) };
}

/** States that begin new and are kept, by id and by backend name. */
export class TestStates implements States {
  readonly #seating = new Seating();
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #backends = new Map<string, BackendState>();
  readonly #shared = new Map<string, Quota>();
  readonly #turns = new Map<string, number>();

  deployment(deployment: Deployment): DeploymentState {
    return entry(this.#deployments, deployment.id, () =>
      newDeploymentState(
        deployment,
        quotasOf(deployment, DEFAULT_POLICY.quota, (key) => this.#quotaOf(key, deployment)),
      ),
    );
  }

  backend({ name }: Backend): BackendState {
    return entry(this.#backends, name, newBackendState);
  }

  seats(pool: Pool): readonly Seat[] {
    return this.#seating.of(pool, this);
  }

  turn({ name }: Pool): number {
    const turn = this.#turns.get(name) ?? 0;
    this.#turns.set(name, turn + 1);
    return turn;
  }

  #quotaOf(key: QuotaKey, deployment: Deployment): Quota {
    return entry(this.#shared, key.name, () => sharedQuota(key, deployment, DEFAULT_POLICY.quota));
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
