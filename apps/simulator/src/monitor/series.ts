/** Answers a metrics query from a meter: which series there are, and what each step of time has in them. */
import { minuteOf } from '@spillway/azure-model';
import type { AzureMetric, DimensionName } from './catalogue.ts';
import { dimensionValue, type Place } from './dimensions.ts';
import { type Filter, holds } from './filter.ts';
import type { Meter } from './meter.ts';
import type { MetricsQuery, Order } from './metrics-query.ts';
import { dimensionOf } from './metrics-query.ts';
import { Stat } from './stat.ts';
import type { Dimensions } from './tally.ts';
import type { TimeRange } from './time-range.ts';

const MINUTE_MS = 60_000;
/** Series that are gathered before the top ones are taken. */
export const SERIES_MAX = 1_000;

export interface Series {
  readonly dimensions: ReadonlyArray<{ readonly name: DimensionName; readonly value: string }>;
  /** By the number of the step; a step without samples is absent. */
  readonly steps: ReadonlyMap<number, Stat>;
}

/** @param nowMs steps that have not begun are not in the answer. */
export function seriesOf(metric: AzureMetric, query: MetricsQuery, source: MeteredPlace, nowMs: number): Series[] {
  const gathering = new Gathering(metric, query, source.place);
  if (metric.samples === null) gatherUtilisation(gathering, query.range, source.meter, nowMs);
  else gatherTallies(gathering, metric.samples, query.range, source.meter);
  const found = ordered(gathering.series(), query.order);
  return query.top === null ? found : found.slice(0, query.top);
}

export interface MeteredPlace {
  readonly place: Place;
  readonly meter: Meter;
}

class Gathering {
  readonly #metric: AzureMetric;
  readonly #filter: Filter;
  readonly #range: TimeRange;
  readonly #place: Place;
  readonly #splits: readonly DimensionName[];
  readonly #found = new Map<string, { readonly values: readonly string[]; readonly steps: Map<number, Stat> }>();

  constructor(metric: AzureMetric, { filter, splits, range }: MetricsQuery, place: Place) {
    this.#metric = metric;
    this.#filter = filter;
    this.#range = range;
    this.#place = place;
    this.#splits = splits.filter((each) => metric.dimensions.includes(each));
  }

  /** Whether the query tells this one apart by what it was asked for: then each of its values is a cell of its own. */
  names(dimension: DimensionName): boolean {
    return this.#filter.dimensions.some((each) => each.toLowerCase() === dimension.toLowerCase());
  }

  /** @returns what the series is told apart by; null where the filter leaves this out. */
  keyOf(dimensions: Partial<Dimensions>): readonly string[] | null {
    const of = (name: DimensionName): string => dimensionValue(dimensions, this.#place, name);
    const lower = (lowerName: string): string => {
      const name = dimensionOf(this.#metric, lowerName);
      return name === undefined ? '' : of(name);
    };
    return holds(this.#filter, lower) ? this.#splits.map(of) : null;
  }

  stat(values: readonly string[], minuteMs: number): Stat | null {
    const key = values.join('\n');
    let one = this.#found.get(key);
    if (one === undefined) {
      if (this.#found.size >= SERIES_MAX) return null;
      one = { values, steps: new Map() };
      this.#found.set(key, one);
    }
    const step = Math.floor((minuteMs - this.#range.fromMs) / this.#range.grainMs);
    const stat = one.steps.get(step) ?? new Stat();
    one.steps.set(step, stat);
    return stat;
  }

  /** Without a split there is always one, though nothing may be in it. */
  series(): Series[] {
    if (this.#found.size === 0 && this.#splits.length === 0) return [{ dimensions: [], steps: new Map() }];
    return [...this.#found.values()].map(({ values, steps }) => ({
      dimensions: this.#splits.map((name, i) => ({ name, value: values[i] ?? '' })),
      steps,
    }));
  }
}

function gatherTallies(
  gathering: Gathering,
  samples: NonNullable<AzureMetric['samples']>,
  { fromMs, toMs }: TimeRange,
  meter: Meter,
): void {
  for (const minute of meter.minutes(fromMs, toMs)) {
    for (const tally of minute.tallies) {
      const stat = samples(tally);
      const values = stat.count === 0 ? null : gathering.keyOf(tally.dimensions);
      if (values !== null) gathering.stat(values, minute.fromMs)?.merge(stat);
    }
  }
}

interface Used {
  readonly values: readonly string[];
  units: number;
  deployed: number;
  peak: number;
}

/** Each minute is one sample: units taken up by units deployed, over all deployments of a series. Percent. */
function gatherUtilisation(gathering: Gathering, { fromMs, toMs }: TimeRange, meter: Meter, nowMs: number): void {
  const firstMs = meter.utilisedFromMs;
  if (firstMs === null) return;
  const lastMs = Math.min(toMs - MINUTE_MS, minuteOf(nowMs));
  for (let minuteMs = Math.max(fromMs, firstMs); minuteMs <= lastMs; minuteMs += MINUTE_MS) {
    for (const { values, units, deployed, peak } of usedIn(gathering, meter, minuteMs, nowMs)) {
      const stat = gathering.stat(values, minuteMs);
      stat?.add((100 * units) / deployed);
      if (peak > 0) stat?.reached(100 * peak);
    }
  }
}

function usedIn(gathering: Gathering, meter: Meter, minuteMs: number, nowMs: number): Iterable<Used> {
  const byStream = gathering.names('StreamType');
  const used = new Map<string, Used>();
  for (const { streaming, whole, peak, units, ...named } of meter.utilisation(minuteMs, nowMs)) {
    const counted = new Set<Used>();
    for (const part of partsOf(streaming, whole, byStream)) {
      const values = gathering.keyOf({ ...named, streaming: part.streaming });
      if (values === null) continue;
      const key = values.join('\n');
      const one = used.get(key) ?? { values, units: 0, deployed: 0, peak: 0 };
      used.set(key, one);
      one.units += part.units;
      if (!counted.has(one)) one.deployed += units;
      counted.add(one);
      one.peak = Math.max(one.peak, peak);
    }
  }
  return used.values();
}

/** A kind of answer that did not occur is no series; where none did, the deployment is idle in the kind that is usual. */
function partsOf(
  streaming: number,
  whole: number,
  byStream: boolean,
): ReadonlyArray<{ streaming: boolean; units: number }> {
  if (!byStream) return [{ streaming: false, units: streaming + whole }];
  const parts = [
    { streaming: true, units: streaming },
    { streaming: false, units: whole },
  ];
  return parts.filter((part) => part.units > 0 || !part.streaming);
}

function ordered(found: Series[], order: Order | null): Series[] {
  if (order === null) return found;
  const valued = found.map((series) => ({ series, value: whole(series, order) }));
  const sign = order.descending ? -1 : 1;
  valued.sort((one, other) => sign * (one.value - other.value));
  return valued.map(({ series }) => series);
}

/** One value of the whole range, to be ordered by. */
function whole({ steps }: Series, { by }: Order): number {
  const all = new Stat();
  for (const stat of steps.values()) all.merge(stat);
  const value = {
    Average: all.average,
    Minimum: all.minimum,
    Maximum: all.maximum,
    Total: all.total,
    Count: all.count,
  }[by];
  return value ?? Number.NEGATIVE_INFINITY;
}
