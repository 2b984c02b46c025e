/** Two runs, or two targets of one run, beside each other: each figure, by how much it differs, and whether that is good. */
import type { TargetSummary } from './report.ts';

export interface Difference {
  readonly figure: string;
  readonly unit: 'seconds' | 'per minute' | 'tokens' | 'share';
  readonly before: number | null;
  readonly after: number | null;
  /** after over before; null where one of them is missing or nothing. */
  readonly ratio: number | null;
  /** null: too near to tell, or neither way is good. */
  readonly isBetter: boolean | null;
}

/** What differs by less is taken for chance. Share. */
export const CHANCE = 0.05;

type Row = readonly [
  figure: string,
  unit: Difference['unit'],
  good: 'more' | 'less' | null,
  of: (summary: TargetSummary) => number | null,
];

const ROWS: readonly Row[] = [
  ['answers per minute', 'per minute', 'more', ({ rpm }) => rpm],
  ['tokens per minute', 'per minute', 'more', ({ tpm }) => tpm.total],
  ['time to the first word, p50', 'seconds', 'less', ({ ttft }) => ttft.p50],
  ['time to the first word, p95', 'seconds', 'less', ({ ttft }) => ttft.p95],
  ['time to the end, p50', 'seconds', 'less', ({ e2e }) => e2e.p50],
  ['time to the end, p95', 'seconds', 'less', ({ e2e }) => e2e.p95],
  ['from the intended moment to the end, p95', 'seconds', 'less', ({ e2eIntended }) => e2eIntended.p95],
  ['gap between chunks, p95', 'seconds', 'less', ({ gap }) => gap.p95],
  ['refused with 429', 'share', 'less', (summary) => shareOf(summary, summary.calls.throttled)],
  ['failed otherwise', 'share', 'less', (summary) => shareOf(summary, failed(summary))],
  ['utilisation, p95', 'share', null, ({ utilisation }) => utilisation.p95],
  ['prompt, tokens per answer', 'tokens', null, ({ contextTokens }) => contextTokens.avg],
  ['answer, tokens per answer', 'tokens', null, ({ genTokens }) => genTokens.avg],
];

export function differences(before: TargetSummary, after: TargetSummary): readonly Difference[] {
  return ROWS.map(([figure, unit, good, of]) => {
    const [a, b] = [of(before), of(after)];
    return { figure, unit, before: a, after: b, ratio: ratioOf(a, b), isBetter: verdict(a, b, good) };
  });
}

function ratioOf(a: number | null, b: number | null): number | null {
  return a === null || b === null || a === 0 ? null : b / a;
}

function verdict(a: number | null, b: number | null, good: 'more' | 'less' | null): boolean | null {
  if (a === null || b === null || good === null) return null;
  if (Math.abs(b - a) <= CHANCE * Math.max(Math.abs(a), Math.abs(b))) return null;
  return good === 'more' ? b > a : b < a;
}

function failed({ calls }: TargetSummary): number {
  const { filtered, refused, serverError, timeout, reset, broken } = calls;
  return filtered + refused + serverError + timeout + reset + broken;
}

function shareOf({ calls }: TargetSummary, count: number): number | null {
  const ended = Object.values(calls).reduce((sum, each) => sum + each, 0) - calls.cancelled;
  return ended === 0 ? null : count / ended;
}
