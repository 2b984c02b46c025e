/** What a request for metrics asks for: its parameters, read and checked against the catalogue. */
import { AGGREGATIONS, type Aggregation, AZURE_METRICS, type AzureMetric, type DimensionName } from './catalogue.ts';
import { type Filter, NO_FILTER, readFilter } from './filter.ts';
import {
  badRequest,
  NAMESPACE,
  type Refusal,
  tooManyMetrics,
  unknownDimensions,
  unknownGrain,
  unknownMetric,
  unknownNamespace,
} from './refusals.ts';
import { readTimes, type TimeRange } from './time-range.ts';

export const METRICS_MAX = 20;
/** Series of one metric and resource, where the query does not say. Source: REST reference, `top`. */
const TOP_DEFAULT = 10;
const TOP_MAX = 1_000;

export interface MetricsQuery {
  readonly metrics: readonly AzureMetric[];
  readonly range: TimeRange;
  /** As asked for; none: each metric's default. */
  readonly aggregations: readonly Aggregation[];
  readonly filter: Filter;
  /** Of the filter's dimensions, those that a metric's series are told apart by. */
  readonly splits: readonly DimensionName[];
  /** null: every series there is, since no filter splits them. */
  readonly top: number | null;
  readonly order: Order | null;
  /** Only the values that dimensions have, without data. */
  readonly metadataOnly: boolean;
}

export interface Order {
  readonly by: Aggregation;
  readonly descending: boolean;
}

export type QueryRead =
  | { readonly kind: 'query'; readonly query: MetricsQuery }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Names in any case, as Azure reads them; of a name that is repeated, all. */
export type Parameters = (lowerName: string) => string | null;

export function parametersOf(query: URLSearchParams): Parameters {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    const lowerName = name.toLowerCase();
    const before = values.get(lowerName);
    values.set(lowerName, before === undefined ? value : `${before},${value}`);
  }
  return (lowerName) => values.get(lowerName) ?? null;
}

/** @param filterName `$filter` for one resource, `filter` for several. */
export function readMetricsQuery(given: Parameters, filterName: '$filter' | 'filter', nowMs: number): QueryRead {
  const namespace = given('metricnamespace');
  if (namespace !== null && namespace.toLowerCase() !== NAMESPACE.toLowerCase()) {
    return refused(unknownNamespace(namespace));
  }
  const metrics = metricsOf(given('metricnames'));
  if ('status' in metrics) return refused(metrics);
  const times = readTimes(
    {
      timespan: given('timespan'),
      starttime: given('starttime'),
      endtime: given('endtime'),
      interval: given('interval'),
    },
    nowMs,
  );
  // Azure's words for a wrong time are not known: a guess.
  if (times.kind === 'problem') {
    return refused(times.what === 'grain' ? unknownGrain(times.text) : badRequest(`Invalid time range: ${times.text}`));
  }
  const aggregations = aggregationsOf(given('aggregation'));
  if ('status' in aggregations) return refused(aggregations);
  const split = splitOf(given, filterName, metrics);
  if ('status' in split) return refused(split);
  const order = orderOf(given('orderby'));
  if (order !== null && 'status' in order) return refused(order);
  const top = topOf(given('top'), split.filter);
  if (typeof top === 'object' && top !== null) return refused(top);
  const metadataOnly = given('resulttype')?.toLowerCase() === 'metadata';
  return { kind: 'query', query: { metrics, range: times.range, aggregations, ...split, top, order, metadataOnly } };
}

function metricsOf(text: string | null): readonly AzureMetric[] | Refusal {
  const names = listOf(text);
  // Which one Azure takes where none is named is not published: the first of the list.
  if (names.length === 0) return AZURE_METRICS.slice(0, 1);
  if (names.length > METRICS_MAX) return tooManyMetrics(names.length, METRICS_MAX);
  const found: AzureMetric[] = [];
  for (const name of names) {
    const metric = AZURE_METRICS.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (metric === undefined) {
      return unknownMetric(
        name,
        AZURE_METRICS.map((each) => each.name),
      );
    }
    if (!found.includes(metric)) found.push(metric);
  }
  return found;
}

function aggregationsOf(text: string | null): readonly Aggregation[] | Refusal {
  const found: Aggregation[] = [];
  for (const name of listOf(text)) {
    const aggregation = aggregationOf(name);
    if (aggregation === null) return unknownAggregation(name);
    if (!found.includes(aggregation)) found.push(aggregation);
  }
  return found;
}

function aggregationOf(name: string): Aggregation | null {
  const lowerName = name.toLowerCase();
  if (lowerName === 'sum') return 'Total';
  return AGGREGATIONS.find((each) => each.toLowerCase() === lowerName) ?? null;
}

/** A guess. */
function unknownAggregation(name: string): Refusal {
  return badRequest(`Invalid aggregation type: ${name}, supported ones are: ${AGGREGATIONS.join(',')}`);
}

type Split = Pick<MetricsQuery, 'filter' | 'splits'>;

function splitOf(given: Parameters, name: string, metrics: readonly AzureMetric[]): Split | Refusal {
  const text = given(name);
  const read = text === null || text.trim() === '' ? { kind: 'filter' as const, filter: NO_FILTER } : readFilter(text);
  if (read.kind === 'problem') return badRequest(`Invalid filter: it ${read.problem}`);
  const { filter } = read;
  const rollUps = listOf(given('rollupby')).map((each) => each.toLowerCase());
  for (const metric of metrics) {
    const wrong = filter.dimensions.filter((each) => dimensionOf(metric, each) === undefined);
    if (wrong.length > 0 && given('validatedimensions')?.toLowerCase() !== 'false') {
      return unknownDimensions(metric.name, wrong, metric.dimensions);
    }
  }
  const known = metrics.flatMap((metric) => metric.dimensions);
  const named = filter.dimensions.filter((each) => !rollUps.includes(each.toLowerCase()));
  const splits = named.flatMap(
    (each) => known.find((dimension) => dimension.toLowerCase() === each.toLowerCase()) ?? [],
  );
  return { filter, splits };
}

export function dimensionOf({ dimensions }: AzureMetric, name: string): DimensionName | undefined {
  return dimensions.find((each) => each.toLowerCase() === name.toLowerCase());
}

function orderOf(text: string | null): Order | Refusal | null {
  if (text === null || text.trim() === '') return null;
  const [name = '', direction = 'asc', ...others] = text.trim().split(/\s+/);
  const by = aggregationOf(name);
  if (by === null) return unknownAggregation(name);
  const lowerDirection = direction.toLowerCase();
  if (others.length > 0 || (lowerDirection !== 'asc' && lowerDirection !== 'desc')) {
    return badRequest(`Invalid orderby: ${text}, expected for example: total desc`);
  }
  return { by, descending: lowerDirection === 'desc' };
}

function topOf(text: string | null, { dimensions }: Filter): number | null | Refusal {
  if (dimensions.length === 0) return null;
  if (text === null) return TOP_DEFAULT;
  const top = Number(text);
  if (/^\d+$/.test(text) && top >= 1 && top <= TOP_MAX) return top;
  return badRequest(`Invalid top: ${text}, expected a whole number from 1 to ${TOP_MAX}`);
}

function listOf(text: string | null): readonly string[] {
  const names = (text ?? '').split(',').map((each) => each.trim());
  return names.filter((each) => each !== '');
}

function refused(refusal: Refusal): QueryRead {
  return { kind: 'refused', refusal };
}
