/** The simulator as its admin port shows it. */
import type { Deployment, WindowState } from '@spillway/azure-model';
import type { Site } from './site.ts';

/** As GET /admin/resources shows it. Moments are milliseconds since 1970. */
export interface ResourceState {
  readonly name: string;
  readonly url: string;
  readonly region: string;
  /** Whether its port is open; closed by `POST /admin/resources/{name}/stop`. */
  readonly running: boolean;
  readonly deployments: readonly DeploymentState[];
}

export interface DeploymentState {
  readonly name: string;
  readonly model: string;
  readonly modelVersion: string | null;
  readonly type: 'Standard';
  /** Thousands of tokens per minute. */
  readonly capacity: number;
  readonly tokensPerMinute: number;
  readonly requestsPerMinute: number;
  readonly requestWindowMs: number;
  /** What the present minute and slice have counted. */
  readonly window: WindowState;
  /** Requests that the quota let pass, and refused, since the start. */
  readonly served: number;
  readonly refused: number;
}

export function resourceState(site: Site, nowMs: number): ResourceState {
  const { facts, deployments } = site.resource;
  return {
    name: facts.name,
    url: site.listener.url,
    region: facts.region,
    running: site.listener.open,
    deployments: [...deployments.values()].map((deployment) => deploymentState(deployment, nowMs)),
  };
}

export function deploymentState(deployment: Deployment, nowMs: number): DeploymentState {
  const { name, facts, modelVersion, type, capacity, window, served, refused } = deployment;
  return {
    name,
    model: facts.name,
    modelVersion,
    type,
    capacity,
    ...window.limits,
    window: window.state(nowMs),
    served,
    refused,
  };
}
