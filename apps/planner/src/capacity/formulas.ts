/**
 * The official calculator's arithmetic: demand to provisioned throughput units (PTUs), and back. Source: simulator reference §3.2,
 * wire reference §7.4.
 */
import {
  buyableUnits,
  type DeploymentType,
  type ModelFacts,
  type ProvisionedFigures,
  requestsPerMinuteOf,
} from '@spillway/protocol';
import { type Demand, times } from './demand.ts';

/** Cached input costs nothing; an answer's token costs as many input tokens as the model's weight says. */
export function normalisedTokens(
  { promptTokens, cachedTokens, answerTokens }: Demand,
  { outputWeight }: ProvisionedFigures,
): number {
  return promptTokens - cachedTokens + outputWeight * answerTokens;
}

/** Not rounded. */
export function rawUnits(normalisedPerMinute: number, { inputTokensPerMinutePerUnit }: ProvisionedFigures): number {
  return normalisedPerMinute / inputTokensPerMinutePerUnit;
}

export const PLACES = ['global', 'dataZone', 'regional'] as const;
export type Place = (typeof PLACES)[number];

export const PROVISIONED_TYPE: Readonly<Record<Place, DeploymentType>> = {
  global: 'GlobalProvisionedManaged',
  dataZone: 'DataZoneProvisionedManaged',
  regional: 'ProvisionedManaged',
};

export const STANDARD_TYPE: Readonly<Record<Place, DeploymentType>> = {
  global: 'GlobalStandard',
  dataZone: 'DataZoneStandard',
  regional: 'Standard',
};

/** Models whose table names Global deployments alone. Wire reference §7.3. */
const GLOBAL_ONLY = /^(?:FW-|gpt-oss)/;

/** Units that have to be bought there; null where they are not offered. */
export function unitsFor(raw: number, { name, provisioned }: ModelFacts, place: Place): number | null {
  if (place === 'dataZone' && GLOBAL_ONLY.test(name)) return null;
  const steps = place === 'regional' ? provisioned.regional : provisioned.global;
  // What a sum of fractions misses by its last digits is not another step.
  return steps === null ? null : buyableUnits(steps, raw - 1e-9);
}

/** The reverse: what so many units carry, in calls of the same mix. */
export function carriedBy(units: number, demand: Demand, figures: ProvisionedFigures): Demand {
  const normalised = normalisedTokens(demand, figures);
  if (normalised <= 0) return { ...demand, calls: Number.POSITIVE_INFINITY };
  return times((units * figures.inputTokensPerMinutePerUnit) / normalised, demand);
}

/** Standard quota that a demand needs. */
export interface StandardNeed {
  /** Counted on arrival. Tokens per minute. */
  readonly arrivalTokens: number;
  /** Tokens per minute that come with as many requests per minute as there are calls. */
  readonly tokensForRequests: number;
  /** The quota to ask for: the larger of the two, in thousands as Azure sells it. Tokens per minute. */
  readonly tokensPerMinute: number;
  /** That come with it. */
  readonly requestsPerMinute: number;
  readonly binds: 'tokens' | 'requests';
}

export function standardNeed({ calls, arrivalTokens }: Demand, facts: ModelFacts): StandardNeed {
  const tokensForRequests = (calls / facts.requestsPerThousandTokens) * 1_000;
  let thousands = Math.max(1, Math.ceil(Math.max(arrivalTokens, tokensForRequests) / 1_000 - 1e-9));
  // Requests are rounded, so that the last thousand may be one call short. Bounded: each step adds a share of a request.
  while (requestsPerMinuteOf(facts, thousands * 1_000) < Math.ceil(calls - 1e-9)) thousands++;
  return {
    arrivalTokens,
    tokensForRequests,
    tokensPerMinute: thousands * 1_000,
    requestsPerMinute: requestsPerMinuteOf(facts, thousands * 1_000),
    binds: tokensForRequests > arrivalTokens ? 'requests' : 'tokens',
  };
}
