/** Minutes beside each other: how busy the busy ones are, and what of them goes beyond a capacity. */
import { type Demand, NO_DEMAND, plus, times } from './demand.ts';

/** The least value that at least so many percent of the values do not exceed (nearest rank). @param sorted rising. */
export function percentileOf(sorted: Float64Array, percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? 0;
}

/** What is served elsewhere when each minute has room for so much. */
export interface Overflow {
  /** Of all normalised tokens, 0 to 1. */
  readonly tokenShare: number;
  /** Of all calls, 0 to 1. */
  readonly callShare: number;
  /** Of all minutes, those in which anything overflows, 0 to 1. */
  readonly minuteShare: number;
  /** All that overflows. */
  readonly total: Demand;
  /** Calls that overflow in each minute, and what they count on arrival, to be ranked; in the order of the minutes. */
  readonly calls: Float64Array;
  readonly arrivalTokens: Float64Array;
}

/**
 * By whole minutes: a minute that asks for more than its capacity sends the share beyond it away, in calls like the others. The
 * bucket of a deployment evens out what is shorter, and its depth is not published.
 * @param loads normalised tokens of each minute. @param capacity normalised tokens per minute.
 */
export function overflowOf(minutes: readonly Demand[], loads: Float64Array, capacity: number): Overflow {
  const calls = new Float64Array(minutes.length);
  const arrivalTokens = new Float64Array(minutes.length);
  let [total, spilled, load, allCalls, over] = [NO_DEMAND, 0, 0, 0, 0];
  for (const [at, minute] of minutes.entries()) {
    const asked = loads[at] ?? 0;
    load += asked;
    allCalls += minute.calls;
    if (asked <= capacity) continue;
    const share = times((asked - capacity) / asked, minute);
    total = plus(total, share);
    spilled += asked - capacity;
    over++;
    calls[at] = share.calls;
    arrivalTokens[at] = share.arrivalTokens;
  }
  return {
    tokenShare: shareOf(spilled, load),
    callShare: shareOf(total.calls, allCalls),
    minuteShare: shareOf(over, minutes.length),
    total,
    calls,
    arrivalTokens,
  };
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
