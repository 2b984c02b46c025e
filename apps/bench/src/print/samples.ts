/** Each call of combined logs as a row, with the figures that the fork's extract_raw_samples computes (simulator reference B-86). */
import { isRecord } from '@spillway/protocol';
import type { Row } from './combine.ts';
import type { Cell } from './csv.ts';

/** Figures of a whole run stand between these two columns: of a call they say nothing. */
const FIRST_FIGURE = 'run_seconds';
const LAST_FIGURE = 'util_95th';

/** @param rows of a combined table; those without calls are passed over. */
export function samplesOf(rows: readonly Row[], excludeFailed: boolean): readonly Row[] {
  return rows.flatMap((row) => {
    const run = runOf(row);
    return callsIn(row.raw_samples)
      .map((call) => ({ ...run, ...call, ...figuresOf(row, call) }))
      .filter(({ request_success: isGood }) => isGood === true || !excludeFailed);
  });
}

/** How the run was called. The tokens that were wanted make room for those that the call had. */
function runOf(row: Row): Row {
  const names = Object.keys(row);
  const [from, to] = [names.indexOf(FIRST_FIGURE), names.indexOf(LAST_FIGURE)];
  const kept = names.filter((name, at) => name !== 'raw_samples' && (from < 0 || at < from || at > to));
  return Object.fromEntries(
    kept.map((name) => [name === 'context_tokens' ? 'run_context_tokens' : name, row[name] ?? null]),
  );
}

function callsIn(cell: Cell | undefined): readonly Row[] {
  if (typeof cell !== 'string') return [];
  const calls = jsonOf(cell);
  return Array.isArray(calls) ? calls.filter(isRecord).map(cellsOf) : [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function cellsOf(call: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(call).map(([name, value]): [string, Cell] => {
      const isCell = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      return [name, isCell || value === null ? value : JSON.stringify(value)];
    }),
  );
}

/** Seconds. The round trip is taken off where the run was told to, which `latency_adjustment_seconds` says, and not off the generation. */
function figuresOf(row: Row, call: Row): Row {
  const [start, first, end] = ['request_start_time', 'first_token_time', 'response_end_time'].map((name) =>
    numberIn(call[name]),
  );
  const less = numberIn(row.latency_adjustment_seconds) ?? 0;
  const isGood =
    call.response_status_code === 200 &&
    (call.last_exception ?? null) === null &&
    (numberIn(call.generated_tokens) ?? 0) > 0;
  const span = (from: number | null | undefined, to: number | null | undefined, off: number): number | null =>
    isGood && typeof from === 'number' && typeof to === 'number' ? rounded(Math.max(0, to - from - off)) : null;
  const [ttft, gen] = [span(start, first, less), span(first, end, 0)];
  return {
    platform_name: String(row.api_base_endpoint ?? '').includes('openai.com') ? 'openai' : 'azure_openai',
    request_success: isGood,
    ttft_latency: ttft,
    e2e_latency: span(start, end, less),
    gen_latency: gen,
    tbt_context: per(ttft, numberIn(call.context_tokens)),
    tbt_gen: per(gen, numberIn(call.generated_tokens)),
  };
}

function per(seconds: number | null, tokens: number | null): number | null {
  return seconds === null || tokens === null || tokens === 0 ? null : Number((seconds / tokens).toPrecision(6));
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(4));
}

function numberIn(cell: Cell | undefined): number | null {
  if (typeof cell === 'number') return cell;
  const value = typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}
