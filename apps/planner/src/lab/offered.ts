/**
 * How much was asked for in the minute before each request, as a share of what the fleet can serve (traffic-capacity.ts). A mean load says
 * little of it: requests that come at random bring more than all in many a minute of a mean of 95 %.
 */
import { usableRate } from './traffic-capacity.ts';
import { standardCharge } from './truth-cost.ts';
import type { Arrival, Draw, Scenario } from './types.ts';

const MINUTE_MS = 60_000;

/** @param arrivals in the order of time. @returns the load of the minute that ends with each of them, itself included; 1 is all. */
export function offeredLoads(
  arrivals: readonly Arrival[],
  { scenario, draw }: { readonly scenario: Scenario; readonly draw: Draw },
): ReadonlyMap<Arrival, number> {
  const charges = arrivals.map((arrival) => standardCharge(arrival, draw));
  const mean = charges.reduce((sum, charge) => sum + charge, 0) / Math.max(1, charges.length);
  const perMinute = arrivals.length === 0 ? 1 : mean * usableRate(scenario, draw, arrivals);
  const loads = new Map<Arrival, number>();
  let oldest = 0;
  let sum = 0;
  for (const [i, arrival] of arrivals.entries()) {
    sum += charges[i] ?? 0;
    for (; (arrivals[oldest]?.atMs ?? 0) <= arrival.atMs - MINUTE_MS; oldest++) sum -= charges[oldest] ?? 0;
    loads.set(arrival, sum / perMinute);
  }
  return loads;
}
