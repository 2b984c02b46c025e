/**
 * Makes each choice of a record again, from the figures in it alone, and says where it comes out otherwise: the record was changed,
 * or it was made by another version of the decision. The cost is reckoned again as well, from the tokens and prices beside it; that
 * these are the prices of a contract, no record can prove.
 */
import { costFrom } from '../cost/cost.ts';
import { type Deployment, isProvisioned, NOTHING_KNOWN } from '../fleet.ts';
import type { Look } from '../look.ts';
import { choose } from '../pick.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { canonical } from './canonical.ts';
import { figureOrNull, numberOf, numberOrNull } from './figure.ts';
import type { DecisionRecord, LookRecord, PickRecord } from './record.ts';
import type { Digest } from './record-of.ts';

export interface Mismatch {
  /** For example `picks[1].looks[0].reason`. */
  readonly place: string;
  readonly recorded: string | number | null;
  readonly replayed: string | number | null;
}

/** @returns nothing where all comes out as it was. */
export function replay(record: DecisionRecord, digest: Digest): readonly Mismatch[] {
  const mismatches = record.picks.flatMap((pick, i) => replayPick(pick, `picks[${i}]`));
  const { digest: recorded, ...told } = record;
  return [...mismatches, ...replayCost(record), ...compare('digest', recorded, digest(canonical(told)))];
}

/** What of a cost follows from the rest of its record. */
const REPLAYED = ['kind', 'amount', 'basis', 'promptTokens', 'cachedTokens', 'answerTokens'] as const;

function replayCost({ cost, usage, usageEstimated, servedBy, picks }: DecisionRecord): readonly Mismatch[] {
  if (cost === null) return [];
  const type = picks.flatMap(({ looks }) => looks).find(({ id }) => id === servedBy)?.type ?? null;
  const byUnits = type === null ? cost.kind === 'provisioned' : isProvisioned(type);
  const perMillion = byUnits ? null : cost.perMillion;
  // Without a price only units serve.
  if (!byUnits && perMillion === null) return compare('cost.kind', cost.kind, 'tokens');
  const again = costFrom({ usage, estimated: usageEstimated }, perMillion, cost);
  return REPLAYED.flatMap((figure) => compare(`cost.${figure}`, cost[figure], again?.[figure] ?? null));
}

function replayPick(pick: PickRecord, place: string): readonly Mismatch[] {
  const looks = pick.looks.map(lookOf);
  const facts = { cachedShare: numberOf(pick.facts.cachedShare), turn: numberOf(pick.facts.turn) };
  const { isLastResort } = pick;
  const chosen = choose(looks, strategyOf(pick.strategy), facts, { unit: numberOf(pick.unit), isLastResort });
  const mismatches = [...compare(`${place}.chosen`, pick.chosen, chosen?.deployment.id ?? null)];
  for (const [i, recorded] of pick.looks.entries()) {
    const again = looks[i];
    mismatches.push(...compare(`${place}.looks[${i}].reason`, recorded.reason, again?.reason ?? null));
    mismatches.push(...compare(`${place}.looks[${i}].untilMs`, recorded.untilMs, figureOrNull(again?.untilMs ?? null)));
  }
  return mismatches;
}

function compare(place: string, recorded: Mismatch['recorded'], replayed: Mismatch['replayed']): readonly Mismatch[] {
  return Object.is(recorded, replayed) ? [] : [{ place, recorded, replayed }];
}

/** As it was before the choice. */
function lookOf(recorded: LookRecord): Look {
  const { isGuess } = recorded;
  const found =
    recorded.found === null
      ? null
      : { reason: recorded.found.reason, untilMs: numberOrNull(recorded.found.untilMs), isGuess };
  return {
    deployment: deploymentOf(recorded),
    found,
    reason: found?.reason ?? null,
    untilMs: found?.untilMs ?? null,
    isGuess,
    free: numberOf(recorded.free),
    warmth: numberOf(recorded.warmth),
    inFlight: numberOf(recorded.inFlight),
    latencyMs: numberOrNull(recorded.latencyMs),
    kinship: numberOf(recorded.kinship),
    isHot: recorded.isHot ?? false,
  };
}

/** As far as a choice may look at it. */
function deploymentOf({ id, model, type, capacity, priority, weight }: LookRecord): Deployment {
  const credential = { kind: 'key', key: '' } as const;
  const backend = { name: '', url: '', credential, region: null, dialect: 'both', apiVersion: null } as const;
  const told = {
    model,
    type,
    capacity: numberOrNull(capacity),
    priority: numberOf(priority),
    weight: numberOf(weight),
  };
  return { id, backend, name: '', ...NOTHING_KNOWN, ...told };
}
