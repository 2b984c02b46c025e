/** The lab's fleet as the gateway would be told of it, and the states that a run keeps of it. */
import {
  type Backend,
  type BackendState,
  type Deployment,
  type DeploymentState,
  NOTHING_KNOWN,
  newBackendState,
  newDeploymentState,
  type Pool,
  type Quota,
  type QuotaKey,
  type QuotaSettings,
  quotasOf,
  type Seat,
  Seating,
  type States,
  sharedQuota,
} from '@spillway/policy';
import type { LabDeployment, Scenario } from './types.ts';

export function poolOf({ fleet }: Scenario): Pool {
  return { name: 'lab', members: fleet.map(deploymentOf) };
}

function deploymentOf({ id, model, type, capacity, priority, weight, quotaKey }: LabDeployment): Deployment {
  const [backend = id, name = id] = id.split('/');
  return { ...NOTHING_KNOWN, id, backend: backendOf(backend), name, model, type, capacity, priority, weight, quotaKey };
}

function backendOf(name: string): Backend {
  const url = `https://${name}.openai.azure.com`;
  return { name, url, credential: { kind: 'key', key: '' }, region: null, dialect: 'both', apiVersion: null };
}

export class LabStates implements States {
  readonly #seating = new Seating();
  readonly #settings: QuotaSettings;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #backends = new Map<string, BackendState>();
  readonly #shared = new Map<string, Quota>();
  #turn = 0;

  constructor(settings: QuotaSettings) {
    this.#settings = settings;
  }

  deployment(deployment: Deployment): DeploymentState {
    const known = this.#deployments.get(deployment.id);
    if (known !== undefined) return known;
    const quotas = quotasOf(deployment, this.#settings, (key) => this.#quotaOf(key, deployment));
    const state = newDeploymentState(deployment, quotas);
    this.#deployments.set(deployment.id, state);
    return state;
  }

  backend({ name }: Backend): BackendState {
    let state = this.#backends.get(name);
    if (state === undefined) {
      state = newBackendState();
      this.#backends.set(name, state);
    }
    return state;
  }

  seats(pool: Pool): readonly Seat[] {
    return this.#seating.of(pool, this);
  }

  turn(_pool: Pool): number {
    return this.#turn++;
  }

  #quotaOf(key: QuotaKey, deployment: Deployment): Quota {
    let quota = this.#shared.get(key.name);
    if (quota === undefined) {
      quota = sharedQuota(key, deployment, this.#settings);
      this.#shared.set(key.name, quota);
    }
    return quota;
  }
}
