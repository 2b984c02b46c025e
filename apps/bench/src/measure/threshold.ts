/** `--fail-if "ttft.p95>1.5"`: what a run may not be, in the names of its report. */
import type { TargetSummary } from './report.ts';
import { Tally } from './tally.ts';

export interface Threshold {
  readonly text: string;
  readonly path: readonly string[];
  readonly over: boolean;
  readonly orEqual: boolean;
  readonly bound: number;
}

export class ThresholdError extends Error {}

const FORM = /^\s*([A-Za-z0-9_.]+)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*(%?)\s*$/;

/** Names that are shorter than those of the report. */
const SHORT: Readonly<Record<string, string>> = { tpm: 'tpm.total' };

/** @throws ThresholdError which says what the form is. */
export function thresholdOf(text: string): Threshold {
  const match = FORM.exec(text);
  const [, name = '', sign = '', bound = '', percent = ''] = match ?? [];
  if (match === null) {
    throw new ThresholdError(
      `--fail-if '${text}': is no condition; write one such as "ttft.p95>1.5" or "failedShare>1%"`,
    );
  }
  const path = (SHORT[name] ?? name).replace(/^util\./, 'utilisation.').split('.');
  const value = Number(bound) / (percent === '' ? 1 : 100);
  const threshold = { text, path, over: sign[0] === '>', orEqual: sign.length === 2, bound: value };
  const found = figureOf(EMPTY, path);
  if (found !== undefined) return threshold;
  throw new ThresholdError(`--fail-if '${text}': there is no figure '${name}'; there are ${FIGURES.join(', ')}`);
}

/** @returns what the figure is, where it is what it may not be; null where all is well. A figure that is missing is not well. */
export function brokenBy(threshold: Threshold, summary: TargetSummary): string | null {
  const { text, over, orEqual, bound, path } = threshold;
  const value = figureOf(summary, path);
  if (value === null || value === undefined) return `${text}: nothing was measured of it`;
  const broken = (over ? value > bound : value < bound) || (orEqual && value === bound);
  return broken ? `${text}: it is ${Number(value.toPrecision(4))}` : null;
}

const EMPTY = emptySummary();

function emptySummary(): TargetSummary {
  const [summary] = new Tally({ targets: [''], windowMs: 1, startedAtMs: 0 }).summaries(0);
  if (summary === undefined) throw new RangeError('a tally of one target has one summary');
  return summary;
}

/** All that can be asked for, as it is written. */
export const FIGURES: readonly string[] = ['failedShare', 'throttledShare', ...pathsIn(EMPTY, '')];

function pathsIn(value: object, before: string): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    if (typeof inner === 'object' && inner !== null) return pathsIn(inner, `${before}${name}.`);
    return typeof inner === 'string' ? [] : [`${before}${name}`];
  });
}

/** @returns undefined where there is no such figure. */
function figureOf(summary: TargetSummary, path: readonly string[]): number | null | undefined {
  const [first = '', second] = path;
  if (first === 'failedShare') return second === undefined ? failedShare(summary) : undefined;
  if (first === 'throttledShare') return second === undefined ? share(summary.calls.throttled, summary) : undefined;
  let value: unknown = summary;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return typeof value === 'number' || value === null ? value : undefined;
}

function failedShare(summary: TargetSummary): number | null {
  const { ok, length } = summary.calls;
  return share(ended(summary) - ok - length, summary);
}

function share(count: number, summary: TargetSummary): number | null {
  const calls = ended(summary);
  return calls === 0 ? null : count / calls;
}

function ended({ calls }: TargetSummary): number {
  return Object.entries(calls).reduce((sum, [name, count]) => sum + (name === 'cancelled' ? 0 : count), 0);
}
