/**
 * Where all units are nearly full, cold prompts fill them up for good: each that is read anew, where it was not read before, takes the
 * room of several that were, so that still more have to go where they are cold. Half of the goodput is lost, and the fleet does not find
 * back by itself. So units then keep to what they have read: a request whose home is full waits for it, rather than go where it is cold.
 */
import { type Deployment, isProvisioned } from '../fleet.ts';
import { type Look, NEARLY_FULL, type PassedOverReason } from '../look.ts';
import type { ChoiceFacts } from './strategy.ts';

/** Headroom of the freest from which on nobody is refused for the sake of its home, where waiting is over, or not allowed: who is refused here would keep others from being served. */
const FULL = 0.15;
/** Share of a prompt that must be cached for its home to be worth a wait. */
const WORTH_WAITING = 0.25;

export function waitsForHome(
  looks: readonly Look[],
  candidates: readonly Look[],
  { cachedShare }: ChoiceFacts,
  isLast: boolean,
): boolean {
  if (cachedShare < WORTH_WAITING) return false;
  const enough = isLast ? FULL : NEARLY_FULL;
  for (const { reason, free, isHot, isGuess, deployment } of looks) {
    if (reason !== null && !(isLast && isGuess)) continue;
    if (isHot || free >= enough || !isUnits(deployment)) return false;
  }
  const home = homeAmong(looks, candidates[0]?.deployment.priority ?? 0);
  return home !== null && home.reason !== null && isUnits(home.deployment);
}

/** The nearest of those that serve now, or will when there is room. */
function homeAmong(looks: readonly Look[], priority: number): Look | null {
  let home: Look | null = null;
  let best = 0;
  for (const look of looks) {
    if (look.deployment.priority !== priority || !(look.reason === null || WILL_SERVE.has(look.reason))) continue;
    const nearness = look.kinship * look.warmth;
    if (nearness <= best) continue;
    home = look;
    best = nearness;
  }
  return home;
}

const WILL_SERVE: ReadonlySet<PassedOverReason> = new Set(['noHeadroom', 'throttled']);

function isUnits({ type }: Deployment): boolean {
  return type !== null && isProvisioned(type);
}
