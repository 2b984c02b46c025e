/** Azure Monitor's answer to a question about metrics, read into minutes. Source: REST reference, "Metrics - List". */
import { isRecord } from '@spillway/protocol';
import type { MonitorView } from '../measure/report.ts';

export type Minute = MonitorView['minutes'][number];

/** Which metric is which figure, and by which aggregation. Source: wire reference §9.1. */
export const METRICS = [
  { name: 'AzureOpenAIRequests', figure: 'calls', aggregation: 'total' },
  { name: 'ProcessedPromptTokens', figure: 'promptTokens', aggregation: 'total' },
  { name: 'GeneratedTokens', figure: 'completionTokens', aggregation: 'total' },
  { name: 'AzureOpenAIProvisionedManagedUtilizationV2', figure: 'utilisationPercent', aggregation: 'average' },
] as const;

type Figure = (typeof METRICS)[number]['figure'];

/** @param minutes wanted, each its beginning in milliseconds since 1970. @returns one for each, null where nothing is told. */
export function minutesOf(body: unknown, minutes: readonly number[]): readonly Minute[] {
  const told = new Map(METRICS.map(({ name, figure, aggregation }) => [figure, valuesOf(body, name, aggregation)]));
  const at = (figure: Figure, ms: number) => told.get(figure)?.get(ms) ?? null;
  return minutes.map((ms) => ({
    minute: new Date(ms).toISOString(),
    utilisationPercent: at('utilisationPercent', ms),
    promptTokens: at('promptTokens', ms),
    completionTokens: at('completionTokens', ms),
    calls: at('calls', ms),
  }));
}

/** By the beginning of the minute. Several series of a metric are added up; of means the highest counts. */
function valuesOf(body: unknown, name: string, aggregation: 'total' | 'average'): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (const point of pointsOf(body, name)) {
    const value = point[aggregation];
    const ms = typeof point.timeStamp === 'string' ? Date.parse(point.timeStamp) : Number.NaN;
    if (typeof value !== 'number' || Number.isNaN(ms)) continue;
    const before = values.get(ms);
    values.set(ms, before === undefined ? value : aggregation === 'total' ? before + value : Math.max(before, value));
  }
  return values;
}

function pointsOf(body: unknown, name: string): readonly Record<string, unknown>[] {
  return listIn(body, 'value')
    .filter((metric) => isRecord(metric.name) && String(metric.name.value).toLowerCase() === name.toLowerCase())
    .flatMap((metric) => listIn(metric, 'timeseries'))
    .flatMap((series) => listIn(series, 'data'));
}

function listIn(value: unknown, name: string): readonly Record<string, unknown>[] {
  const list = isRecord(value) ? value[name] : null;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
