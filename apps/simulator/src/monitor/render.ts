/** Azure Monitor's JSON: values of metrics, and what metrics there are. Source: REST reference, "Metrics - List" and "Metrics Batch". */
import type { Site } from '../site.ts';
import { accountIdOf, regionId } from './account.ts';
import { type Aggregation, AZURE_METRICS, type AzureMetric } from './catalogue.ts';
import type { MetricsQuery } from './metrics-query.ts';
import { NAMESPACE } from './refusals.ts';
import { type Series, seriesOf } from './series.ts';
import type { Stat } from './stat.ts';
import { GRAINS, iso } from './time-range.ts';

/**
 * Of one answer, over all resources, metrics and series: ten series of the longest range in its smallest steps, and some more. Azure's
 * limit is not published; without one, an answer could be larger than memory.
 */
export const POINTS_MAX = 300_000;

/** What was found of one metric. */
interface Found {
  readonly metric: AzureMetric;
  readonly series: readonly Series[];
}

/** @param isElsewhere whether another region was asked, where there is nothing to be found (as Azure has it). */
export function foundOf(site: Site, query: MetricsQuery, nowMs: number, isElsewhere = false): readonly Found[] {
  const source = { place: site.facts, meter: site.meter };
  return query.metrics.map((metric) => ({
    metric,
    series: isElsewhere ? [] : seriesOf(metric, query, source, nowMs),
  }));
}

/** How many points the answer has. */
export function pointsOf(all: ReadonlyArray<readonly Found[]>, query: MetricsQuery, nowMs: number): number {
  const { fromMs, toMs, grainMs } = query.range;
  const steps = query.metadataOnly ? 0 : Math.max(0, Math.ceil((Math.min(toMs, nowMs + 1) - fromMs) / grainMs));
  return all.flat().reduce((sum, { series }) => sum + series.length * steps, 0);
}

/** Of one resource, asked for by itself. */
export function metricsBody(site: Site, found: readonly Found[], query: MetricsQuery, nowMs: number): unknown {
  const { startMs, endMs, interval } = query.range;
  return {
    // What Azure would charge against its own limits; nothing here counts it.
    cost: 0,
    timespan: `${iso(startMs)}/${iso(endMs)}`,
    interval,
    value: valuesOf(site, found, query, nowMs),
    namespace: NAMESPACE,
    resourceregion: regionId(site.facts.region),
  };
}

/** Of one of several. */
export function batchValue(site: Site, found: readonly Found[], query: MetricsQuery, nowMs: number): unknown {
  const { startMs, endMs, interval } = query.range;
  return {
    starttime: iso(startMs),
    endtime: iso(endMs),
    interval,
    value: valuesOf(site, found, query, nowMs),
    namespace: NAMESPACE,
    resourceregion: regionId(site.facts.region),
    resourceid: accountIdOf(site),
  };
}

function valuesOf(site: Site, found: readonly Found[], query: MetricsQuery, nowMs: number): readonly unknown[] {
  return found.map(({ metric, series: all }) => {
    const aggregations = query.aggregations.length > 0 ? query.aggregations : [metric.primary];
    const render = (series: Series): unknown => ({
      metadatavalues: series.dimensions.map(({ name, value }) => ({ name: inLowerCase(name), value })),
      data: query.metadataOnly ? [] : points(series, metric, aggregations, query, nowMs),
    });
    return metricOf(site, metric, all.map(render));
  });
}

function metricOf(site: Site, metric: AzureMetric, timeseries: readonly unknown[]): unknown {
  return {
    id: `${accountIdOf(site)}/providers/Microsoft.Insights/metrics/${metric.name}`,
    type: 'Microsoft.Insights/metrics',
    name: { value: metric.name, localizedValue: metric.displayName },
    displayDescription: metric.description,
    unit: metric.unit,
    timeseries,
    errorCode: 'Success',
  };
}

function points(
  { steps }: Series,
  metric: AzureMetric,
  aggregations: readonly Aggregation[],
  { range: { fromMs, toMs, grainMs } }: MetricsQuery,
  nowMs: number,
): readonly unknown[] {
  const found: unknown[] = [];
  for (let step = 0, atMs = fromMs; atMs < toMs && atMs <= nowMs; step++, atMs += grainMs) {
    const stat = steps.get(step);
    const values = aggregations.map((each) => [each.toLowerCase(), pointValue(stat, each, metric)] as const);
    const known = values.filter(([, value]) => value !== null);
    found.push({ timeStamp: iso(atMs), ...Object.fromEntries(known) });
  }
  return found;
}

/** What was added up is 0 where nothing was; a mean of nothing is not told. */
function pointValue(stat: Stat | undefined, aggregation: Aggregation, { primary }: AzureMetric): number | null {
  if (stat === undefined || stat.count === 0) {
    return primary === 'Total' && (aggregation === 'Total' || aggregation === 'Count') ? 0 : null;
  }
  switch (aggregation) {
    case 'Average':
      return stat.average;
    case 'Minimum':
      return stat.minimum;
    case 'Maximum':
      return stat.maximum;
    case 'Total':
      return stat.total;
    case 'Count':
      return stat.count;
  }
}

/** Answers name dimensions so, whatever the query wrote. */
function inLowerCase(name: string): { readonly value: string; readonly localizedValue: string } {
  return { value: name.toLowerCase(), localizedValue: name.toLowerCase() };
}

export function definitionsBody(site: Site): unknown {
  const resourceId = accountIdOf(site);
  return { value: AZURE_METRICS.map((metric) => definitionOf(metric, resourceId)) };
}

function definitionOf(metric: AzureMetric, resourceId: string): unknown {
  return {
    id: `${resourceId}/providers/microsoft.insights/metricdefinitions/${metric.name}`,
    resourceId,
    namespace: NAMESPACE,
    category: metric.category,
    name: { value: metric.name, localizedValue: metric.displayName },
    displayDescription: metric.description,
    isDimensionRequired: false,
    unit: metric.unit,
    primaryAggregationType: metric.primary,
    supportedAggregationTypes: metric.supported,
    metricAvailabilities: [...GRAINS.keys()].map((timeGrain) => ({ timeGrain, retention: 'P93D' })),
    dimensions: metric.dimensions.map((name) => ({ value: name, localizedValue: name })),
  };
}

export function namespacesBody(site: Site): unknown {
  const resourceId = accountIdOf(site);
  const name = NAMESPACE.replace('/', '-');
  return {
    value: [
      {
        id: `${resourceId}/providers/microsoft.insights/metricNamespaces/${name}`,
        name,
        type: 'Microsoft.Insights/metricNamespaces',
        classification: 'Platform',
        properties: { metricNamespaceName: NAMESPACE },
      },
    ],
  };
}
