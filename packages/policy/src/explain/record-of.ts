/** Makes the record of an exchange from what the path kept of it. Not cheap: done when somebody asks, never on the path. */
import type { Cost, CostUnknown } from '../cost/cost.ts';
import type { Look } from '../look.ts';
import type { Outcome } from '../outcome.ts';
import { statusOf } from '../outcome.ts';
import type { Decision } from '../pick.ts';
import { canonical } from './canonical.ts';
import { figureOf, figureOrNull } from './figure.ts';
import { type AttemptTold, type DecisionRecord, type LookRecord, type PickRecord, RECORD_VERSION } from './record.ts';

/** As the path has it. */
export type Course = Omit<DecisionRecord, 'version' | 'picks' | 'attempts' | 'cost' | 'costUnknown' | 'digest'> & {
  readonly picks: readonly Decision[];
  readonly attempts: readonly CourseAttempt[];
  /** Or why it is not known; null: the gateway has no prices. */
  readonly cost: Cost | CostUnknown | null;
};

export type CourseAttempt = Omit<AttemptTold, 'outcome' | 'status' | 'code'> & { readonly outcome: Outcome };

/** A digest of a text: the same for the same text. SHA-256 in the apps, since a pure package has no cryptography. */
export type Digest = (text: string) => string;

export function recordOf(course: Course, digest: Digest): DecisionRecord {
  const told: Omit<DecisionRecord, 'digest'> = {
    ...course,
    version: RECORD_VERSION,
    picks: course.picks.map(pickRecord),
    attempts: course.attempts.map(attemptTold),
    ...costTold(course.cost),
  };
  return { ...told, digest: digest(canonical(told)) };
}

function costTold(cost: Course['cost']): Pick<DecisionRecord, 'cost' | 'costUnknown'> {
  return typeof cost === 'string' ? { cost: null, costUnknown: cost } : { cost };
}

function pickRecord({ at, strategy, facts, isLastResort, deployment, looks }: Decision): PickRecord {
  return {
    atMs: at.nowMs,
    unit: figureOf(at.unit),
    strategy,
    facts: { cachedShare: figureOf(facts.cachedShare), turn: figureOf(facts.turn) },
    isLastResort,
    chosen: deployment?.id ?? null,
    looks: looks.map(lookRecord),
  };
}

function lookRecord(look: Look): LookRecord {
  const { id, model, type, capacity, priority, weight } = look.deployment;
  const { found, isGuess, reason } = look;
  return {
    id,
    model,
    type,
    capacity: figureOrNull(capacity),
    priority: figureOf(priority),
    weight: figureOf(weight),
    found: found === null ? null : { reason: found.reason, untilMs: figureOrNull(found.untilMs) },
    isGuess,
    reason,
    untilMs: figureOrNull(look.untilMs),
    free: figureOf(look.free),
    warmth: figureOf(look.warmth),
    inFlight: figureOf(look.inFlight),
    latencyMs: figureOrNull(look.latencyMs),
    kinship: figureOf(look.kinship),
    isHot: look.isHot,
  };
}

function attemptTold({ outcome, ...rest }: CourseAttempt): AttemptTold {
  return { ...rest, outcome: outcome.kind, status: statusOf(outcome), code: 'code' in outcome ? outcome.code : null };
}
