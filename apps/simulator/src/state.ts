/** The simulator as its admin port shows it. Moments are milliseconds since 1970, on the simulator's clock. */
import type {
  Deployment,
  DeploymentOptions,
  DeploymentType,
  Fault,
  ProvisionedQuota,
  ProvisionedState,
  QuotaKey,
  StandardLimits,
  StandardQuota,
  StandardState,
} from '@spillway/azure-model';
import type { NumberedQuota } from './numbered-quotas.ts';
import type { RecordingMode } from './options.ts';
import type { Simulation } from './simulation.ts';
import type { Deployed, Site } from './site.ts';

/** As GET /admin/state shows it. */
export interface SimulatorState {
  readonly clock: ClockState;
  readonly seed: number;
  readonly recording: RecordingMode;
  readonly resources: readonly ResourceState[];
  readonly quotas: readonly QuotaState[];
  readonly faults: readonly Fault[];
  readonly journal: JournalState;
}

export interface ClockState {
  readonly nowMs: number;
  readonly paused: boolean;
  /** Simulated time by time of the machine, while it is not paused. */
  readonly speed: number;
}

export interface JournalState {
  readonly requests: number;
  /** Whether bodies are kept. */
  readonly bodies: boolean;
}

/** A quota that several deployments share. */
export interface QuotaState extends QuotaKey {
  readonly id: string;
  readonly limits: StandardLimits;
  readonly window: StandardState;
}

/** As GET /admin/resources shows it. */
export interface ResourceState {
  readonly name: string;
  readonly url: string;
  readonly region: string;
  /** Where the control plane has it. */
  readonly subscription: string;
  readonly resourceGroup: string;
  /** Whether its port is open; closed by `POST /admin/resources/{name}/stop`. */
  readonly running: boolean;
  readonly deployments: readonly DeploymentState[];
}

export interface DeploymentState {
  readonly name: string;
  readonly model: string;
  readonly modelVersion: string | null;
  readonly type: DeploymentType;
  /** Standard: thousands of tokens per minute; provisioned: units. */
  readonly capacity: number;
  /** As it was asked for: what is not named has its default. */
  readonly options: DeploymentOptions | null;
  /** Of Standard deployments, those in force. */
  readonly limits: StandardLimits | null;
  /** Of Standard deployments: what the present minute and slice have counted. */
  readonly window: StandardState | null;
  /** Of provisioned deployments. */
  readonly bucket: ProvisionedState | null;
  /** Of provisioned deployments: what answers used in each of the last minutes; utilisation 1 is 100 %. */
  readonly minutes: ReturnType<ProvisionedQuota['minutes']> | null;
  /** Requests that the quota let pass, and refused, since the deployment was there first. */
  readonly served: number;
  readonly refused: number;
  /** Answers being generated. */
  readonly active: number;
}

export function simulatorState(simulation: Simulation): SimulatorState {
  const { clock, seed, plan, sites, sharedQuotas, faults } = simulation;
  const nowMs = clock.nowMs();
  return {
    clock: clockState(simulation),
    seed,
    recording: plan.recording.mode,
    resources: sites.map((site) => resourceState(site, nowMs)),
    quotas: sharedQuotas.map((shared) => sharedQuotaState(shared, nowMs)),
    faults: faults.list(),
    journal: journalState(simulation),
  };
}

export function clockState({ clock }: Simulation): ClockState {
  const { paused, speed } = clock;
  return { nowMs: clock.nowMs(), paused, speed };
}

export function journalState({ journal }: Simulation): JournalState {
  return { requests: journal.size, bodies: journal.keepsBodies };
}

export function sharedQuotaState({ id, key, quota }: NumberedQuota, nowMs: number): QuotaState {
  return { id, ...key, ...windowOf(quota, nowMs) };
}

function windowOf(quota: StandardQuota, nowMs: number): Pick<QuotaState, 'limits' | 'window'> {
  return { limits: quota.limitsAt(nowMs), window: quota.state(nowMs) };
}

export function resourceState(site: Site, nowMs: number): ResourceState {
  const { facts, listener, resource, resourceGroup, deployed } = site;
  return {
    name: facts.name,
    url: listener.url,
    region: facts.region,
    subscription: facts.subscription,
    resourceGroup,
    running: listener.open,
    deployments: [...resource.deployments.values()].map((deployment) =>
      deploymentState(deployment, deployed.get(deployment.name), nowMs),
    ),
  };
}

export function deploymentState(
  deployment: Deployment,
  deployed: Deployed | undefined,
  nowMs: number,
): DeploymentState {
  const { name, facts, modelVersion, type, capacity, quota, served, refused, active } = deployment;
  const standard = quota.kind === 'standard' ? windowOf(quota, nowMs) : { limits: null, window: null };
  return {
    name,
    model: facts.name,
    modelVersion,
    type,
    capacity,
    options: deployed?.options ?? null,
    ...standard,
    bucket: quota.kind === 'provisioned' ? quota.state(nowMs) : null,
    minutes: quota.kind === 'provisioned' ? quota.minutes() : null,
    served: served + (deployed?.servedBefore ?? 0),
    refused: refused + (deployed?.refusedBefore ?? 0),
    active,
  };
}
