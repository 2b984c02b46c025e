/**
 * What nobody outside knows of Azure's counting, drawn anew for each seed, so that a figure of the lab holds for every way it may be
 * and not for one guess. The ranges and their reasons are beside each line. Source: wire reference §11, and what is cited there.
 */
import { seededUnit, type Unit } from '@spillway/clock';
import type { Draw } from './types.ts';

/**
 * Keeps the dice of the draw apart from those of the trace with the same seed. Of many it is the one by which seeds 1 to 20, over which
 * the promised figures are taken, hold each way of counting about as often as its share.
 */
const SALT = 166_728;

export function drawOf(seed: number): Draw {
  const unit = seededUnit(seed ^ SALT);
  // Documented: a counter that is reset each minute (§6.2); measured in 2024: sliding. The document is the likelier.
  const window = unit() < 0.6 ? 'fixed' : 'sliding';
  return {
    window,
    // The first request came before we did.
    phaseMs: Math.floor(unit() * 60_000),
    // Documented counters only add (§6.2, §11 no. 4).
    refunds: unit() < 0.25,
    // "Rejected requests still count" is documented, of the minute that is reset (§6.2); where it was seen to slide they did not.
    countsRefused: unit() < 0.7 && window === 'fixed',
    // Nothing; seen of older models and of newer ones in 2024; assumed of units (§6.2, §11 no. 4).
    unboundedTokens: oneOf(unit, [0, 16, 640, 1_000]),
    // The documented formula multiplies by best_of; that n does the same is likely (§11 no. 4).
    choicesCount: unit() < 0.7,
    // "Typically 1 or 10 seconds" (§6.4); many headers say 60.
    requestSliceMs: weighted(unit, [
      [1_000, 0.25],
      [10_000, 0.4],
      [60_000, 0.35],
    ]),
    // The two readings of §6.4 that captures contradict each other on.
    limitRequestsOf: unit() < 0.5 ? 'minute' : 'slice',
    // Unpublished (§11 no. 2); the metric has a grain of one minute, and load ramps for longer than it (§7.2).
    bucketSeconds: Math.round(30 + unit() * 90),
    // Unpublished (§11 no. 2): from a usual answer to the longest that older models gave.
    provisionedUnboundedTokens: oneOf(unit, [500, 1_000, 2_000, 4_000]),
    // Measured: 4 (§6.2); "partly character-based", so not exact.
    charsPerToken: 3.5 + unit(),
    // `retry-after-ms` is documented for all, and seen missing (§3.4).
    hintsMs: unit() < 0.5,
  };
}

function oneOf<Item>(unit: Unit, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(unit() * items.length)] ?? items[0];
}

/** @param items each with its share; the shares add up to 1. */
function weighted<Item>(unit: Unit, items: readonly [readonly [Item, number], ...(readonly [Item, number])[]]): Item {
  let left = unit();
  for (const [item, share] of items) {
    left -= share;
    if (left < 0) return item;
  }
  return items[0][0];
}
