/** Many runs as one table: a row for each log of ours or of azure-openai-benchmark's, and for each target of a report (simulator reference B-85). */
import type { RunReport, TargetSummary } from '../measure/report.ts';
import { ARGS_MARK, argumentsOf, DRAIN_MARK, PING_MARK, RAW_MARK, STOP_MARK } from './ancestor-log.ts';
import { type Cell, csvRow } from './csv.ts';
import { answersOf, endedOf } from './words.ts';

export type ExtractionPoint = 'draining' | 'final';

export interface LogAsk {
  /**
   * draining: the last line before calls only end, none begin. final: the last of all, when rates have sunk already. Behind a signal to stop
   * nothing counts.
   */
  readonly point: ExtractionPoint;
  /** A column with every call of the log, as it stands there; it is the last, where the fork's tools look for it. */
  readonly withCalls?: boolean;
}

export type Row = Readonly<Record<string, Cell>>;

/** problem: it is no log that figures can be read from; the text says why and what helps. */
export type RowsRead =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'problem'; readonly problem: string };

export function rowOfLog(text: string, filename: string, { point, withCalls = false }: LogAsk): RowsRead {
  const found = new Found();
  for (const line of text.split('\n')) if (!found.take(line.trimEnd(), point)) break;
  if (found.isHuman) {
    return { kind: 'problem', problem: 'its lines are for people; run again with --output-format jsonl' };
  }
  if (found.args === null) {
    return { kind: 'problem', problem: `it has no line '${ARGS_MARK}…'; logs are written by --log-save-dir FOLDER` };
  }
  const stats = found.stats === null ? {} : flattened(found.stats);
  return {
    kind: 'rows',
    rows: [
      {
        filename,
        ...flattened(found.args),
        early_terminated: found.isTerminated,
        model_detected: found.model,
        latency_adjustment_seconds: found.pingMs / 1_000,
        ...stats,
        run_has_non_throttled_failures: failedOtherwise(stats),
        is_confirmed_as_ptu_endpoint: (stats.util_avg ?? null) !== null,
        ...(withCalls ? { raw_samples: found.calls } : {}),
      },
    ],
  };
}

type Json = Readonly<Record<string, unknown>>;

class Found {
  args: Json | null = null;
  stats: Json | null = null;
  model: string | null = null;
  /** JSON. */
  calls: string | null = null;
  pingMs = 0;
  isTerminated = false;
  isHuman = false;
  #drains = false;
  #isClosed = false;

  /** @returns whether to read on. */
  take(line: string, point: ExtractionPoint): boolean {
    // Before all other marks: the texts of calls may hold any of them.
    if (line.includes(RAW_MARK)) {
      this.calls = line.slice(line.indexOf(RAW_MARK) + RAW_MARK.length);
      return true;
    }
    if (line.includes(STOP_MARK)) this.isTerminated = true;
    if (/^(?:time|rpm): /.test(line)) this.isHuman = true;
    if (this.isTerminated || this.isHuman) return false;
    if (line.includes(ARGS_MARK)) this.args = jsonOf(line.slice(line.indexOf(ARGS_MARK) + ARGS_MARK.length));
    else if (line.includes('"run_seconds"')) this.#takeStats(line, point);
    else if (line.includes(DRAIN_MARK)) this.#drains = true;
    else {
      this.model = /model detected: (\S+)/.exec(line)?.[1] ?? this.model;
      if (line.includes(PING_MARK))
        this.pingMs = Number.parseFloat(line.slice(line.indexOf(PING_MARK) + PING_MARK.length)) || 0;
    }
    return true;
  }

  /** The first line behind the mark is the last of the full load: it is written before calls could end. */
  #takeStats(line: string, point: ExtractionPoint): void {
    if (this.#isClosed) return;
    const found = jsonOf(line.slice(Math.max(0, line.indexOf('{'))));
    if (found === null) return;
    this.stats = found;
    if (this.#drains && point === 'draining') this.#isClosed = true;
  }
}

function jsonOf(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** `tpm: {gen: 1}` → `tpm_gen: 1`. What the ancestor wrote for none becomes none. */
function flattened(value: Json, before = ''): Row {
  const row: Record<string, Cell> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      Object.assign(row, flattened({ ...inner }, `${before}${name}_`));
    } else row[`${before}${name}`] = cellOf(inner);
  }
  return row;
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined || value === 'n/a') return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : JSON.stringify(value);
}

function failedOtherwise({ failures = null, throttled = null }: Row): boolean | null {
  return failures === null || throttled === null ? null : Number(failures) - Number(throttled) > 0;
}

/** Of the measured part: a report has no drain in its figures. */
export function rowsOfReport(report: RunReport, filename: string): readonly Row[] {
  const args = flattened(argumentsOf(report.run));
  return report.targets.map((target) => {
    const stats = statsOf(target);
    return {
      filename,
      ...args,
      target: target.name,
      early_terminated: report.stopped !== 'ended' && report.stopped !== 'knee',
      model_detected: null,
      latency_adjustment_seconds: target.adjusted.e2e.count > 0 ? target.network.connect.p50 : 0,
      ...stats,
      timestamp: report.startedAt,
      run_has_non_throttled_failures: failedOtherwise(stats),
      is_confirmed_as_ptu_endpoint: target.utilisation.count > 0,
    };
  });
}

function statsOf(target: TargetSummary): Row {
  const { calls, tpm, e2e, ttft, tbt, utilisation, contextTokens, genTokens, network, adjusted } = target;
  const ended = endedOf(target);
  const percent = (share: number | null) => (share === null ? null : `${(share * 100).toFixed(1)}%`);
  return {
    run_seconds: Math.round(target.seconds),
    rpm: target.rpm,
    completed: ended,
    failures: ended - answersOf(target),
    throttled: calls.throttled,
    requests: ended,
    tpm_context: tpm.context,
    tpm_gen: tpm.gen,
    tpm_total: tpm.total,
    e2e_avg: e2e.avg,
    e2e_95th: e2e.p95,
    ttft_avg: ttft.avg,
    ttft_95th: ttft.p95,
    tbt_avg: tbt.avg,
    tbt_95th: tbt.p95,
    context_tpr_avg: contextTokens.avg,
    gen_tpr_avg: genTokens.avg,
    gen_tpr_90th: genTokens.p90,
    network_median: network.connect.p50,
    network_95th: network.connect.p95,
    adjusted_e2e_avg: adjusted.e2e.avg,
    adjusted_e2e_95th: adjusted.e2e.p95,
    adjusted_ttft_avg: adjusted.ttft.avg,
    adjusted_ttft_95th: adjusted.ttft.p95,
    util_avg: percent(utilisation.avg),
    util_95th: percent(utilisation.p95),
  };
}

/** What is the last column, whichever row has it first. */
const LAST = 'raw_samples';

/** Columns are those of all rows, in the order in which they first come. */
export function tableOf(rows: readonly Row[]): string {
  const found = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = [...found.filter((name) => name !== LAST), ...found.filter((name) => name === LAST)];
  return csvRow(columns) + rows.map((row) => csvRow(columns.map((name) => row[name] ?? null))).join('');
}
