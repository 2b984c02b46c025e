/**
 * Which deployment serves a request: of those that may be used, the lowest priority number; among equals as the strategy says.
 * Looks first, and chooses from what it saw alone: so the choice can be made again from a record, bit for bit.
 */
import { verdictsOf } from './allowance.ts';
import type { Deployment, Pool } from './fleet.ts';
import { type Ask, type Look, lookAt, NEARLY_FULL, type PassedOverReason } from './look.ts';
import type { Need } from './need.ts';
import type { States } from './state.ts';
import { strategyOf } from './strategies/strategies.ts';
import type { ChoiceFacts, Strategy, StrategyName } from './strategies/strategy.ts';

export interface PassedOver {
  readonly deployment: Deployment;
  readonly reason: PassedOverReason;
  /** Until when, in milliseconds since 1970, where the reason has an end; else null. */
  readonly untilMs: number | null;
}

/** What was seen, and by what it was chosen. */
export interface Grounds {
  readonly looks: readonly Look[];
  readonly strategy: StrategyName;
  readonly facts: ChoiceFacts;
  readonly at: At;
  /** What was only believed stood in nobody's way. */
  readonly isLastResort: boolean;
}

export type Decision = Grounds &
  ({ readonly kind: 'send'; readonly deployment: Deployment } | { readonly kind: 'none'; readonly deployment: null });

/** The moment and the dice: `unit` is a number in [0, 1). */
export interface At {
  readonly nowMs: number;
  readonly unit: number;
}

export interface PickSettings {
  readonly strategy: StrategyName;
}

export function pick(pool: Pool, states: States, ask: Ask, at: At, settings: PickSettings): Decision {
  const strategy = strategyOf(settings.strategy);
  const looks: Look[] = [];
  const verdicts = verdictsOf(pool, ask.allowance);
  let i = 0;
  for (const seat of states.seats(pool)) {
    looks.push(lookAt(seat, ask, verdicts?.[i++] ?? null, at.nowMs, strategy.foresees));
  }
  const { promptTokens, cachedTokens } = ask.need;
  const facts = { cachedShare: promptTokens > 0 ? cachedTokens / promptTokens : 0, turn: states.turn(pool) };
  const { isLastResort } = ask;
  if (strategy.waitsForHome !== undefined) lookForHeat(looks, states, ask.need, at.nowMs);
  const chosen = choose(looks, strategy, facts, { unit: at.unit, isLastResort });
  const grounds = { looks, strategy: strategy.name, facts, at, isLastResort };
  return chosen === null
    ? { kind: 'none', deployment: null, ...grounds }
    : { kind: 'send', deployment: chosen.deployment, ...grounds };
}

/**
 * The choice itself, from nothing but what was seen; says of each other one why it was passed over.
 * @returns null where none may serve.
 */
export function choose(
  looks: readonly Look[],
  strategy: Strategy,
  facts: ChoiceFacts,
  { unit, isLastResort }: { readonly unit: number; readonly isLastResort: boolean },
): Look | null {
  let equals = equalsAmong(looks, isFree);
  if (equals.length === 0 && isLastResort) equals = equalsAmong(looks, isOnlyGuessed);
  const [first] = equals;
  if (first === undefined) return insisted(looks, strategy, unit);
  if (strategy.waitsForHome?.(looks, equals, facts, isLastResort)) {
    for (const look of equals) look.reason ??= 'coldCache';
    return null;
  }
  const chosen = strategy.choose(equals, facts, unit);
  const { priority } = first.deployment;
  for (const look of looks) {
    if (look === chosen) {
      look.reason = null;
      look.untilMs = null;
    } else if (look.reason === null) {
      look.reason = look.deployment.priority === priority ? 'notDrawn' : 'higherPriorityNumber';
    }
  }
  return chosen;
}

function lookForHeat(looks: readonly Look[], states: States, need: Need, nowMs: number): void {
  const { cacheKey, cachedTokens } = need;
  if (cacheKey === null || cachedTokens <= 0) return;
  for (const { reason, free } of looks) if (reason === null && free >= NEARLY_FULL) return;
  for (const look of looks) look.isHot = states.deployment(look.deployment).hotKeys.isHot(cacheKey, nowMs);
}

/** Those of the lowest priority number. In one pass: this is done for every request. */
function equalsAmong(looks: readonly Look[], isCandidate: (look: Look) => boolean): readonly Look[] {
  let lowest = Number.POSITIVE_INFINITY;
  let equals: Look[] = [];
  for (const look of looks) {
    const { priority } = look.deployment;
    if (priority > lowest || !isCandidate(look)) continue;
    if (priority < lowest) equals = [];
    lowest = priority;
    equals.push(look);
  }
  return equals;
}

function isFree({ reason }: Look): boolean {
  return reason === null;
}

function isOnlyGuessed({ isGuess }: Look): boolean {
  return isGuess;
}

/** All are throttled: some strategies send nevertheless, once (see Strategy.insist). */
function insisted(looks: readonly Look[], { insist }: Strategy, unit: number): Look | null {
  const throttled = looks.filter((look) => look.reason === 'throttled');
  if (insist === null || throttled.length === 0 || looks.some((look) => look.reason === 'tried')) return null;
  const chosen = insist(throttled, unit);
  chosen.reason = null;
  chosen.untilMs = null;
  return chosen;
}

/** Each deployment that was not taken, and why. */
export function passedOver({ looks }: Grounds): readonly PassedOver[] {
  const others: PassedOver[] = [];
  for (const { deployment, reason, untilMs } of looks)
    if (reason !== null) others.push({ deployment, reason, untilMs });
  return others;
}
