/** What a simulator is where nobody says otherwise, and the bounds of what may be said. */
import type { DeploymentOptions } from '@spillway/azure-model';
import type { ResourceOptions } from './options.ts';

export const DEFAULT_HOST = '127.0.0.1';
/** Admin port; resource n listens on the n-th after it. */
export const DEFAULT_PORT = 9000;
export const DEFAULT_SEED = 1;
export const DEFAULT_SUBSCRIPTION = 'simulated';
export const DEFAULT_RESOURCE_GROUP = 'simulated';
export const DEFAULT_DIALECT = '2026';

/** Thousands of tokens per minute. */
const DEFAULT_CAPACITY = 30;
export const DEFAULT_DEPLOYMENTS: readonly DeploymentOptions[] = [
  { name: 'chat', model: 'gpt-4o', capacity: DEFAULT_CAPACITY },
  { name: 'embedding', model: 'text-embedding-3-small', capacity: DEFAULT_CAPACITY },
];
export const DEFAULT_RESOURCES: readonly ResourceOptions[] = [
  { name: 'openai1' },
  { name: 'openai2' },
  { name: 'openai3' },
];

const REGIONS = ['East US', 'Sweden Central', 'Japan East', 'West US 3', 'France Central', 'Australia East'];

/** @param index of the resource, from 0. */
export function defaultRegion(index: number): string {
  return REGIONS[index % REGIONS.length] ?? 'East US';
}

export function defaultKey(index: number): string {
  return `simulated-key-${index + 1}`;
}

/**
 * generate: answers are made up. record: the upstream answers, and the answer is kept. replay: from the recording alone.
 * hybrid: from the recording, else made up. passThrough: the upstream answers, nothing is kept.
 */
export const RECORDING_MODES = ['generate', 'record', 'replay', 'hybrid', 'passThrough'] as const;

export const PORT_MAX = 65_535;
/** Seeds are 32 bits wide. */
export const SEED_MAX = 4_294_967_295;
/** Each takes a port. */
export const RESOURCES_MAX = 100;
/** Of one resource; Azure allows 32 Standard ones. */
export const DEPLOYMENTS_MAX = 500;
/** Of one resource; Azure has two. */
export const KEYS_MAX = 10;
/** Of one resource. Each is tried at each request. */
export const SCRIPT_RULES_MAX = 1_000;
export const MODELS_MAX = 1_000;
export const QUOTAS_MAX = 1_000;
/** Thousands of tokens per minute, or units. */
export const CAPACITY_MAX = 1_000_000_000;
export const REQUESTS_PER_MINUTE_MAX = 1_000_000_000;
/** An hour: longer waits have no use in a simulation. */
export const LATENCY_MS_MAX = 3_600_000;
/** Times as long under full load. */
export const LOAD_FACTOR_MAX = 100;
export const TOKENS_MAX = 100_000_000;
export const BUCKET_SECONDS_MAX = 86_400;
/** Times as fast as it was recorded. */
export const SPEED_MAX = 1_000;
