/** A record that comes from outside: a file, another gateway. Looked at once, here; what is behind it may rely on it. */
import { isRecord, type Usage } from '@spillway/protocol';
import { BOUND_REASONS, type BoundReason } from '../allowance.ts';
import { COST_BASES, COST_KINDS, COST_UNKNOWN, type Cost } from '../cost/cost.ts';
import type { PerMillion } from '../cost/prices.ts';
import { DEPLOYMENT_TYPES } from '../fleet.ts';
import type { PassedOverReason } from '../look.ts';
import { type Need, REQUEST_CLASSES } from '../need.ts';
import { OUTCOME_KINDS } from '../outcome.ts';
import { STRATEGY_NAMES } from '../strategies/strategy.ts';
import {
  type AttemptTold,
  type AzureIds,
  type DecisionRecord,
  type LookRecord,
  type ObstacleRecord,
  type PickRecord,
  RECORD_VERSION,
  type WaitRecord,
} from './record.ts';
import { finite, is, listOf, objectOf, oneOf, orAbsent, orNull, text, yesOrNo } from './shape.ts';

export type RecordRead =
  | { readonly kind: 'record'; readonly record: DecisionRecord }
  /** `problem` names place, value and rule. */
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Levels of lists and objects in one another; a record has 7. */
const LEVELS_MAX = 16;

/** @param value as JSON.parse makes it. */
export function readRecord(value: unknown): RecordRead {
  if (isDeeper(value, LEVELS_MAX)) {
    return { kind: 'unreadable', problem: `it has more than ${LEVELS_MAX} levels of lists and objects` };
  }
  if (isRecord(value) && typeof value.version === 'number' && value.version !== RECORD_VERSION) {
    const problem = `version: ${value.version} is not ${RECORD_VERSION}; read it with the spillway that wrote it`;
    return { kind: 'unreadable', problem };
  }
  if (isDecisionRecord(value)) return { kind: 'record', record: value };
  return { kind: 'unreadable', problem: RECORD(value, '') ?? 'it is no record' };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

function isDecisionRecord(value: unknown): value is DecisionRecord {
  return RECORD(value, '') === null;
}

/** Complete, by its type. */
const OTHER_REASONS: Readonly<Record<Exclude<PassedOverReason, BoundReason>, true>> = {
  tried: true,
  paused: true,
  notPinned: true,
  ownedElsewhere: true,
  throttled: true,
  breakerOpen: true,
  backendBreakerOpen: true,
  probing: true,
  promptTooLong: true,
  tooLarge: true,
  noHeadroom: true,
  coldCache: true,
  higherPriorityNumber: true,
  notDrawn: true,
};
const REASONS = [...Object.keys(OTHER_REASONS), ...BOUND_REASONS];

const SPECIAL = ['NaN', 'Infinity', '-Infinity', '-0'];
const figure = is('a figure', (value) => typeof value === 'number' || SPECIAL.some((name) => name === value));

const NEED = objectOf<Need>({
  promptTokens: finite,
  cachedTokens: finite,
  answerTokensMax: orNull(finite),
  answerTokens: finite,
  choices: finite,
  class: oneOf(REQUEST_CLASSES),
  cacheKey: orNull(finite),
});

const LOOK = objectOf<LookRecord>({
  id: text,
  model: orNull(text),
  type: orNull(oneOf(DEPLOYMENT_TYPES)),
  capacity: orNull(figure),
  priority: figure,
  weight: figure,
  found: orNull(objectOf<ObstacleRecord>({ reason: oneOf(REASONS), untilMs: orNull(figure) })),
  isGuess: yesOrNo,
  reason: orNull(oneOf(REASONS)),
  untilMs: orNull(figure),
  free: figure,
  warmth: figure,
  inFlight: figure,
  latencyMs: orNull(figure),
  kinship: figure,
  isHot: orAbsent(yesOrNo),
});

const PICK = objectOf<PickRecord>({
  atMs: finite,
  unit: figure,
  strategy: oneOf(STRATEGY_NAMES),
  facts: objectOf<PickRecord['facts']>({ cachedShare: figure, turn: figure }),
  isLastResort: yesOrNo,
  chosen: orNull(text),
  looks: listOf(LOOK),
});

const ATTEMPT = objectOf<AttemptTold>({
  deployment: text,
  startedMs: finite,
  headMs: orNull(finite),
  durationMs: orNull(finite),
  outcome: oneOf(OUTCOME_KINDS),
  status: orNull(finite),
  code: orNull(text),
  chargedTokens: orNull(finite),
  azure: objectOf<AzureIds>({ apimRequestId: orNull(text), requestId: orNull(text), region: orNull(text) }),
});

const USAGE = objectOf<Usage>({
  promptTokens: orNull(finite),
  completionTokens: orNull(finite),
  cachedTokens: orNull(finite),
  reasoningTokens: orNull(finite),
});

const COST = objectOf<Cost>({
  kind: oneOf(COST_KINDS),
  amount: finite,
  currency: text,
  asOf: text,
  basis: oneOf(COST_BASES),
  promptTokens: finite,
  cachedTokens: finite,
  answerTokens: finite,
  model: text,
  perMillion: orNull(objectOf<PerMillion>({ input: finite, cachedInput: finite, output: orNull(finite) })),
});

const RECORD = objectOf<DecisionRecord>({
  version: oneOf([RECORD_VERSION]),
  requestId: text,
  client: orNull(text),
  operation: text,
  model: orNull(text),
  pool: orNull(text),
  startedMs: finite,
  durationMs: finite,
  status: finite,
  ending: oneOf(['whole', 'cut', 'clientGone']),
  servedBy: orNull(text),
  retryAfterMs: orNull(finite),
  need: orNull(NEED),
  picks: listOf(PICK),
  picksLeftOut: finite,
  waits: listOf(objectOf<WaitRecord>({ fromMs: finite, waitedMs: finite })),
  attempts: listOf(ATTEMPT),
  usage: USAGE,
  usageEstimated: yesOrNo,
  cost: orNull(COST),
  costUnknown: orAbsent(oneOf(COST_UNKNOWN)),
  digest: text,
});
