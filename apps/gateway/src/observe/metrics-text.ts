/**
 * The metrics as text. Source: Prometheus documentation, "Exposition formats", text format 0.0.4: a backslash, a line feed and, in
 * a label's value, a double quote are escaped; a histogram is cumulative and ends with the bucket `+Inf`.
 */
import { Histogram } from './histogram.ts';
import { METRICS, type Readings } from './metrics.ts';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsText(readings: Readings): string {
  const lines: string[] = [];
  for (const { name, type, labels, help, read } of METRICS) {
    lines.push(`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`);
    read(readings, (values, value) => {
      const pairs = labels.map((label, i) => pair(label, values[i] ?? '')).join(',');
      if (value instanceof Histogram) lines.push(...histogramLines(name, pairs, value));
      else lines.push(`${name}${pairs === '' ? '' : `{${pairs}}`} ${value}`);
    });
  }
  return `${lines.join('\n')}\n`;
}

function histogramLines(name: string, pairs: string, histogram: Histogram): string[] {
  const counts = histogram.cumulative();
  const comma = pairs === '' ? '' : ',';
  const braced = pairs === '' ? '' : `{${pairs}}`;
  const buckets = counts.map((count, i) => {
    const bound = histogram.bounds[i] ?? '+Inf';
    return `${name}_bucket{${pairs}${comma}le="${bound}"} ${count}`;
  });
  return [...buckets, `${name}_sum${braced} ${histogram.sumSeconds}`, `${name}_count${braced} ${counts.at(-1) ?? 0}`];
}

function pair(label: string, value: string): string {
  return `${label}="${escaped(wellFormed(value)).replaceAll('"', '\\"')}"`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** Halves of characters cannot be written as UTF-8; two names must not become one. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  return text.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}
