/** Small fleets for tests of policy. */
import type { Backend, Deployment, Pool } from './fleet.ts';
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

const UNKNOWN = {
  model: null,
  modelVersion: null,
  contentFilter: null,
  contextTokens: null,
  features: [],
  type: null,
  capacity: null,
};

export interface Member {
  readonly on: string;
  readonly name?: string;
  readonly priority?: number;
  readonly weight?: number;
}

export function deployment({ on, name = 'chat', priority = 1, weight = 1 }: Member): Deployment {
  const id = `${on}/${name}`;
  return { id, backend: backend(on), name, ...UNKNOWN, priority, weight };
}

export function pool(...members: Member[]): Pool {
  return { name: 'chat', members: members.map(deployment) };
}

/** States that begin new and are kept, by id and by backend name. */
export class TestStates implements States {
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #backends = new Map<string, BackendState>();

  deployment({ id }: Deployment): DeploymentState {
    return entry(this.#deployments, id, newDeploymentState);
  }

  backend({ name }: Backend): BackendState {
    return entry(this.#backends, name, newBackendState);
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
