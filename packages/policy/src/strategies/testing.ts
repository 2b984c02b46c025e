/** Looks for tests of strategies. */
import { hashOf, kinship } from '../affinity.ts';
import type { Look } from '../look.ts';
import { deployment, type Member } from '../testing.ts';

export interface LookGiven extends Partial<Omit<Look, 'deployment' | 'kinship'>> {
  readonly member: Member;
  /** null: the request has none. */
  readonly cacheKey?: number | null;
}

/** Free, warm and idle, where nothing else is given. */
export function lookOf({ member, cacheKey = null, ...given }: LookGiven): Look {
  const known = deployment(member);
  return {
    deployment: known,
    found: null,
    reason: null,
    untilMs: null,
    isGuess: false,
    free: 1,
    warmth: 1,
    inFlight: 0,
    latencyMs: null,
    isHot: false,
    ...given,
    kinship: cacheKey === null ? 0 : kinship(cacheKey, hashOf(known.id), known.weight),
  };
}
