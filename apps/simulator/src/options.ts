/** What a simulator is told to be, with defaults filled in and every mistake reported at once. */
import { DEFAULT_LATENCY, type DeploymentOptions, type Latency, type ResourceFacts } from '@spillway/azure-model';
import { type Clock, systemClock } from '@spillway/clock';
import type { RequestLine } from './journal.ts';

export interface ResourceOptions {
  /** Unique; stands in the admin routes. */
  readonly name: string;
  /** Accepted as `api-key` and as Bearer. Default `simulated-key-n` for the n-th resource. */
  readonly key?: string;
  /** As Azure shows it: `East US`. Default: another one for each resource. */
  readonly region?: string;
  /** Port of its own, in place of the one counted from the admin port; 0 takes a free one. */
  readonly port?: number;
  /** Default: `chat` (gpt-4o) and `embedding` (text-embedding-3-small) of 30,000 TPM each. */
  readonly deployments?: readonly DeploymentOptions[];
  /** Default 150 ms to the first token, 8 ms for each; zeros answer at once. */
  readonly latency?: Latency;
}

export interface SimulatorOptions {
  /** Default 127.0.0.1: the simulator has keys that everybody knows. */
  readonly host?: string;
  /** Admin port; resource n listens on port + n. 0 takes free ports for all. Default 9000. */
  readonly port?: number;
  /** The same seed and the same order of requests give the same answers. Default 1. */
  readonly seed?: number;
  /** Default: three, `openai1` to `openai3`. */
  readonly resources?: readonly ResourceOptions[];
  readonly clock?: Clock;
  /** Called once for each request of the data plane, when it has ended. */
  readonly onRequest?: (line: RequestLine) => void;
}

/** The options with nothing left open. */
export interface Plan {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly onRequest: (line: RequestLine) => void;
  readonly resources: readonly PlannedResource[];
}

export interface PlannedResource {
  readonly facts: ResourceFacts;
  readonly port: number;
}

const DEFAULT_PORT = 9000;
const DEFAULT_CAPACITY = 30;
const DEFAULT_DEPLOYMENTS: readonly DeploymentOptions[] = [
  { name: 'chat', model: 'gpt-4o', capacity: DEFAULT_CAPACITY },
  { name: 'embedding', model: 'text-embedding-3-small', capacity: DEFAULT_CAPACITY },
];
const DEFAULT_RESOURCES: readonly ResourceOptions[] = [{ name: 'openai1' }, { name: 'openai2' }, { name: 'openai3' }];
const REGIONS = ['East US', 'Sweden Central', 'Japan East', 'West US 3', 'France Central', 'Australia East'];

/** @throws Error that lists everything that is wrong. */
export function planOf(options: SimulatorOptions): Plan {
  const errors = checkOptions(options);
  if (errors.length > 0) throw new Error(`simulator: ${errors.join('\n')}`);
  const port = options.port ?? DEFAULT_PORT;
  return {
    host: options.host ?? '127.0.0.1',
    port,
    seed: options.seed ?? 1,
    clock: options.clock ?? systemClock,
    onRequest: options.onRequest ?? (() => {}),
    resources: (options.resources ?? DEFAULT_RESOURCES).map((resource, index) => ({
      facts: {
        name: resource.name,
        key: resource.key ?? `simulated-key-${index + 1}`,
        region: resource.region ?? REGIONS[index % REGIONS.length] ?? 'East US',
        deployments: resource.deployments ?? DEFAULT_DEPLOYMENTS,
        latency: resource.latency ?? DEFAULT_LATENCY,
      },
      port: resource.port ?? (port === 0 ? 0 : port + index + 1),
    })),
  };
}

/** What may stand in a path, a header and a JSON text as it is. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_RULE = 'is not 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit';
const VISIBLE = /^[\x21-\x7e]+$/;
const VISIBLE_AND_BLANK = /^[\x20-\x7e]+$/;
const PORT_MAX = 65_535;

function checkOptions(options: SimulatorOptions): readonly string[] {
  const errors: string[] = [];
  const resources = options.resources ?? DEFAULT_RESOURCES;
  if (resources.length === 0) errors.push('resources: the list is empty; give at least one, or leave it out for three');
  checkPort('port', options.port, resources.length, errors);
  checkUnique('resources', resources, errors);
  for (const resource of resources) checkResource(resource, errors);
  return errors;
}

function checkResource(resource: ResourceOptions, errors: string[]): void {
  const place = `resources.${resource.name}`;
  const { key, region, latency } = resource;
  if (key !== undefined && !VISIBLE.test(key))
    errors.push(`${place}.key: is empty or holds a blank; keys are visible ASCII`);
  if (region !== undefined && !VISIBLE_AND_BLANK.test(region))
    errors.push(`${place}.region: "${region}" is not plain ASCII`);
  checkPort(`${place}.port`, resource.port, 0, errors);
  for (const name of ['firstTokenMs', 'perTokenMs'] as const) {
    const value = latency?.[name] ?? 0;
    if (!(value >= 0 && Number.isFinite(value)))
      errors.push(`${place}.latency.${name}: ${value} is not 0 or more milliseconds`);
  }
  checkUnique(`${place}.deployments`, resource.deployments ?? [], errors);
  for (const deployment of resource.deployments ?? []) checkDeployment(place, deployment, errors);
}

function checkDeployment(resource: string, deployment: DeploymentOptions, errors: string[]): void {
  const place = `${resource}.deployments.${deployment.name}`;
  const { model, modelVersion, capacity, requestsPerMinute } = deployment;
  if (!NAME.test(model)) errors.push(`${place}.model: "${model}" ${NAME_RULE}`);
  if (modelVersion !== undefined && !NAME.test(modelVersion))
    errors.push(`${place}.modelVersion: "${modelVersion}" ${NAME_RULE}`);
  if (!(capacity > 0 && Number.isFinite(capacity))) {
    errors.push(`${place}.capacity: ${capacity} is not above 0; it counts thousands of tokens per minute`);
  }
  if (requestsPerMinute !== undefined && !(Number.isInteger(requestsPerMinute) && requestsPerMinute > 0)) {
    errors.push(
      `${place}.requestsPerMinute: ${requestsPerMinute} is not a whole number above 0; leave it out to have it derived`,
    );
  }
}

function checkUnique(place: string, named: ReadonlyArray<{ readonly name: string }>, errors: string[]): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (!NAME.test(name)) errors.push(`${place}: name "${name}" ${NAME_RULE}`);
    if (seen.has(name)) errors.push(`${place}: "${name}" is there twice; names are unique`);
    seen.add(name);
  }
}

/** @param following ports needed after it. */
function checkPort(place: string, port: number | undefined, following: number, errors: string[]): void {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port + following <= PORT_MAX)) return;
  errors.push(`${place}: ${port} is not a port from 0 to ${PORT_MAX - following}`);
}
