/** Demand, model and prices to an answer. Pure: files are read elsewhere. */
import type { Prices } from '@spillway/policy';
import { byUsePerMonth, type Cost, costOf, type PriceOrigin } from './cost.ts';
import { type Demand, demandOf, NO_DEMAND, sumOf, times, type Workload } from './demand.ts';
import {
  carriedBy,
  normalisedTokens,
  PLACES,
  type Place,
  PROVISIONED_TYPE,
  rawUnits,
  type StandardNeed,
  standardNeed,
  unitsFor,
} from './formulas.ts';
import type { Metered } from './meter.ts';
import { overflowOf, percentileOf } from './minutes.ts';
import type { ChosenModel } from './model-choice.ts';
import { randomMinutes } from './random-minutes.ts';
import { momentsOf, shapeText } from './shape.ts';
import { type ArrivalKind, isTriable, TRIAL, tryOut } from './trial.ts';
import type { BusyView, CapacityPlan, CarriedView, CostView, SizeView, Source, SpillPoint, SpillView } from './view.ts';

export interface GivenTraffic {
  readonly kind: 'given';
  readonly workloads: readonly Workload[];
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  /** An average minute as a share of the one that is given, which is a peak; 0 to 1. */
  readonly loadFactor: number;
  readonly isTried: boolean;
}

export interface MeasuredTraffic {
  readonly kind: 'measured';
  readonly metered: Metered;
  readonly source: Extract<Source, { kind: 'measured' }>;
}

export interface PlanAsk {
  readonly chosen: ChosenModel;
  readonly traffic: GivenTraffic | MeasuredTraffic;
  /** Whose units are told in detail. */
  readonly place: Place;
  /** Units are sized for a minute that is as busy as so many percent of the minutes; null: workloads as given. */
  readonly percentile: number | null;
  /** The reverse: what so many units carry. */
  readonly units: number | null;
  readonly reserved: number | null;
  readonly prices: { readonly of: Prices; readonly origin: PriceOrigin } | null;
}

/** Of a measured minute, where no percentile is asked for. */
const PERCENTILE = 95;
const PERCENTILES = [50, 95, 99, 100] as const;
/** Points of a curve. */
const CURVE_POINTS = 60;

export function planCapacity(ask: PlanAsk): CapacityPlan {
  const seen = seenOf(ask);
  const { chosen, traffic, place } = ask;
  return {
    model: chosen.facts.name,
    missing: chosen.missing,
    source: sourceOf(traffic),
    sizedFor: sizedForOf(ask),
    perMinute: seen.perMinute,
    place,
    isRandom: traffic.kind === 'given',
    standard: standardNeed(seen.perMinute, chosen.facts),
    ...(chosen.missing === null ? inUnits(seen, ask) : withoutUnits(seen, ask)),
  };
}

type InUnits = Pick<
  CapacityPlan,
  'figures' | 'normalisedPerMinute' | 'raw' | 'sizes' | 'busy' | 'spill' | 'carried' | 'cost' | 'trial' | 'series'
>;

function inUnits(seen: Seen, ask: PlanAsk): InUnits {
  const { chosen, place } = ask;
  const { facts } = chosen;
  const { inputTokensPerMinutePerUnit, outputWeight } = facts.provisioned;
  const normalisedPerMinute = normalisedTokens(seen.perMinute, facts.provisioned);
  const raw = rawUnits(normalisedPerMinute, facts.provisioned);
  const sizes = PLACES.map((each) => sizeOf(each, raw, facts));
  const units = sizes.find((each) => each.place === place)?.units ?? null;
  return {
    figures: { inputTokensPerMinutePerUnit, outputWeight, origin: chosen.origin },
    normalisedPerMinute,
    raw,
    sizes,
    busy: seen.minutes.length === 0 ? [] : PERCENTILES.map((each) => busyOf(each, seen.sorted, ask)),
    spill: units === null || seen.minutes.length === 0 ? null : spillOf(units, seen, ask),
    carried: ask.units === null ? null : carriedOf(ask.units, seen.perMinute, ask),
    cost: units === null ? null : costAt(units, seen, ask),
    trial: units === null ? null : trialOf(units, ask),
    series: { loads: [...seen.loads], curve: units === null ? [] : curveOf(units, seen, ask) },
  };
}

/** Standard quota and tokens by use need no figures of PTUs. */
function withoutUnits(seen: Seen, ask: PlanAsk): InUnits {
  return {
    figures: null,
    normalisedPerMinute: null,
    raw: null,
    sizes: [],
    busy: [],
    spill: null,
    carried: null,
    cost: costByUse(seen, ask),
    trial: null,
    series: { loads: [], curve: [] },
  };
}

/** The minutes that there are to look at, and the one that is sized for. */
interface Seen {
  readonly minutes: readonly Demand[];
  /** Normalised tokens of each; without figures, those that a Standard quota counts. */
  readonly loads: Float64Array;
  readonly sorted: Float64Array;
  readonly perMinute: Demand;
}

function seenOf(ask: PlanAsk): Seen {
  const minutes = minutesOf(ask);
  const loads = Float64Array.from(minutes, (minute) => loadOf(minute, ask));
  const sorted = loads.toSorted();
  return { minutes, loads, sorted, perMinute: sizedMinute(ask, minutes, sorted) };
}

/** What makes a minute busy. */
function loadOf(minute: Demand, { chosen }: PlanAsk): number {
  return chosen.missing === null ? normalisedTokens(minute, chosen.facts.provisioned) : minute.arrivalTokens;
}

function minutesOf({ traffic, chosen }: PlanAsk): readonly Demand[] {
  if (traffic.kind === 'measured') return traffic.metered.minutes;
  if (traffic.arrivals === 'even') return [];
  return randomMinutes(traffic.workloads, chosen.facts, { seed: traffic.seed });
}

function sizedForOf({ traffic, percentile }: PlanAsk): 'given' | number {
  if (traffic.kind === 'given' && (percentile === null || traffic.arrivals === 'even')) return 'given';
  return percentile ?? PERCENTILE;
}

/** The workloads' sum; or an average minute, scaled to the load of the percentile, so that its mix is that of the whole. */
function sizedMinute(ask: PlanAsk, minutes: readonly Demand[], sorted: Float64Array): Demand {
  const { traffic, chosen } = ask;
  const sizedFor = sizedForOf(ask);
  if (sizedFor === 'given') {
    return traffic.kind === 'given' ? sumOf(traffic.workloads.map((each) => demandOf(each, chosen.facts))) : NO_DEMAND;
  }
  const sum = sumOf(minutes);
  const load = loadOf(sum, ask);
  return load <= 0 ? NO_DEMAND : times(percentileOf(sorted, sizedFor) / load, sum);
}

function sourceOf(traffic: PlanAsk['traffic']): Source {
  if (traffic.kind === 'measured') return traffic.source;
  const workloads = traffic.workloads.map(({ prompt, answer, ...same }) => ({
    ...same,
    promptTokens: shapeText(prompt),
    answerTokens: shapeText(answer),
  }));
  return { kind: 'given', workloads };
}

function sizeOf(place: Place, raw: number, facts: ChosenModel['facts']): SizeView {
  const units = unitsFor(raw, facts, place);
  return { place, type: PROVISIONED_TYPE[place], units, utilisation: units === null ? null : raw / units };
}

function busyOf(percentile: number, sorted: Float64Array, { chosen, place }: PlanAsk): BusyView {
  const normalisedPerMinute = percentileOf(sorted, percentile);
  const raw = rawUnits(normalisedPerMinute, chosen.facts.provisioned);
  return { percentile, normalisedPerMinute, raw, units: unitsFor(raw, chosen.facts, place) };
}

function capacityOf(units: number, { chosen }: PlanAsk): number {
  return units * chosen.facts.provisioned.inputTokensPerMinutePerUnit;
}

function spillOf(units: number, { minutes, loads }: Seen, ask: PlanAsk): SpillView {
  const overflow = overflowOf(minutes, loads, capacityOf(units, ask));
  const { tokenShare, callShare, minuteShare, calls, arrivalTokens } = overflow;
  return { units, tokenShare, callShare, minuteShare, standard: overflowNeed(calls, arrivalTokens, ask) };
}

/** For the busiest minute: what overflows has nowhere else to go. */
function overflowNeed(calls: Float64Array, arrivalTokens: Float64Array, { chosen }: PlanAsk): StandardNeed | null {
  const most = (values: Float64Array) => values.reduce((max, each) => Math.max(max, each), 0);
  const demand = { ...NO_DEMAND, calls: most(calls), arrivalTokens: most(arrivalTokens) };
  return demand.calls > 0 ? standardNeed(demand, chosen.facts) : null;
}

function carriedOf(units: number, perMinute: Demand, { chosen }: PlanAsk): CarriedView {
  const carried = carriedBy(units, perMinute, chosen.facts.provisioned);
  const buyable = PLACES.map((place) => ({ place, units: unitsFor(units, chosen.facts, place) }));
  return { units, callsPerMinute: Number.isFinite(carried.calls) ? carried.calls : null, perMinute: carried, buyable };
}

/** An average minute, and what of it overflows. */
function averageOf(units: number, seen: Seen, ask: PlanAsk) {
  const { minutes, loads } = seen;
  const { traffic } = ask;
  const overflow = times(1 / Math.max(1, minutes.length), overflowOf(minutes, loads, capacityOf(units, ask)).total);
  const mean = meanOf(seen, ask);
  if (traffic.kind === 'measured') return { mean, overflow };
  // As if the peak held for that share of the time, and nothing came in the rest: of all ways to the same average, most overflows so.
  return { mean, overflow: times(traffic.loadFactor, overflow) };
}

function meanOf({ minutes, perMinute }: Seen, { traffic, chosen }: PlanAsk): Demand {
  if (traffic.kind === 'measured') return times(1 / Math.max(1, minutes.length), sumOf(minutes));
  const given = sumOf(traffic.workloads.map((each) => demandOf(each, chosen.facts)));
  return times(traffic.loadFactor, given.calls > 0 ? given : perMinute);
}

function costByUse(seen: Seen, ask: PlanAsk): CostView | null {
  if (ask.prices === null) return null;
  const { of, origin } = ask.prices;
  return { payAsYouGoPerMonth: byUsePerMonth(meanOf(seen, ask), of), terms: [], origin, units: null, meanLoad: null };
}

function costAt(units: number, seen: Seen, ask: PlanAsk): CostView | null {
  if (ask.prices === null) return null;
  const { mean, overflow } = averageOf(units, seen, ask);
  const meanLoad = normalisedTokens(mean, ask.chosen.facts.provisioned) / capacityOf(units, ask);
  const cost: Cost = costOf({ units, reserved: ask.reserved, mean, overflow, meanLoad }, ask.prices.of);
  return { ...cost, origin: ask.prices.origin, units, meanLoad };
}

function trialOf(units: number, { traffic, chosen }: PlanAsk) {
  if (traffic.kind === 'measured' || !traffic.isTried) return null;
  const { workloads, arrivals, seed } = traffic;
  const { callsMax: _, ...length } = TRIAL;
  const ask = { workloads, figures: chosen.facts.provisioned, units, arrivals, seed, ...length };
  return isTriable(ask) ? tryOut(ask) : null;
}

/** From the fewest units that can be bought to those that carry the busiest minute. */
function curveOf(units: number, seen: Seen, ask: PlanAsk): readonly SpillPoint[] {
  const { chosen, place } = ask;
  const { minutes, loads, sorted } = seen;
  if (minutes.length === 0) return [];
  const most = unitsFor(rawUnits(sorted.at(-1) ?? 0, chosen.facts.provisioned), chosen.facts, place) ?? units;
  const least = unitsFor(0, chosen.facts, place) ?? units;
  const sizes = new Set([units]);
  for (let at = 0; at <= CURVE_POINTS; at++) {
    const size = unitsFor(least + ((most - least) * at) / CURVE_POINTS, chosen.facts, place);
    if (size !== null) sizes.add(size);
  }
  const rising = [...sizes].sort((a, b) => a - b);
  return rising.map((size) => {
    const { tokenShare } = overflowOf(minutes, loads, capacityOf(size, ask));
    const costs = (costAt(size, seen, ask)?.terms ?? []).flatMap(({ perMonth }) => perMonth ?? []);
    return { units: size, tokenShare, perMonth: costs.length === 0 ? null : Math.min(...costs) };
  });
}

/** Of a workload, for messages: whether anything is asked at all. */
export function isNothing({ callsPerMinute, prompt, answer }: Workload): boolean {
  return callsPerMinute <= 0 || momentsOf(prompt).mean + momentsOf(answer).mean <= 0;
}

/** All that the table says, without the series of the plots. */
export function capacityJson(plans: readonly CapacityPlan[]): string {
  return `${JSON.stringify(
    plans.map(({ series: _, ...view }) => view),
    null,
    2,
  )}\n`;
}
