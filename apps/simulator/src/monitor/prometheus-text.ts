/**
 * The metrics as text. Source: Prometheus documentation, "Exposition formats", text format 0.0.4: a backslash, a line feed and, in a
 * label's value, a double quote are escaped; a histogram is cumulative and ends with the bucket `+Inf`.
 */
import { Histogram } from './histogram.ts';
import { PROMETHEUS_METRICS, type PrometheusReadings } from './prometheus-metrics.ts';

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function prometheusText(readings: PrometheusReadings, metrics = PROMETHEUS_METRICS): string {
  const lines: string[] = [];
  for (const { name, type, labels, help, read } of metrics) {
    lines.push(`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`);
    read(readings, (values, value) => {
      const pairs = labels.map((label, i) => `${label}="${quoted(values[i] ?? '')}"`);
      if (value instanceof Histogram) lines.push(...histogramLines(name, pairs, value));
      else lines.push(line(name, pairs, value));
    });
  }
  return `${lines.join('\n')}\n`;
}

function histogramLines(name: string, pairs: readonly string[], histogram: Histogram): readonly string[] {
  const counts = histogram.cumulative();
  const bounds = [...histogram.bounds.map(String), '+Inf'];
  return [
    ...bounds.map((bound, i) => line(`${name}_bucket`, [...pairs, `le="${bound}"`], counts[i] ?? 0)),
    line(`${name}_sum`, pairs, histogram.sumSeconds),
    line(`${name}_count`, pairs, counts.at(-1) ?? 0),
  ];
}

function line(name: string, pairs: readonly string[], value: number): string {
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function quoted(value: string): string {
  return escaped(value.toWellFormed()).replaceAll('"', '\\"');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
