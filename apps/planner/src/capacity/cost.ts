/**
 * What units cost beside tokens, by the month. Prices are given by the user: none is known here. Units are billed by the hour, by
 * the minute within it; a reservation covers so many of them, and what is deployed beyond it is billed by the hour (C-30 to C-32).
 */
import { tokenCost as costOfTokens, type Prices } from '@spillway/policy';
import type { Demand } from './demand.ts';

/** Where the prices are from, as the user says. */
export interface PriceOrigin {
  readonly currency: string;
  readonly asOf: string | null;
  readonly source: string;
}

/** A year of 8,760 hours by twelve, as Azure's calculator has it. */
const HOURS_PER_MONTH = 730;
const MINUTES_PER_MONTH = HOURS_PER_MONTH * 60;

/** Of tokens that are paid by use; null where a price is missing. */
export function tokenCost(demand: Demand, { input, cachedInput = input, output }: Prices): number | null {
  if (input === undefined || cachedInput === undefined) return null;
  return costOfTokens(demand, { input, cachedInput, output: output ?? null });
}

/** Everything by use, by the month. @param mean an average minute. @returns null: a price is missing. */
export function byUsePerMonth(mean: Demand, prices: Prices): number | null {
  const perMinute = tokenCost(mean, prices);
  return perMinute === null ? null : perMinute * MINUTES_PER_MONTH;
}

/** Billed by the hour, and of an hour that is not full its part. */
export function hourlyCharge(units: number, minutes: number, ptuHour: number): number {
  return (units * minutes * ptuHour) / 60;
}

/** Units beyond the reservation, which are billed by the hour. */
export function overage(deployed: number, reserved: number): number {
  return Math.max(0, deployed - reserved);
}

export const TERMS = ['hourly', 'monthly', 'yearly'] as const;
export type Term = (typeof TERMS)[number];

export interface TermCost {
  readonly term: Term;
  /** Units that a reservation covers; 0 by the hour. */
  readonly reservedUnits: number;
  /** Units billed by the hour. */
  readonly hourlyUnits: number;
  /** Of the units alone. */
  readonly unitsPerMonth: number;
  /** With the tokens that overflow, by use; null: their price is not given. */
  readonly perMonth: number | null;
  /** Average load at which tokens by use cost as much as the units, share of their capacity; above 1: units never pay. null: no price. */
  readonly breakEven: number | null;
}

export interface CostAsk {
  readonly units: number;
  /** Reserved units; null: as many as are deployed. */
  readonly reserved: number | null;
  /** An average minute. */
  readonly mean: Demand;
  /** What overflows in an average minute. */
  readonly overflow: Demand;
  /** Load of an average minute, share of the units' capacity. */
  readonly meanLoad: number;
}

export interface Cost {
  /** Everything by use; null: a price is missing. */
  readonly payAsYouGoPerMonth: number | null;
  /** Of each term whose price is given. */
  readonly terms: readonly TermCost[];
}

export function costOf(ask: CostAsk, prices: Prices): Cost {
  const byUse = byUsePerMonth(ask.mean, prices);
  const terms = TERMS.flatMap((term) => termCost(term, ask, prices, byUse) ?? []);
  return { payAsYouGoPerMonth: byUse, terms };
}

function termCost(term: Term, ask: CostAsk, prices: Prices, byUse: number | null): TermCost | null {
  const { units, meanLoad, overflow } = ask;
  const reservedUnits = term === 'hourly' ? 0 : (ask.reserved ?? units);
  const hourlyUnits = overage(units, reservedUnits);
  const unitsPerMonth = termPerMonth(term, { reservedUnits, hourlyUnits }, prices);
  if (unitsPerMonth === null) return null;
  const spilled = tokenCost(overflow, prices);
  // The same mix at full load would cost this by use.
  const byUseAtFull = byUse === null || meanLoad <= 0 ? null : byUse / meanLoad;
  return {
    term,
    reservedUnits,
    hourlyUnits,
    unitsPerMonth,
    perMonth: spilled === null ? null : unitsPerMonth + spilled * MINUTES_PER_MONTH,
    breakEven: byUseAtFull === null || byUseAtFull === 0 ? null : unitsPerMonth / byUseAtFull,
  };
}

/** null: a price that it needs is missing. */
function termPerMonth(
  term: Term,
  { reservedUnits, hourlyUnits }: { readonly reservedUnits: number; readonly hourlyUnits: number },
  { ptuHour, ptuMonth, ptuYear }: Prices,
): number | null {
  const reservedPrice = { hourly: 0, monthly: ptuMonth, yearly: ptuYear === undefined ? undefined : ptuYear / 12 }[
    term
  ];
  if (reservedPrice === undefined || (hourlyUnits > 0 && ptuHour === undefined)) return null;
  return reservedUnits * reservedPrice + hourlyCharge(hourlyUnits, MINUTES_PER_MONTH, ptuHour ?? 0);
}
