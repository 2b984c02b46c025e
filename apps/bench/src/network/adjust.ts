/** Latencies less the network's round trip, beside those that were measured and never in their place. */
import { NOTHING } from '../measure/distribution.ts';
import type { AdjustedFigures, Spread, TargetSummary } from '../measure/report.ts';

export const NOT_ADJUSTED: AdjustedFigures = {
  ttft: NOTHING,
  ttftIntended: NOTHING,
  e2e: NOTHING,
  e2eIntended: NOTHING,
};

/** Each figure lower by so much, none below 0. Gaps between chunks are not touched: the network delays each of them alike. */
export function adjusted(
  { ttft, ttftIntended, e2e, e2eIntended }: Pick<TargetSummary, keyof AdjustedFigures>,
  roundTripSeconds: number,
): AdjustedFigures {
  const less = (spread: Spread) => lowered(spread, roundTripSeconds);
  return { ttft: less(ttft), ttftIntended: less(ttftIntended), e2e: less(e2e), e2eIntended: less(e2eIntended) };
}

/** @param by seconds. */
export function lowered({ count, ...figures }: Spread, by: number): Spread {
  const less = (value: number | null): number | null => (value === null ? null : Math.max(0, value - by));
  const { avg, min, p50, p90, p95, p99, max } = figures;
  return {
    count,
    avg: less(avg),
    min: less(min),
    p50: less(p50),
    p90: less(p90),
    p95: less(p95),
    p99: less(p99),
    max: less(max),
  };
}
