/**
 * What a client may use: a failover never leaves these bounds, even where that means a 429. What a deployment does not say of itself is
 * outside of every bound that asks for it: no guess sends a byte where it must not go.
 */
import { type DeploymentType, dataZoneOf, placeOf, regionName } from '@spillway/protocol';
import type { Deployment, Pool } from './fleet.ts';

/** null: no bound of that kind. */
export interface Allowance {
  /**
   * Where requests may be processed: regions (`swedencentral`), data zones (`eu`, `us`), `global`. A regional deployment is in its region
   * and its zone, a Data Zone one in its zone alone, a Global one nowhere but in `global`: Azure may process it anywhere.
   */
  readonly regions: readonly string[] | null;
  readonly types: readonly DeploymentType[] | null;
  readonly modelVersions: readonly string[] | null;
  readonly contentFilters: readonly string[] | null;
  /** Each of them must be one of the deployment's. */
  readonly features: readonly string[] | null;
  /** Tokens. */
  readonly contextTokensMin: number | null;
}

/** The bound that keeps a deployment out. */
export type BoundReason =
  | 'regionNotAllowed'
  | 'typeNotAllowed'
  | 'modelVersionNotAllowed'
  | 'contentFilterNotAllowed'
  | 'featureMissing'
  | 'contextTooShort';

/** Every one, for metrics and documents. */
export const BOUND_REASONS = [
  'regionNotAllowed',
  'typeNotAllowed',
  'modelVersionNotAllowed',
  'contentFilterNotAllowed',
  'featureMissing',
  'contextTooShort',
] as const satisfies readonly BoundReason[];

/** Of each member of a pool, in their order: the bound that keeps it out, or null. */
export type Verdicts = readonly (BoundReason | null)[];

/**
 * Neither an allowance nor a pool ever changes, and this is asked with each decision: so what was found once is kept as long as both are
 * there.
 */
const VERDICTS = new WeakMap<Allowance, WeakMap<Pool, Verdicts>>();

/** @returns null where everything may be used. */
export function verdictsOf(pool: Pool, allowance: Allowance | null): Verdicts | null {
  if (allowance === null) return null;
  let ofPools = VERDICTS.get(allowance);
  if (ofPools === undefined) {
    ofPools = new WeakMap();
    VERDICTS.set(allowance, ofPools);
  }
  let verdicts = ofPools.get(pool);
  if (verdicts === undefined) {
    verdicts = pool.members.map((member) => notAllowed(member, allowance));
    ofPools.set(pool, verdicts);
  }
  return verdicts;
}

/** @returns null where it may be used. */
export function notAllowed(deployment: Deployment, allowance: Allowance): BoundReason | null {
  const { regions, types, modelVersions, contentFilters, features, contextTokensMin } = allowance;
  if (regions !== null && !placesOf(deployment).some((place) => regions.includes(place))) return 'regionNotAllowed';
  if (types !== null && !isOneOf(deployment.type, types)) return 'typeNotAllowed';
  if (modelVersions !== null && !isOneOf(deployment.modelVersion, modelVersions)) return 'modelVersionNotAllowed';
  if (contentFilters !== null && !isOneOf(deployment.contentFilter, contentFilters)) return 'contentFilterNotAllowed';
  if (features?.some((feature) => !deployment.features.includes(feature))) return 'featureMissing';
  if (contextTokensMin !== null && (deployment.contextTokens ?? 0) < contextTokensMin) return 'contextTooShort';
  return null;
}

function isOneOf<Value>(value: Value | null, allowed: readonly Value[]): boolean {
  return value !== null && allowed.includes(value);
}

/** Where a request to it may be processed, by each name; none where that is not known. */
function placesOf({ type, backend }: Deployment): readonly string[] {
  const { region } = backend;
  const place = type === null ? null : placeOf(type);
  if (place === 'global') return ['global'];
  if (region === null || place === null) return [];
  const zone = dataZoneOf(region);
  const zones = zone === null ? [] : [zone];
  return place === 'dataZone' ? zones : [regionName(region), ...zones];
}
