/** A row a call, for people who compute for themselves. Nothing of what was asked or answered stands in it. */
import type { CallResult } from '../drive/call.ts';
import { type Cell, csvRow } from './csv.ts';

type Column = readonly [name: string, of: (call: CallResult, targets: readonly string[]) => Cell];

/** Times are milliseconds since the run began, but where a name says otherwise. */
const COLUMNS: readonly Column[] = [
  ['target', ({ target }, targets) => targets[target] ?? target],
  ['phase', ({ phase }) => phase],
  ['intended_ms', ({ intendedMs }) => rounded(intendedMs)],
  ['sent_ms', ({ sentMs }) => rounded(sentMs)],
  ['head_ms', ({ headMs }) => rounded(headMs)],
  ['first_content_ms', ({ firstContentMs }) => rounded(firstContentMs)],
  ['end_ms', ({ endMs }) => rounded(endMs)],
  ['ttft_seconds', ({ firstContentMs, sentMs }) => seconds(firstContentMs, sentMs)],
  ['e2e_seconds', ({ endMs, sentMs }) => seconds(endMs, sentMs)],
  ['e2e_intended_seconds', ({ endMs, intendedMs }) => seconds(endMs, intendedMs)],
  ['class', ({ class: of }) => of],
  ['status', ({ status }) => status],
  ['error_code', ({ errorCode }) => errorCode],
  ['attempts', ({ attempts }) => attemptsOf(attempts)],
  ['attempts_429', ({ attempts }) => attempts.filter(({ status }) => status === 429).length],
  ['waited_ms', ({ attempts }) => rounded(attempts.reduce((sum, { waitedMs }) => sum + waitedMs, 0))],
  ['prompt_tokens', ({ promptTokens }) => promptTokens],
  ['cached_tokens', ({ cachedTokens }) => cachedTokens],
  ['completion_tokens', ({ completionTokens }) => completionTokens],
  ['tokens_from', ({ tokensFrom }) => tokensFrom],
  ['chunks', ({ chunks }) => chunks],
  ['gap_max_ms', ({ gapsMs }) => (gapsMs.length === 0 ? null : rounded(largest(gapsMs)))],
  ['utilisation', ({ utilisation }) => utilisation],
  ['remaining_tokens', ({ quota }) => quota?.remainingTokens ?? null],
  ['remaining_requests', ({ quota }) => quota?.remainingRequests ?? null],
  ['served_by', ({ servedBy }) => servedBy],
  ['spilled_over', ({ spilledOver }) => spilledOver],
];

export const CALLS_HEAD = csvRow(COLUMNS.map(([name]) => name));

/** @param targets their names. */
export function callRow(call: CallResult, targets: readonly string[]): string {
  return csvRow(COLUMNS.map(([, of]) => of(call, targets)));
}

/** Each copy of a request is one. */
function attemptsOf(attempts: CallResult['attempts']): number {
  return attempts.length + attempts.filter(({ hedge }) => hedge !== undefined).length;
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Number(ms.toFixed(2));
}

function seconds(toMs: number | null, fromMs: number): number | null {
  return toMs === null ? null : Number(((toMs - fromMs) / 1_000).toFixed(5));
}

/** An answer may have more gaps than a call may have arguments. */
function largest(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), 0);
}
